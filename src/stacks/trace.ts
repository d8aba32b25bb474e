// A whole trace: from a state up to where the stack ends.
import type { ExceptionFrame, State, Unwinder } from './state.ts';

/** How a trace ended: in user mode, at the end of the stack, or for a reason (a sentence). */
export type TraceEnd =
  | { readonly at: 'user'; readonly exception: ExceptionFrame }
  | { readonly at: 'end' }
  | { readonly at: 'nowhere'; readonly reason: string };

export interface Trace {
  readonly states: readonly State[];
  /** By index of the frame that saved them: the entry code's. */
  readonly exceptions: ReadonlyMap<number, ExceptionFrame>;
  readonly end: TraceEnd;
}

/** More frames than 64 KiB of stack and the CPU's other stacks have room for in earnest. */
const MAX_FRAMES = 1024;
/** Switches from one stack to another: task, IRQ, NMI, debug, machine check, double fault, and back never. */
const MAX_STACKS = 8;

const NO_EXCEPTIONS: ReadonlyMap<number, ExceptionFrame> = new Map();

/** @param adjust what is known better of a state than the step to it could tell */
export function trace(
  unwinder: Unwinder,
  first: State,
  adjust: (state: State) => State = (state) => state,
): Trace {
  const states = [first];
  let exceptions = NO_EXCEPTIONS;
  const ended = (end: TraceEnd): Trace => ({ states, exceptions, end });
  const visited = [first.stack];
  for (let state = first; states.length < MAX_FRAMES; ) {
    const step = unwinder.step(state);
    if (step.to === 'end') return ended({ at: 'end' });
    if (step.to === 'nowhere') return ended({ at: 'nowhere', reason: step.reason });
    if (step.to !== 'caller')
      exceptions = new Map(exceptions).set(states.length - 1, step.exception);
    if (step.to === 'user') return ended({ at: 'user', exception: step.exception });
    const next = adjust(step.state);
    if (next.stack !== state.stack) {
      if (visited.includes(next.stack) || visited.length >= MAX_STACKS)
        return ended({ at: 'nowhere', reason: 'the trace comes back to a stack it had left' });
      visited.push(next.stack);
    }
    states.push(next);
    state = next;
  }
  return ended({ at: 'nowhere', reason: `more than ${MAX_FRAMES} frames` });
}

/** Whether the kernel's own end was reached. */
export const isWhole = (trace: Trace): boolean => trace.end.at !== 'nowhere';
