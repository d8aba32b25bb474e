// How much of the time tasks could not go on for want of memory, and who cannot at this moment.
import { virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { memoryStalls } from '../kernel/pressure.ts';
import { Task } from '../kernel/task.ts';
import { hex } from '../print/hex.ts';
import type { Dump } from '../types/dump.ts';
import { clock } from './clock.ts';
import { defineFact, type Seen, seen } from './kit/define.ts';
import { tasks } from './tasks.ts';

/** Shares are of 100, of the time before `updatedNs`. */
export interface MemoryPressure {
  /** Of the struct psi_group, `0x…`. */
  readonly address: string;
  readonly updatedNs: number;
  /** Some task was held up, over 10 s and 60 s. */
  readonly some10: number;
  readonly some60: number;
  /** All who had something to do were, over 10 s. */
  readonly full10: number;
  /** The averages as the kernel has them, up to those of memory. */
  readonly raw: readonly number[];
  /** Tasks that free memory for themselves, or wait for a page that had been taken from them. */
  readonly stalled: readonly { readonly pid: number; readonly flags: number }[];
}

export const memoryPressure = defineFact<MemoryPressure | null>({
  id: 'memory-pressure',
  says: 'how much of the last seconds tasks could not go on for want of memory (PSI)',
  from: look,
});

/** Averages are renewed every 2 s while anybody does anything (psi_avgs_work): older ones are of another time. */
const STALE_NS = 10e9;
/** With less, nobody asks who it was. */
const NOTABLE = 10;

function look(dump: Dump): Seen<MemoryPressure | null> {
  const nothing = { value: null, holes: [] };
  const { nowNs } = seen(dump, clock).value;
  const found = memoryStalls(dump);
  // Kernels without the account have no symbol for it.
  if (isFault(found) || nowNs === null) return nothing;
  if (Math.abs(nowNs - found.updatedNs) > STALE_NS) return nothing;
  const stalled = found.some10 < NOTABLE ? [] : stalledTasks(dump);
  return { value: { ...found, address: hex(found.address), stalled }, holes: [] };
}

function stalledTasks(dump: Dump): { pid: number; flags: number }[] {
  const stalls = 1 << (dump.types.enumerator('psi_task_count', 'NR_MEMSTALL') ?? 1);
  return seen(dump, tasks).value.flatMap(({ pid, address, isIdle }) => {
    const flags = new Task(dump, virtual(BigInt(address))).number('psiFlags');
    return isIdle || isFault(flags) || (flags & stalls) === 0 ? [] : [{ pid, flags }];
  });
}

/**
 * For a good part of a minute somebody waited for memory: the machine has too little for what it does. The kernel weighs each CPU
 * by how busy it is: one task among many CPUs' does not come to that.
 */
export const isShortOfMemory = (pressure: MemoryPressure | null): boolean =>
  pressure !== null && pressure.some10 >= 30 && pressure.some60 >= 15;
