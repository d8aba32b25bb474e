// Reading stacks: words, saved registers, and which stack an address lies on.
import {
  IRET_FRAME_OFFSET,
  isUserMode,
  PT_REGS_SIZE,
  parsePtRegs,
} from '../arch/x86_64/registers.ts';
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import { isOn, type StackRange } from '../kernel/cpu-stacks.ts';
import type { Dump } from '../types/dump.ts';
import type { ExceptionFrame, State, Step } from './state.ts';

/** The stacks that one trace may touch, and the task whose it is. */
export interface Stacks {
  readonly dump: Dump;
  /** The task's own first. */
  readonly ranges: readonly StackRange[];
  /** Its `task_struct`: what tracers keep of replaced return addresses hangs there. */
  readonly task: VirtualAddress | undefined;
}

export const stackAt = (stacks: Stacks, address: bigint): StackRange | undefined =>
  stacks.ranges.find((range) => isOn(range, address));

/** The page below a stack on which nothing may be: arch/x86/kernel/traps.c, handle_stack_overflow() (5.10 to 7.2) */
const GUARD = 4096n;

/** The stack that was used up, for a stack pointer that had left it at its lower end. */
const usedUp = (stacks: Stacks, address: bigint): StackRange | undefined =>
  stacks.ranges.find(({ low }) => address < low && address >= low - GUARD);

/** A whole `struct pt_regs`. */
export function readPtRegs(dump: Dump, address: VirtualAddress): ExceptionFrame | Fault {
  const bytes = dump.memory.read(address, PT_REGS_SIZE);
  if (isFault(bytes)) return bytes;
  const registers = parsePtRegs(bytes);
  if (!registers) return new Fault('truncated', address, 'pt_regs');
  return { address, registers, isUser: isUserMode(registers) };
}

/** The five words that the CPU pushes: ip, cs, flags, sp, ss. */
export function readIretFrame(dump: Dump, at: VirtualAddress): ExceptionFrame | Fault {
  const bytes = dump.memory.read(at, PT_REGS_SIZE - IRET_FRAME_OFFSET);
  if (isFault(bytes)) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [ip, cs, flags, sp, ss] = [0, 8, 16, 24, 32].map((i) => view.getBigUint64(i, true)) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  return {
    address: virtual(at - BigInt(IRET_FRAME_OFFSET)),
    registers: { ip, cs, flags, sp, ss },
    isUser: isUserMode({ cs }),
  };
}

export const nowhere = (reason: string): Step => ({ to: 'nowhere', reason });

/**
 * Where code starts: the kernel image, its modules and what is compiled at run time lie in the topmost
 * 2 GiB. Documentation/arch/x86/x86_64/mm.rst
 */
const KERNEL_CODE = 0xffff_ffff_8000_0000n;

/**
 * The frame above by a new stack pointer: on the same stack only upwards, and never onto a stack that is
 * not the task's or its CPU's.
 */
export function arrive(
  stacks: Stacks,
  from: State,
  next: Omit<State, 'stack' | 'certainty'>,
): State | string {
  if (next.is === 'return' && next.pc < KERNEL_CODE)
    return `what should be a return address at ${next.slot.toString(16)} is none: ${next.pc.toString(16)}`;
  const at = next.is === 'return' ? next.slot : next.sp;
  const known = isOn(from.stack, at) ? from.stack : stackAt(stacks, at);
  const stack = known ?? (next.is === 'interrupted' ? usedUp(stacks, at) : undefined);
  if (!stack) return `the stack pointer ${at.toString(16)} lies on no stack of this task or CPU`;
  if (stack === from.stack && next.sp <= from.sp)
    return `the stack leads back down, from ${from.sp.toString(16)} to ${next.sp.toString(16)}`;
  // Written out, as every frame of every task comes by here: copying the rest of an object costs ten times that.
  const { pc, sp, bp, slot, is, registers } = next;
  return { pc, sp, bp, slot, is, registers, stack, certainty: from.certainty };
}
