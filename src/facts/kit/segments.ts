// What a CPU was doing, taken apart: what broke in last, what that broke into, down to the task itself.
import type { Registers } from '../../arch/x86_64/registers.ts';
import type { Frame, Stack } from '../../stacks/stack.ts';
import { baseName, isUnasked } from './frames.ts';

/** `softirq` also where a task serves them on its own stack. */
export type Context = 'task' | 'softirq' | 'interrupt';

export interface Segment {
  readonly context: Context;
  /** Innermost first, without the entry code that ends it. */
  readonly frames: readonly Frame[];
  /** Index of its first frame in the whole stack. */
  readonly from: number;
  /** What the CPU had in its registers when something broke in on it; undefined: nothing did, or they are lost. */
  readonly registers: Partial<Registers> | undefined;
}

/** kernel/panic.c, kernel/crash_core.c, arch/x86/kernel/reboot.c (5.10 to 7.2): what ends a machine, not what hangs it. */
const MESSENGER = /^(?:v?panic|nmi_panic|crash_nmi_callback|__?crash_kexec|stop_this_cpu)$/;
/** kernel/softirq.c: `handle_softirqs` since 6.10. */
const SOFTIRQ = /^(?:__do_softirq|handle_softirqs|do_softirq\w*)$/;
/** The tick: it ends. kernel/time/{hrtimer,tick-sched,tick-common}.c */
const TICK = /^(?:hrtimer_interrupt|tick_\w+|update_process_times)$/;

/** The innermost first; what carried the news of the end, and the tick, left out. */
export function segmentsOf(stack: Stack): Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  let registers: Segment['registers'];
  const add = (to: number, isLast: boolean) => {
    const frames = stack.frames.slice(from, to);
    const names = frames.map(({ symbol }) => baseName(symbol ?? ''));
    const isTick = !isLast && names.some((n) => TICK.test(n)) && frames.every((f) => !f.module);
    if (frames.length === 0 || isTick || names.some((name) => MESSENGER.test(name))) return;
    const isSoftirq = names.some((name) => SOFTIRQ.test(name));
    const context = isSoftirq ? 'softirq' : isLast ? 'task' : 'interrupt';
    segments.push({ context, frames, from, registers });
  };
  for (const [index, frame] of stack.frames.entries()) {
    if (!isUnasked({ symbol: frame.symbol ?? null })) continue;
    add(index, false);
    from = index + 1;
    registers = frame.exception?.registers;
  }
  add(stack.frames.length, true);
  return segments;
}
