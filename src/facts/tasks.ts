// Every task, with what the scheduler knows of it.
import { virtual } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import { onlineCpus, runningTasks } from '../kernel/cpus.ts';
import { idleTasks, schedulerNow } from '../kernel/run-queue.ts';
import { Task } from '../kernel/task.ts';
import { allTasks } from '../kernel/tasks.ts';
import { hex } from '../print/hex.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, Holes, type Seen } from './kit/define.ts';

/** Scheduling classes in the kernel's order of precedence. */
export type SchedClass = 'stop' | 'deadline' | 'rt' | 'fair' | 'ext' | 'idle';

/** All times are of the scheduler's clock, in nanoseconds; null: unreadable. */
export interface TaskFact {
  /** Of its task_struct, `0x…`. */
  readonly address: string;
  readonly pid: number;
  readonly tgid: number;
  readonly ppid: number | null;
  readonly comm: string;
  /** The CPU it runs on, waits for, or ran on last. */
  readonly cpu: number | null;
  /** TASK_* bits; null: unreadable. */
  readonly state: number | null;
  readonly isKernelThread: boolean;
  /** swapper/N. */
  readonly isIdle: boolean;
  /** The CPU that was executing it. */
  readonly runningOn: number | null;
  /** Wants a CPU and has none. */
  readonly isWaitingForCpu: boolean;
  /** Stopped by a signal (SIGSTOP, ^Z), or frozen with its control group: null, it is neither. */
  readonly halted: 'stopped' | 'frozen' | null;
  /** Sleeps so that no signal wakes it, and counts as load: the D of ps. */
  readonly isUninterruptible: boolean;
  readonly schedClass: SchedClass | null;
  /** `NORMAL`, `FIFO`, `RR`, …; null: unknown. */
  readonly policy: string | null;
  /** 1 to 99 for a real-time task, else 0. */
  readonly rtPriority: number | null;
  /** The kernel's own scale: lower runs first; 0 to 99 real-time, 100 to 139 normal. */
  readonly prio: number | null;
  /** CPU time by the exact account; user and system are the tick's estimates: right as a ratio only. */
  readonly ranNs: number | null;
  readonly userNs: number | null;
  readonly systemNs: number | null;
  readonly startedNs: number | null;
  /** When it last got a CPU. */
  readonly lastArrivalNs: number | null;
  /** Since when it wants one; 0: it does not. */
  readonly lastQueuedNs: number | null;
  /** Context switches of its own will (it slept) and against it. */
  readonly voluntarySwitches: number | null;
  readonly involuntarySwitches: number | null;
}

/** TASK_UNINTERRUPTIBLE and TASK_NOLOAD: include/linux/sched.h (same values 5.10 to 7.2). */
const UNINTERRUPTIBLE = 0x2;
const NOLOAD = 0x400;
/** __TASK_STOPPED: include/linux/sched.h; JOBCTL_TRAP_FREEZE: include/linux/sched/jobctl.h, since 5.2 (5.10 to 7.2). */
const STOPPED = 0x4;
const TRAP_FREEZE = 1n << 23n;
/** __TASK_STOPPED | __TASK_TRACED | TASK_PARKED | TASK_DEAD: they wait for nothing. */
const AT_REST = 0x4 | 0x8 | 0x40 | 0x80;

/** SCHED_*: include/uapi/linux/sched.h (EXT since 6.12). */
const POLICIES = ['NORMAL', 'FIFO', 'RR', 'BATCH', 'ISO', 'IDLE', 'DEADLINE', 'EXT'];

const CLASSES: readonly (readonly [SchedClass, string])[] = [
  ['stop', 'stop_sched_class'],
  ['deadline', 'dl_sched_class'],
  ['rt', 'rt_sched_class'],
  ['fair', 'fair_sched_class'],
  ['ext', 'ext_sched_class'],
  ['idle', 'idle_sched_class'],
];

export const tasks = defineFact<readonly TaskFact[]>({
  id: 'tasks',
  says: 'every task, its class and priority, and when it ran',
  from: look,
});

