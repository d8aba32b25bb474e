// Who called panic(), and who called that.
import { isFault } from '../bytes/fault.ts';
import { currentTask } from '../kernel/cpus.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, type Seen, seen } from './kit/define.ts';
import { PANICS } from './kit/detectors.ts';
import type { FrameFact } from './kit/frames.ts';
import { stackFact } from './kit/stack.ts';
import { trigger } from './trigger.ts';

export interface PanicStack {
  /** From the caller of panic() on, innermost first. */
  readonly callers: readonly FrameFact[];
  readonly isWhole: boolean;
}

export const panicStack = defineFact<PanicStack | null>({
  id: 'panic-stack',
  says: 'who called panic()',
  from: look,
});

function look(dump: Dump): Seen<PanicStack | null> {
  const { kind, cpu } = seen(dump, trigger).value;
  const task = kind === 'panic' && cpu !== null ? currentTask(dump, cpu) : undefined;
  if (!task || isFault(task)) return { value: null, holes: [] };
  const { frames, isWhole } = stackFact(dump, task);
  const at = frames.findLastIndex((frame) => PANICS.has(frame.function ?? ''));
  if (at < 0) return { value: null, holes: [] };
  return { value: { callers: frames.slice(at + 1), isWhole }, holes: [] };
}
