// Which function of a stack goes round: the innermost with a loop round the place it stands at, helpers left out.
import type { FrameFact } from './frames.ts';
import type { Round } from './loop-code.ts';

export interface GoingRound {
  readonly frame: FrameFact;
  /** Null: no code tells. */
  readonly round: Round | null;
  /** A function of the kernel proper that it called, and that has a loop of its own; null: none. */
  readonly inner: FrameFact | null;
}

/** Of the kernel proper, what everyone calls and what ends: who called it goes round. arch/x86/lib, lib/, include/asm/io.h */
const HELPERS =
  /^(?:__)?(?:mem(?:cpy|set|move|cmp|chr)\w*|str\w+|delay_\w+|const_udelay|udelay|ndelay|mdelay|io(?:read|write)\d+\w*|read[bwlq]|write[bwlq]|cpu_relax|native_\w+|ktime_get\w*|sched_clock\w*|list_\w+_valid\w*|rb_\w+|x86_indirect_thunk_\w+|x86_return_thunk|get_random_\w+|find_\w+_bit\w*)$/;

/** Farther up a loop round the call is everywhere. */
const MOST_CALLED = 3;

const isHelper = ({ function: name, module }: FrameFact): boolean =>
  name === null || (module === null && HELPERS.test(name));

/**
 * From the kernel proper it goes on into the module that called it, never from a module back into the kernel, which only
 * called what was registered there.
 *
 * @param frames innermost first
 * @param roundAt the loop round a frame's place; null: there is none; undefined: its code is not understood
 */
export function goingRound(
  frames: readonly FrameFact[],
  roundAt: (index: number) => Round | null | undefined,
): GoingRound | undefined {
  const first = frames.findIndex((frame) => !isHelper(frame));
  const start = frames[first];
  if (!start) return undefined;
  let inner: GoingRound | undefined;
  let isInModule = start.module !== null;
  for (let index = first; index < frames.length; index++) {
    const frame = frames[index] as FrameFact;
    if (isInModule && frame.module === null) break;
    isInModule ||= frame.module !== null;
    // What a module calls in a loop of its own ends, as a rule.
    if (inner && index - first > MOST_CALLED) break;
    if (inner && !isInModule) continue;
    const round = roundAt(index);
    if (round && !isInModule) inner = { frame, round, inner: null };
    else if (round) return { frame, round, inner: inner?.frame ?? null };
    else if (round === undefined) break;
  }
  if (inner) return inner;
  const own = frames.slice(first).find(({ module }) => module !== null);
  return { frame: own ?? start, round: null, inner: null };
}
