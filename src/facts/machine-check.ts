// What the hardware reported when it stopped the machine.
import { isFault } from '../bytes/fault.ts';
import { cpuStacks } from '../kernel/cpu-stacks.ts';
import { machineChecksOn } from '../kernel/machine-check.ts';
import { loggedMachineCheck } from '../kernel/panic-message.ts';
import { hex } from '../print/hex.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, Holes, type Seen, seen } from './kit/define.ts';
import { trigger } from './trigger.ts';

export interface MachineCheckFact {
  /** Of the `struct mce`, `0x…`. */
  readonly record: string;
  readonly bank: number;
  /** MCi_STATUS, `0x…`. */
  readonly status: string;
  /** The physical address it is about, `0x…`; null: none was reported. */
  readonly physical: string | null;
  /** What the lowest 16 bits of the status say: `memory controller`; null: not one of the architecture’s own. */
  readonly about: string | null;
  /** Whether the processor could not have gone on in any case. */
  readonly isContextCorrupt: boolean;
  /** Whether the log tells the same status; null: it tells none. */
  readonly isAsLogged: boolean | null;
}

export const machineCheck = defineFact<MachineCheckFact | null>({
  id: 'machine-check',
  says: 'the error that the hardware reported',
  from: look,
});

/** Bits of MCi_STATUS: Intel SDM vol. 3B, 17.3.2.2; AMD's manual vol. 2, 9.3.2.2 has the same. */
const HAS_ADDRESS = 1n << 58n;
const CONTEXT_CORRUPT = 1n << 57n;

/** Simple and compound codes: Intel SDM vol. 3B, 17.9; bit 12 says only how often it is reported. */
const ABOUT: readonly (readonly [mask: number, code: number, about: string])[] = [
  [0xffff, 0x0005, 'parity within the processor'],
  [0xffff, 0x0400, 'a timer within the processor'],
  [0xeff0, 0x0010, 'the processor’s TLB'],
  [0xef80, 0x0080, 'memory, by its controller'],
  [0xef00, 0x0100, 'the processor’s cache'],
  [0xe800, 0x0800, 'the bus between processor and memory or devices'],
];

function look(dump: Dump): Seen<MachineCheckFact | null> {
  const { kind, cpu } = seen(dump, trigger).value;
  if (kind !== 'machine-check' || cpu === null) return { value: null, holes: [] };
  const holes = new Holes();
  const stack = cpuStacks(dump, cpu).find(({ name }) => name === 'mce');
  const [check] = stack ? machineChecksOn(dump, stack, cpu) : [];
  const bank = check?.number('bank');
  const status = check?.word('status');
  if (!check || bank === undefined || status === undefined || isFault(bank) || isFault(status)) {
    holes.add('the record of the machine check is not on the stack of its handler');
    return { value: null, holes: holes.list };
  }
  const address = check.word('address');
  const code = Number(status & 0xffffn);
  const logged = loggedMachineCheck(dump);
  return {
    value: {
      record: hex(check.address),
      bank,
      status: hex(status),
      physical: (status & HAS_ADDRESS) !== 0n && !isFault(address) ? hex(address) : null,
      about: ABOUT.find(([mask, value]) => (code & mask) === value)?.[2] ?? null,
      isContextCorrupt: (status & CONTEXT_CORRUPT) !== 0n,
      isAsLogged: logged === undefined ? null : logged === status,
    },
    holes: holes.list,
  };
}
