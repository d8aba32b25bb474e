// Which function of a stack goes round, and which spinlocks its code has taken at that place.
import { CALL_SIZE } from '../../arch/x86_64/call.ts';
import { decode } from '../../arch/x86_64/instruction.ts';
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { isFault } from '../../bytes/fault.ts';
import type { Frame } from '../../stacks/stack.ts';
import type { Dump } from '../../types/dump.ts';

/** More than any function one follows by hand. */
const MOST_CODE = 64 << 10;

interface Code {
  readonly start: VirtualAddress;
  readonly bytes: Uint8Array;
  /** Of the instruction the frame stands at, or of the call it comes back to; from the start. */
  readonly at: number;
}

function codeOf(dump: Dump, frame: Frame): Code | undefined {
  const inside = frame.is === 'interrupted' ? frame.pc : virtual(frame.pc - 1n);
  const symbol = dump.symbols.at(inside);
  if (!symbol || symbol.size === 0 || symbol.size > MOST_CODE) return undefined;
  const bytes = dump.memory.read(symbol.address, symbol.size);
  return isFault(bytes)
    ? undefined
    : { start: symbol.address, bytes, at: Number(inside - symbol.address) };
}

/** Where code jumps back, round the place a frame stands at. */
export interface Round {
  /** The jump, `0x…` as a number of bytes from the function's start, and where it goes. */
  readonly jump: number;
  readonly target: number;
}

/** The smallest loop round a frame's place. Null: there is none; undefined: the code is not understood. */
export function roundOf(dump: Dump, frame: Frame): Round | null | undefined {
  const code = codeOf(dump, frame);
  if (!code) return undefined;
  let found: Round | null = null;
  for (let at = 0; at < code.bytes.length; ) {
    const instruction = decode(code.bytes.subarray(at, at + 15));
    if (!instruction) return found ?? undefined;
    const { effect, length } = instruction;
    const target = effect.does === 'jumps' && effect.target !== undefined ? at + effect.target : -1;
    const isRound = target >= 0 && target <= code.at && code.at < at + length;
    if (isRound && (!found || at - target < found.jump - found.target))
      found = { jump: at, target };
    at += length;
  }
  return found;
}

/** `mov $imm32,%rdi` and `lea disp32(%rip),%rdi`: how code names a lock that is a variable. Intel SDM vol. 2. */
const MOV_RDI = [0x48, 0xc7, 0xc7];
const LEA_RDI = [0x48, 0x8d, 0x3d];
const ARGUMENT_SIZE = 7;
/** Between the argument and the call other registers may be set. */
const MOST_BETWEEN = 24;

/** include/linux/spinlock_api_smp.h, kernel/locking/spinlock.c (5.10 to 7.2). */
export const SPINLOCKS = {
  takes: /^_raw_(?:spin|read|write)_(?:try)?lock/,
  gives: /^_raw_(?:spin|read|write)_unlock/,
} as const;
/** kernel/locking/{mutex,rwsem,semaphore}.c (5.10 to 7.2). */
export const SLEEPING_LOCKS = {
  takes:
    /^(?:mutex_(?:try)?lock\w*|down(?:_read|_write)?(?:_(?:killable|interruptible|trylock|timeout))?)$/,
  gives: /^(?:mutex_unlock|up(?:_read|_write)?|downgrade_write)$/,
} as const;

interface Calls {
  readonly takes: RegExp;
  readonly gives: RegExp;
}

/** The variable whose address a function gave to the call that a frame stands at, as its first argument. */
export function argumentOf(dump: Dump, frame: Frame): VirtualAddress | undefined {
  const code = codeOf(dump, frame);
  if (!code) return undefined;
  // The call ends at the return address, one behind `at`; the argument was set right before.
  const call = code.at + 1 - CALL_SIZE;
  for (let at = call - ARGUMENT_SIZE; at >= Math.max(0, call - MOST_BETWEEN); at--) {
    const found = argumentAt(code, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where code names a lock as an argument, and the call behind that which takes it: bytes from the function's start. */
export interface Taking {
  readonly argument: number;
  readonly call: number;
}

/**
 * Where a frame's function took a lock that it did not give back before the place it stands at, by the order of its
 * code: the last call on that lock is a taking one.
 */
export function takenAt(
  dump: Dump,
  frame: Frame,
  lock: VirtualAddress,
  calls: Calls = SPINLOCKS,
): Taking | undefined {
  const code = codeOf(dump, frame);
  if (!code) return undefined;
  let taken: Taking | undefined;
  for (let at = 0; at + ARGUMENT_SIZE <= code.at; at++) {
    if (argumentAt(code, at) !== lock) continue;
    const call = calledAfter(dump, code, at + ARGUMENT_SIZE, calls);
    // The call it stands at has not come back yet.
    if (!call || call.at + CALL_SIZE > code.at) continue;
    if (calls.takes.test(call.name)) taken = { argument: at, call: call.at };
    else if (calls.gives.test(call.name)) taken = undefined;
  }
  return taken;
}

/** Whether a frame's function names a lock anywhere as an argument. */
export function namesLock(dump: Dump, frame: Frame, lock: VirtualAddress): boolean {
  const code = codeOf(dump, frame);
  if (!code) return false;
  for (let at = 0; at + ARGUMENT_SIZE <= code.bytes.length; at++)
    if (argumentAt(code, at) === lock) return true;
  return false;
}

function argumentAt({ start, bytes }: Code, at: number): VirtualAddress | undefined {
  if (at < 0 || at + ARGUMENT_SIZE > bytes.length) return undefined;
  const begins = (with_: readonly number[]) => with_.every((byte, i) => bytes[at + i] === byte);
  const view = new DataView(bytes.buffer, bytes.byteOffset + at + 3, 4);
  const value = BigInt(view.getInt32(0, true));
  if (begins(MOV_RDI)) return virtual(BigInt.asUintN(64, value));
  if (begins(LEA_RDI)) return virtual(start + BigInt(at + ARGUMENT_SIZE) + value);
  return undefined;
}

function calledAfter(
  dump: Dump,
  { start, bytes }: Code,
  from: number,
  { takes, gives }: Calls,
): { readonly name: string; readonly at: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = from; at + CALL_SIZE <= Math.min(bytes.length, from + MOST_BETWEEN); at++) {
    if (bytes[at] !== 0xe8 && bytes[at] !== 0xe9) continue;
    const target = virtual(start + BigInt(at + CALL_SIZE) + BigInt(view.getInt32(at + 1, true)));
    const symbol = dump.symbols.at(target);
    if (symbol?.address === target && (takes.test(symbol.name) || gives.test(symbol.name)))
      return { name: symbol.name, at };
  }
  return undefined;
}