function look(dump: Dump): Seen<readonly TaskFact[]> {
  const holes = new Holes();
  const classes = schedClasses(dump);
  const running = runningTasks(dump);
  const idle = new Set(idleTasks(dump).map((task) => task.address));
  const looked = new Map<bigint, TaskFact | undefined>();
  // On a running machine tasks get a CPU after the clock was read: no age is negative for that.
  const latest = (dump.source.isLive ? schedulerNow(dump) : undefined) ?? Infinity;
  const lookAt = (task: Task) =>
    describe(task, { classes, runningOn: running.get(task.address) ?? null, idle, latest });
  const { tasks: found, warnings } = allTasks(dump, (task) =>
    looked.set(task.address, lookAt(task)),
  );
  for (const warning of warnings) holes.add(warning);
  const value: TaskFact[] = [];
  for (const task of found) {
    const fact = looked.has(task.address) ? looked.get(task.address) : lookAt(task);
    if (fact) value.push(fact);
    else holes.add(`the task at ${hex(task.address)} cannot be read`);
  }
  if (onlineCpus(dump).length > running.size) holes.add('what some CPU executed cannot be read');
  return { value, holes: holes.list };
}

function schedClasses(dump: Dump): ReadonlyMap<bigint, SchedClass> {
  const classes = new Map<bigint, SchedClass>();
  for (const [name, symbol] of CLASSES) {
    const at = dump.symbol(symbol);
    if (!isFault(at)) classes.set(at, name);
  }
  return classes;
}

interface Surroundings {
  readonly classes: ReadonlyMap<bigint, SchedClass>;
  readonly runningOn: number | null;
  readonly idle: ReadonlySet<bigint>;
  /** No time after this one is taken for true. */
  readonly latest: number;
}

function describe(
  task: Task,
  { classes, runningOn, idle, latest }: Surroundings,
): TaskFact | undefined {
  const { pid, tgid, comm } = task;
  if (isFault(pid) || isFault(comm)) return undefined;
  const number = (field: Parameters<Task['number']>[0]) => orNull(task.number(field));
  const schedClass = task.pointer('schedClass');
  const policy = number('policy');
  const state = number('state');
  const isIdle = idle.has(task.address) || (pid === 0 && task.isIdle === true);
  return {
    address: hex(task.address),
    pid,
    tgid: isFault(tgid) ? pid : tgid,
    ppid: parentOf(task),
    comm,
    cpu: number('cpu'),
    state,
    isKernelThread: task.isKernelThread === true,
    isIdle,
    runningOn,
    isWaitingForCpu:
      number('onRq') === 1 && runningOn === null && !isIdle && number('schedDelayed') !== 1,
    halted: haltedBy(task, state, runningOn),
    isUninterruptible:
      state !== null &&
      (state & UNINTERRUPTIBLE) !== 0 &&
      (state & (NOLOAD | AT_REST)) === 0 &&
      runningOn === null,
    schedClass: isFault(schedClass) ? null : (classes.get(schedClass) ?? null),
    policy: policy === null ? null : (POLICIES[policy] ?? null),
    rtPriority: number('rtPriority'),
    prio: number('prio'),
    ranNs: number('sumExecRuntime'),
    userNs: number('utime'),
    systemNs: number('stime'),
    startedNs: number('startTime'),
    lastArrivalNs: until(latest, orNull(task.lastArrival)),
    lastQueuedNs: until(latest, number('lastQueued')),
    voluntarySwitches: number('nvcsw'),
    involuntarySwitches: number('nivcsw'),
  };
}

function haltedBy(task: Task, state: number | null, runningOn: number | null): TaskFact['halted'] {
  if (runningOn !== null) return null;
  if (state !== null && (state & STOPPED) !== 0) return 'stopped';
  const jobctl = task.word('jobctl');
  return !isFault(jobctl) && (jobctl & TRAP_FREEZE) !== 0n ? 'frozen' : null;
}

function parentOf(task: Task): number | null {
  const at = task.pointer('realParent');
  if (isFault(at) || at === 0n) return null;
  // The number a user sees: the parent's process, whichever of its threads forked.
  return orNull(new Task(task.dump, virtual(at)).tgid);
}

const until = (latest: number, ns: number | null): number | null =>
  ns === null ? null : Math.min(ns, latest);

const orNull = <T>(value: T | Fault): T | null => (isFault(value) ? null : value);

/** From a task up to init, nearest first; bounded, since a dump may hold a circle. */
export function ancestors(all: readonly TaskFact[], task: TaskFact): TaskFact[] {
  const line: TaskFact[] = [];
  for (let ppid = task.ppid; ppid && line.length < 64; ) {
    const parent = all.find((t) => t.pid === ppid);
    if (!parent || line.includes(parent)) break;
    line.push(parent);
    ppid = parent.ppid;
  }
  return line;
}
