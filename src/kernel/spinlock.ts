// A spinlock's word: whether it is taken, and which CPU came last to its queue. Who holds it, it does not say.
import type { VirtualAddress } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';

export interface SpinWord {
  readonly isTaken: boolean;
  /** The last CPU in its queue; null: nobody is in it (guests of a hypervisor may go round without one). */
  readonly lastCpu: number | null;
}

/** Bits of `struct qspinlock`: include/asm-generic/qspinlock_types.h (5.10 to 7.2, fewer than 16384 CPUs). */
const TAKEN = 0xff;
const TAIL_CPU_SHIFT = 18;

export function spinWord(dump: Dump, at: VirtualAddress): SpinWord | Fault {
  const word = dump.memory.u32(at);
  if (isFault(word)) return word;
  const tail = word >>> TAIL_CPU_SHIFT;
  return { isTaken: (word & TAKEN) !== 0, lastCpu: tail === 0 ? null : tail - 1 };
}
