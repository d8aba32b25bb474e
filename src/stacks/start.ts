// Where a trace begins.
import type { Registers } from '../arch/x86_64/registers.ts';
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { isOn } from '../kernel/cpu-stacks.ts';
import type { Task } from '../kernel/task.ts';
import { shape, View } from '../types/view.ts';
import { type Stacks, stackAt } from './memory.ts';
import type { State } from './state.ts';

/** What `__switch_to_asm` pushed: arch/x86/include/asm/switch_to.h (5.10 to 7.2). */
const inactiveTaskFrameShape = shape('inactive_task_frame', {
  bp: ['bp'],
  returnAddress: ['ret_addr'],
});

export class InactiveTaskFrame extends View<keyof typeof inactiveTaskFrameShape.fields> {
  protected readonly shape = inactiveTaskFrameShape;
}

/** A task that no CPU executes: it was switched away from inside `__schedule`, or never ran. */
export function fromSwitch(stacks: Stacks, task: Task): State | string {
  const sp = task.pointer('threadSp');
  if (isFault(sp)) return `its stack pointer (thread.sp) cannot be read: ${sp.explain()}`;
  return (
    switchFrame(stacks, sp) ?? `its stack pointer ${sp.toString(16)} is on no stack of its own`
  );
}

/** The state that a switch frame at this address stands for; undefined when none can be there. */
export function switchFrame(stacks: Stacks, at: VirtualAddress): State | undefined {
  const frame = new InactiveTaskFrame(stacks.dump, at);
  const slot = frame.addressOf('returnAddress');
  const pc = frame.pointer('returnAddress');
  const bp = frame.word('bp');
  if (isFault(slot) || isFault(pc) || isFault(bp)) return undefined;
  const [stack] = stacks.ranges;
  if (!stack || !isOn(stack, at)) return undefined;
  return {
    pc,
    sp: virtual(slot + 8n),
    bp,
    slot,
    is: 'first',
    registers: undefined,
    stack,
    certainty: 'certain',
  };
}

/** The registers a CPU had; undefined when its stack pointer is on none of the stacks we know. */
export function fromRegisters(stacks: Stacks, registers: Registers): State | undefined {
  const sp = virtual(registers.sp);
  const stack = stackAt(stacks, sp);
  if (!stack) return undefined;
  return {
    pc: virtual(registers.ip),
    sp,
    bp: registers.bp,
    slot: sp,
    is: 'first',
    registers,
    stack,
    certainty: 'certain',
  };
}
