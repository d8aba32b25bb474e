// Tasks in uninterruptible sleep, since when, and in which function.
import { virtual } from '../bytes/address.ts';
import { Task } from '../kernel/task.ts';
import type { Dump } from '../types/dump.ts';
import { clock } from './clock.ts';
import { defineFact, Holes, type Seen, seen } from './kit/define.ts';
import type { FrameFact } from './kit/frames.ts';
import { stackFact } from './kit/stack.ts';
import { type TaskFact, tasks } from './tasks.ts';
import { trigger } from './trigger.ts';

export interface Sleeper {
  readonly pid: number;
  /** When it last got the CPU, and so the latest moment it fell asleep at; null: unreadable. */
  readonly sinceNs: number | null;
  /** The function that called the scheduler; null: the stack does not say. */
  readonly waitsIn: FrameFact | null;
  /** The innermost function of a module below it; null: none. */
  readonly calledBy: FrameFact | null;
  /** It waits for a child that shares its memory (vfork) to go its own way: ordinary. */
  readonly isForChild: boolean;
}

/** Disks answer within milliseconds, and a busy machine has such sleepers at any moment. */
const LEAST_NS = 1e9;
/** A machine that hangs has hundreds of them: the oldest tell most. */
const MOST_STACKS = 64;

export const sleepers = defineFact<readonly Sleeper[]>({
  id: 'sleepers',
  says: 'tasks in uninterruptible sleep for a second and more, the longest first',
  from: look,
});

function look(dump: Dump): Seen<readonly Sleeper[]> {
  const { nowNs } = seen(dump, clock).value;
  const holes = new Holes();
  const found = seen(dump, tasks)
    .value.filter((task) => task.isUninterruptible)
    .filter((task) => nowNs === null || nowNs - (task.lastArrivalNs ?? 0) >= LEAST_NS)
    .sort((a, b) => (a.lastArrivalNs ?? 0) - (b.lastArrivalNs ?? 0));
  if (found.length > MOST_STACKS)
    holes.add(
      `of ${found.length} tasks in uninterruptible sleep only the ${MOST_STACKS} oldest stacks were looked at`,
    );
  const all = found.map((task, i) => ({ task, sleeper: describe(dump, task, i < MOST_STACKS) }));
  // Unless it was found guilty of that, a thread of the kernel may pause for as long as it likes.
  const isHung = seen(dump, trigger).value.detector === 'hung-task';
  const value = all
    .filter(({ task, sleeper }) => isHung || !(task.isKernelThread && isPause(sleeper)))
    .map(({ sleeper }) => sleeper);
  return { value, holes: holes.list };
}

/** What every sleep passes through: kernel/sched/core.c, kernel/time/timer.c (5.10 to 7.2). */
const SCHEDULER = /^(?:__)?(?:io_)?schedule(?:_\w+)?$|^preempt_schedule\w*$/;

/** For a time of its own choice: kernel/time/sleep_timeout.c (kernel/time/timer.c before 6.12) */
const isPause = ({ waitsIn }: Sleeper): boolean =>
  waitsIn?.module === null && /^(?:msleep|usleep_range\w*)$/.test(waitsIn.function ?? '');

function describe(dump: Dump, task: TaskFact, isLookedAt: boolean): Sleeper {
  const { pid, lastArrivalNs: sinceNs } = task;
  const nothing = { pid, sinceNs, waitsIn: null, calledBy: null, isForChild: false };
  if (!isLookedAt) return nothing;
  const { frames } = stackFact(dump, new Task(dump, virtual(BigInt(task.address))));
  const at = frames.findIndex((frame) => frame.isCertain && !SCHEDULER.test(frame.function ?? ''));
  const waitsIn = at < 0 ? null : (frames[at] ?? null);
  return {
    pid,
    sinceNs,
    waitsIn,
    calledBy: frames.slice(Math.max(at, 0)).find((frame) => frame.module !== null) ?? null,
    // kernel/fork.c: wait_for_vfork_done(), inlined into kernel_clone() or not
    isForChild:
      frames.some((frame) => frame.function === 'kernel_clone') &&
      /^wait_for_(?:vfork|completion)|^__wait_for_common/.test(waitsIn?.function ?? ''),
  };
}
