// How much of the time tasks could not go on for want of a resource. kernel/sched/psi.c, include/linux/psi_types.h (5.10 to 7.2)
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { globalStruct } from './globals.ts';

const groupShape = shape('psi_group', { averages: ['avg'], updated: ['avg_last_update'] });
class PsiGroup extends View<keyof typeof groupShape.fields> {
  protected readonly shape = groupShape;
}

/** Averages are shares of 100 in the fixed point of load averages: FIXED_1, include/linux/sched/loadavg.h (5.10 to 7.2) */
const PERCENT = 2048;
/** Of each state: over 10 s, 60 s, 300 s. */
const PERIODS = 3;

/** Shares of the time, 0 to 100, over the last 10 s and 60 s before `updatedNs`. */
export interface Pressure {
  /** Of the struct psi_group. */
  readonly address: VirtualAddress;
  /** By the scheduler's clock. */
  readonly updatedNs: number;
  /** Some task was held up. */
  readonly some10: number;
  readonly some60: number;
  /** All who had something to do were. */
  readonly full10: number;
  /** The averages up to those of memory, as they are in the kernel. */
  readonly raw: readonly number[];
}

/** How much tasks of the whole machine were held up for memory. Switched off (`psi=0`), it is nothing at all times. */
export function memoryStalls(dump: Dump): Pressure | Fault {
  const address = globalStruct(dump, 'psi_system');
  if (isFault(address)) return address;
  const group = new PsiGroup(dump, address);
  const at = group.addressOf('averages');
  const updatedNs = group.number('updated');
  if (isFault(at)) return at;
  if (isFault(updatedNs)) return updatedNs;
  const some = dump.types.enumerator('psi_states', 'PSI_MEM_SOME') ?? 2;
  const full = dump.types.enumerator('psi_states', 'PSI_MEM_FULL') ?? 3;
  const raw: number[] = [];
  for (let i = 0; i < (full + 1) * PERIODS; i++) {
    const word = dump.memory.u64(virtual(at + BigInt(i * 8)));
    if (isFault(word)) return word;
    raw.push(Number(word));
  }
  const share = (state: number, period: number) =>
    Math.min(100, (raw[state * PERIODS + period] ?? 0) / PERCENT);
  return {
    address,
    updatedNs,
    some10: share(some, 0),
    some60: share(some, 1),
    full10: share(full, 0),
    raw,
  };
}
