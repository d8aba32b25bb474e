// One CPU's run queue as data: what runs, then what waits, class by class.
import { type Fault, isFault } from '../../bytes/fault.ts';
import { type QueuedTask, type RunQueue, rootTaskGroup, runQueue } from '../../kernel/run-queue.ts';
import { policyName, schedClass } from '../../kernel/sched.ts';
import type { Task } from '../../kernel/task.ts';
import { hex } from '../../print/hex.ts';
import type { Context } from '../kit/define.ts';
import { taskId } from '../kit/task-line.ts';

/** A task that runs or wants to. Null: cannot be read. */
export interface RunqTask {
  readonly pid: number | null;
  /** Address of its task_struct. */
  readonly task: string;
  readonly cpu: number | null;
  readonly comm: string | null;
  /** The kernel's own scale: 0 to 99 real-time, 100 to 139 normal; lower runs first. */
  readonly prio: number | null;
  /** `NORMAL`, `FIFO`, `RR` … */
  readonly policy: string | null;
  /** `stop`, `dl`, `rt`, `fair`, `ext`, `idle`: which of the scheduler's classes it is in now. */
  readonly schedClass: string | null;
  /** It is what the CPU executes. */
  readonly isCurrent: boolean;
  /** When it last got a CPU, nanoseconds of the scheduler's clock; 0: never, or an idle task. */
  readonly lastArrivalNs: number | null;
  /** Since when it waits for a CPU, on the same clock; 0: it does not. */
  readonly lastQueuedNs: number | null;
  /** Of a fair task: the task groups around it, outermost first; without the root. */
  readonly groups: readonly RunqGroup[];
}

/** A task group's queue on this CPU. */
export interface RunqGroup {
  /** Address of its task_group. */
  readonly group: string;
  /** Address of its cfs_rq. */
  readonly queue: string;
  readonly throttled: boolean;
  /** Of its cgroup; null: an autogroup. */
  readonly name: string | null;
}

export interface RunqCpu {
  readonly cpu: number;
  /** Address of its `struct rq`. */
  readonly runqueue: string | null;
  /** What it executes. */
  readonly current: RunqTask | null;
  /** For how long, by this CPU's own clock. */
  readonly runningForNs: number | null;
  /** The stopper (migration/N), where it waits or runs. */
  readonly stop: readonly RunqTask[];
  readonly deadline: readonly RunqTask[];
  /** In the order they will run; the one that runs stays in the list. */
  readonly rt: readonly RunqTask[];
  readonly fair: readonly RunqTask[];
  /** Those in sched_ext's own queue of this CPU. */
  readonly ext: readonly RunqTask[];
  /** What the kernel counts as runnable here, the current task with it. */
  readonly nrRunning: number | null;
  /** When this CPU last looked at the clock, nanoseconds. */
  readonly clockNs: number | null;
  /** Addresses of `rt.active`, of `cfs.tasks_timeline`, of `cfs`, and of root_task_group. */
  readonly rtArray: string | null;
  readonly fairRoot: string | null;
  readonly fairQueue: string | null;
  readonly rootGroup: string | null;
}

/** Reads one CPU's queue; what cannot be read is null and a warning. */
export function readCpu(context: Context, cpu: number): RunqCpu {
  const known = <T>(value: T | Fault): T | null => {
    if (!isFault(value)) return value;
    context.warn(`runq: CPU ${cpu}: ${value.explain()}`);
    return null;
  };
  const address = (value: bigint | Fault): string | null => {
    const at = known(value);
    return at === null ? null : hex(at);
  };
  const queue = known(runQueue(context.dump, cpu));
  if (!queue) return { ...NOTHING, cpu };
  const curr = known(queue.curr);
  const current = curr && describe(curr, true);
  const clockNs = known(queue.clockNs);
  const queued = queue.queued((fault) => known(fault));
  const of = (kind: QueuedTask['queue']): RunqTask[] =>
    queued
      .filter((task) => task.queue === kind)
      .map((task) => ({ ...describe(task.task, task.isCurrent), groups: task.groups.map(group) }));
  return {
    cpu,
    runqueue: hex(queue.address),
    current,
    runningForNs: runningFor(clockNs, current),
    stop: stoppers(queue),
    deadline: of('dl'),
    rt: of('rt'),
    fair: of('fair'),
    ext: of('ext'),
    nrRunning: known(queue.nrRunning),
    clockNs,
    rtArray: address(queue.addressOf('rtActive')),
    fairRoot: address(queue.addressOf('cfsRoot')),
    fairQueue: address(queue.addressOf('cfs')),
    rootGroup: address(rootTaskGroup(context.dump)),
  };
}

const NOTHING: Omit<RunqCpu, 'cpu'> = {
  runqueue: null,
  current: null,
  runningForNs: null,
  stop: [],
  deadline: [],
  rt: [],
  fair: [],
  ext: [],
  nrRunning: null,
  clockNs: null,
  rtArray: null,
  fairRoot: null,
  fairQueue: null,
  rootGroup: null,
};

function runningFor(clockNs: number | null, current: RunqTask | null): number | null {
  if (clockNs === null || current === null || current.lastArrivalNs === null) return null;
  return Math.max(0, clockNs - current.lastArrivalNs);
}

/** The stopper is in no list: `on_rq` tells whether it wants the CPU. kernel/sched/stop_task.c */
function stoppers(queue: RunQueue): RunqTask[] {
  const task = queue.stopper;
  if (isFault(task) || task.number('onRq') !== 1) return [];
  const current = queue.curr;
  return [describe(task, !isFault(current) && current.address === task.address)];
}

function describe(task: Task, isCurrent: boolean): RunqTask {
  const policy = task.number('policy');
  const inClass = schedClass(task);
  return {
    ...taskId(task),
    prio: number(task, 'prio'),
    policy: isFault(policy) ? null : policyName(policy),
    schedClass: isFault(inClass) ? null : (inClass ?? null),
    isCurrent,
    lastArrivalNs: number(task, 'lastArrival'),
    lastQueuedNs: number(task, 'lastQueued'),
    groups: [],
  };
}

function number(task: Task, field: Parameters<Task['number']>[0]): number | null {
  const value = task.number(field);
  return isFault(value) ? null : value;
}

const group = (of: QueuedTask['groups'][number]): RunqGroup => ({
  group: hex(of.group),
  queue: hex(of.queue),
  throttled: of.throttled,
  name: of.name ?? null,
});
