// What a sleeping task left on its kernel stack: waiters that the objects it waits for have linked.
import { PT_REGS_SIZE, parsePtRegs, type Registers } from '../arch/x86_64/registers.ts';
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Cursor } from '../bytes/cursor.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import { taskStack } from './cpu-stacks.ts';
import type { Task } from './task.ts';

/**
 * Where on the live part of a sleeping task's stack a word has this value, lowest address first. A word may be
 * left over from an earlier call: whoever looks at what is around it must have a proof.
 */
export function wordsThatAre(task: Task, value: bigint): VirtualAddress[] | Fault {
  const stack = taskStack(task);
  const sp = task.pointer('threadSp');
  if (stack === undefined) return new Fault('no-member', task.address, 'no stack');
  if (isFault(stack)) return stack;
  if (isFault(sp)) return sp;
  if (sp < stack.low || sp >= stack.high)
    return new Fault('implausible', sp, 'the stack pointer is not on the stack');
  const bytes = task.dump.memory.read(sp, Number(stack.high - sp));
  if (isFault(bytes)) return bytes;
  const cursor = new Cursor(bytes);
  const found: VirtualAddress[] = [];
  for (let offset = 0; offset + 8 <= bytes.length; offset += 8)
    if (cursor.u64(offset) === value) found.push(virtual(sp + BigInt(offset)));
  return found;
}

/**
 * TOP_OF_KERNEL_STACK_PADDING: 16 bytes where the kernel is built for FRED (Debian's 7.2), none before.
 * arch/x86/include/asm/thread_info.h
 */
const TOP_PADDINGS = [0, 16];
/** __USER_DS: arch/x86/include/asm/segment.h */
const USER_SS = 0x2bn;

/** What a program had in its registers when it entered the kernel: at the top of its stack. */
export function entryRegisters(task: Task): Registers | Fault {
  const stack = taskStack(task);
  if (stack === undefined) return new Fault('no-member', task.address, 'no stack');
  if (isFault(stack)) return stack;
  let fault = new Fault('implausible', stack.high, 'no registers');
  for (const padding of TOP_PADDINGS) {
    const at = virtual(stack.high - BigInt(PT_REGS_SIZE + padding));
    const bytes = task.dump.memory.read(at, PT_REGS_SIZE);
    const registers = isFault(bytes) ? undefined : parsePtRegs(bytes);
    if (isFault(bytes)) fault = bytes;
    // A program's stack segment stands right below the padding, whatever it was doing.
    if (registers && registers.ss === USER_SS) return registers;
  }
  return fault;
}
