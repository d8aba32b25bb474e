// The last resort: looking through a stack for what can be a return address. All that is found so is guessed.
import { virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { StackRange } from '../kernel/cpu-stacks.ts';
import type { Dump } from '../types/dump.ts';
import type { Stacks } from './memory.ts';
import { switchFrame } from './start.ts';
import type { State, Unwinder } from './state.ts';
import { Text } from './text.ts';
import { isWhole, type Trace, trace } from './trace.ts';
import { codeWords, stateAt } from './words.ts';

/** Guesses listed one by one when no whole trace begins at any of them. */
const MAX_GUESSES = 64;

/**
 * The rest of a stack that no rule leads up: the trace from the first word from which one comes to the
 * stack's end; failing that, every word that can be a return address.
 *
 * @param from the lowest address to look at
 */
export function guessFrom(
  unwinder: Unwinder,
  stacks: Stacks,
  stack: StackRange,
  from: bigint,
): Trace | undefined {
  const text = Text.of(stacks.dump);
  const guesses: State[] = [];
  for (const found of codeWords(stacks.dump, stack, from)) {
    if (!text.isReturnAddress(found.word)) continue;
    const state = stateAt(stack, found, 'guessed');
    const onward = trace(unwinder, state);
    if (isWhole(onward)) return onward;
    if (guesses.push(state) >= MAX_GUESSES) break;
  }
  if (guesses.length === 0) return undefined;
  const reason = 'from here on these are only words on the stack that can be return addresses';
  return { states: guesses, exceptions: new Map(), end: { at: 'nowhere', reason } };
}

/**
 * Where a sleeping task was switched away from, when `thread.sp` cannot be read: a return address after
 * the call to `__switch_to_asm` (or the start of a fresh fork) from which a whole trace comes. Of
 * several the highest: below the true one lie the frames of earlier sleeps, above it only live ones.
 */
export function guessSwitch(unwinder: Unwinder, stacks: Stacks): Trace | undefined {
  const [stack] = stacks.ranges;
  const offset = stacks.dump.types.member('inactive_task_frame', 'ret_addr')?.offset;
  if (!stack || offset === undefined) return undefined;
  const text = Text.of(stacks.dump);
  const { switchTo, starts } = switchPoints(stacks.dump);
  let best: Trace | undefined;
  for (const { slot, word } of codeWords(stacks.dump, stack)) {
    const isSwitch = starts.has(word) || (text.isText(word) && text.calledFrom(word) === switchTo);
    if (!isSwitch) continue;
    const state = switchFrame(stacks, virtual(slot - BigInt(offset)));
    const onward = state && trace(unwinder, { ...state, certainty: 'guessed' });
    if (onward && isWhole(onward)) best = onward;
  }
  return best;
}

/** arch/x86/entry/entry_64.S: `__switch_to_asm`; `ret_from_fork_asm` since 3aec4ecb3d1f
 * ("x86: Rewrite ret_from_fork() in C"; in 6.12, not in 6.1), `ret_from_fork` before. */
const switchPoints = (dump: Dump) =>
  dump.memo(switchPoints, () => {
    const switchTo = dump.symbol('__switch_to_asm');
    const starts = ['ret_from_fork_asm', 'ret_from_fork']
      .map((name) => dump.symbol(name))
      .filter((at) => !isFault(at));
    return {
      switchTo: isFault(switchTo) ? undefined : switchTo,
      starts: new Set<bigint>(starts as bigint[]),
    };
  });
