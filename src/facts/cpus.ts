// What each CPU did when the machine stopped, and since when.
import { isFault } from '../bytes/fault.ts';
import { currentTask, onlineCpus } from '../kernel/cpus.ts';
import { lastIdleNs, runQueue } from '../kernel/run-queue.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, Holes, type Seen, seen } from './kit/define.ts';
import { type FrameFact, ownFrames, type StackFact } from './kit/frames.ts';
import { heldSince, type Since } from './kit/since.ts';
import { stackFact } from './kit/stack.ts';
import { type TaskFact, tasks } from './tasks.ts';

export interface CpuFact {
  readonly cpu: number;
  /** Of the task it executed; null: unreadable. 0: it idled. */
  readonly pid: number | null;
  /** Where that task was, whatever interrupt broke in last; null: its stack does not say. */
  readonly mode: 'user' | 'kernel' | 'idle' | null;
  /** In kernel mode: the functions the task itself was in, innermost first. */
  readonly executing: readonly FrameFact[];
  readonly stack: StackFact;
  /** Since when the task has kept the CPU; null: it idles, or that cannot be read. */
  readonly since: Since | null;
  /** When it last began to idle; null: unreadable. */
  readonly lastIdleNs: number | null;
  /** The stopper (migration/N) waits since this time: nothing but a kernel that does not let go keeps it off. */
  readonly stopperWaitsSinceNs: number | null;
}

export const cpus = defineFact<readonly CpuFact[]>({
  id: 'cpus',
  says: 'what ran on each CPU, in which mode, and since when',
  from: look,
});

function look(dump: Dump): Seen<readonly CpuFact[]> {
  const holes = new Holes();
  const { value: all } = seen(dump, tasks);
  const value = onlineCpus(dump).map((cpu) => describe(dump, cpu, all, holes));
  return { value, holes: holes.list };
}

const NO_STACK: StackFact = { frames: [], isWhole: false, fromUser: false };

function describe(dump: Dump, cpu: number, all: readonly TaskFact[], holes: Holes): CpuFact {
  const task = currentTask(dump, cpu);
  if (isFault(task)) {
    holes.add(`what CPU ${cpu} executed cannot be read: ${task.explain()}`);
    const nothing = { pid: null, mode: null, executing: [], since: null, lastIdleNs: null };
    return { cpu, ...nothing, stack: NO_STACK, stopperWaitsSinceNs: null };
  }
  const current = all.find((t) => t.runningOn === cpu);
  const stack = stackFact(dump, task);
  // What a CPU executes cannot be seen while it does; that nothing is known of it is no flaw of what was read.
  if (!stack.isWhole && !dump.source.isLive)
    holes.add(`the stack of CPU ${cpu} could not be unwound to its end`);
  const executing = ownFrames(stack);
  const mode = current?.isIdle
    ? 'idle'
    : executing.length > 0
      ? 'kernel'
      : stack.fromUser
        ? 'user'
        : null;
  const stopper = stopperOf(dump, cpu, all);
  const idleNs = lastIdleNs(dump, cpu);
  const lastIdle = isFault(idleNs) ? null : idleNs;
  return {
    cpu,
    pid: current?.pid ?? null,
    mode,
    executing,
    stack,
    since: current && !current.isIdle ? sinceOf(cpu, current, all, stopper, lastIdle) : null,
    lastIdleNs: lastIdle,
    stopperWaitsSinceNs: stopper?.isWaitingForCpu ? stopper.lastQueuedNs || null : null,
  };
}

function stopperOf(dump: Dump, cpu: number, all: readonly TaskFact[]): TaskFact | undefined {
  const queue = runQueue(dump, cpu);
  const task = isFault(queue) ? queue : queue.stopper;
  if (isFault(task)) return undefined;
  const pid = task.pid;
  return all.find((t) => t.pid === pid && t.schedClass === 'stop');
}

function sinceOf(
  cpu: number,
  current: TaskFact,
  all: readonly TaskFact[],
  stopper: TaskFact | undefined,
  idleNs: number | null,
): Since | null {
  const { lastArrivalNs, startedNs } = current;
  if (!lastArrivalNs) return null;
  const others = all.filter((t) => t.cpu === cpu && t !== current && t !== stopper && !t.isIdle);
  return heldSince({
    arrivedNs: lastArrivalNs,
    startedNs: startedNs ?? 0,
    stopperArrivedNs: stopper?.lastArrivalNs ?? null,
    idleNs,
    othersArrivedNs: others.flatMap((t) => t.lastArrivalNs ?? []),
    queuedNs: others.flatMap((t) => (t.isWaitingForCpu && t.lastQueuedNs ? [t.lastQueuedNs] : [])),
  });
}
