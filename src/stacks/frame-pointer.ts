// Callers by frame pointers, on kernels built with CONFIG_UNWINDER_FRAME_POINTER: arch/x86/kernel/unwind_frame.c.
import { PT_REGS_SIZE, type Registers } from '../arch/x86_64/registers.ts';
import { virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { isOn } from '../kernel/cpu-stacks.ts';
import { arrive, nowhere, readPtRegs, type Stacks } from './memory.ts';
import type { State, Step, Unwinder } from './state.ts';
import { replacedReturn } from './trampolines.ts';

/** Each frame: the caller's frame pointer at *bp, the return address above it. */
export class FramePointerUnwinder implements Unwinder {
  readonly #stacks: Stacks;

  constructor(stacks: Stacks) {
    this.#stacks = stacks;
  }

  step(state: State): Step {
    const { bp } = state;
    if (bp === undefined) return nowhere('the frame pointer is not known');
    if (bp === 0n) return this.#bottom(state);
    // Entry code marks a saved pt_regs by an odd frame pointer: ENCODE_FRAME_POINTER, arch/x86/entry/calling.h.
    if (bp & 1n) return this.#interrupted(state, bp - 1n);
    return this.#caller(state, bp);
  }

  #caller(state: State, bp: bigint): Step {
    const { dump, task } = this.#stacks;
    const outer = dump.memory.u64(virtual(bp));
    const slot = virtual(bp + 8n);
    const raw = dump.memory.pointer(slot);
    if (isFault(outer) || isFault(raw))
      return nowhere(`the stack cannot be read at ${bp.toString(16)}`);
    const original = replacedReturn(dump, task, raw, slot);
    if (original === null)
      return nowhere(`a tracer replaced the return address at ${slot.toString(16)}`);
    const pc = original ?? raw;
    // The topmost frame of a kernel thread returns to nobody.
    if (pc === 0n) return this.#bottom(state);
    const sp = virtual(bp + 16n);
    const next = { pc, sp, bp: outer, slot, is: 'return' as const, registers: undefined };
    const at = arrive(this.#stacks, state, next);
    return typeof at === 'string' ? nowhere(at) : { to: 'caller', state: at };
  }

  #interrupted(state: State, address: bigint): Step {
    const exception = readPtRegs(this.#stacks.dump, virtual(address));
    if (isFault(exception)) return nowhere(`no registers at ${address.toString(16)}`);
    if (exception.isUser) return { to: 'user', exception };
    const registers = exception.registers as Registers;
    const sp = virtual(registers.sp);
    const at = arrive(this.#stacks, state, {
      pc: virtual(registers.ip),
      sp,
      bp: registers.bp,
      slot: sp,
      is: 'interrupted',
      registers,
    });
    return typeof at === 'string' ? nowhere(at) : { to: 'interrupted', exception, state: at };
  }

  /** No frame is left: at the very top of a user task's stack are the registers of its system call. */
  #bottom(state: State): Step {
    const [task] = this.#stacks.ranges;
    if (!task || !isOn(task, state.sp)) return { to: 'end' };
    const exception = readPtRegs(this.#stacks.dump, virtual(task.high - BigInt(PT_REGS_SIZE)));
    return isFault(exception) || !exception.isUser ? { to: 'end' } : { to: 'user', exception };
  }
}
