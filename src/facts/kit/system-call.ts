// The system call a sleeping thread is in: what it had in its registers when it entered the kernel.
import { virtual } from '../../bytes/address.ts';
import { type Fault, isFault } from '../../bytes/fault.ts';
import { entryRegisters } from '../../kernel/stack-words.ts';
import { Task } from '../../kernel/task.ts';
import type { Dump } from '../../types/dump.ts';

/** Arguments as 64-bit programs pass them; another `cs` means other numbers. */
export interface SystemCall {
  readonly origAx: bigint;
  readonly cs: bigint;
  readonly di: bigint;
  readonly si: bigint;
  readonly dx: bigint;
  readonly r10: bigint;
}

/** `cs` of 64-bit user code; another (32-bit) has other system call numbers. */
export const USER_CS = 0x33n;

/** Read once a thread: each is on a page of its own, and several facts ask. */
export const systemCall = (dump: Dump, fact: { readonly address: string }): SystemCall | Fault =>
  dump.memo(`system call ${fact.address}`, () => {
    const registers = entryRegisters(new Task(dump, virtual(BigInt(fact.address))));
    if (isFault(registers)) return registers;
    const { origAx, cs, di, si, dx, r10 } = registers;
    return { origAx, cs, di, si, dx, r10 };
  });
