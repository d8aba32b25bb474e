// `struct rq`: each CPU's run queue, its clock, its limits, and what waits on it. kernel/sched/sched.h
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { onlineCpus } from './cpus.ts';
import { listEntries } from './lib/list.ts';
import { treeEntries } from './lib/rbtree.ts';
import { Task } from './task.ts';

const rqShape = shape('rq', {
  nrRunning: ['nr_running'],
  curr: ['curr'],
  idle: ['idle'],
  stop: ['stop'],
  // The task whose turn it is while `curr` runs: they differ only with proxy execution.
  // kernel/sched/sched.h (6.12.117 and 7.2 have it, 6.1 has not).
  donor: ['donor'],
  clock: ['clock'],
  cfs: ['cfs'],
  cfsRoot: ['cfs.tasks_timeline'],
  cfsTasks: ['cfs_tasks'],
  rtActive: ['rt.active'],
  rtQueues: ['rt.active.queue'],
  dlRoot: ['dl.root'],
  // sched_ext's own queue of a CPU: kernel/sched/ext.c (6.12 and later).
  scxQueue: ['scx.local_dsq.list'],
  // Since 557a6bfc662c ("sched/fair: Add trivial fair server", v6.12; backported) normal tasks get 5 % beside
  // real-time ones, unless this is 0.
  fairServerRuntime: ['fair_server.dl_runtime'],
});

/** A task that waits on a run queue or runs from it. */
export interface QueuedTask {
  readonly task: Task;
  /** It runs: an RT task stays queued while it does, a fair one is its queue's `curr`, in no tree. */
  readonly isCurrent: boolean;
  /** Which of the queue's structures holds it. */
  readonly queue: 'rt' | 'dl' | 'fair' | 'ext';
  /** Of `fair`: the task groups between the root and it, outermost first. */
  readonly groups: readonly TaskGroup[];
}

/** A task group's queue on one CPU. */
export interface TaskGroup {
  /** struct task_group */
  readonly group: VirtualAddress;
  /** struct cfs_rq */
  readonly queue: VirtualAddress;
  readonly throttled: boolean;
  /** Of its cgroup; undefined: an autogroup, which has none, or unreadable. */
  readonly name: string | undefined;
}

/** Groups nest as cgroups do; deeper is damage. */
const MAX_GROUP_DEPTH = 64;
/** MAX_RT_PRIO: include/linux/sched/prio.h */
const RT_QUEUES = 100;

/** One CPU's `struct rq`. */
export class RunQueue extends View<keyof typeof rqShape.fields> {
  protected readonly shape = rqShape;
  readonly cpu: number;

  constructor(dump: Dump, address: VirtualAddress, cpu: number) {
    super(dump, address);
    this.cpu = cpu;
  }

  /** sched_clock() when this CPU last looked: nanoseconds, near uptime; lags while it idles. */
  get clockNs(): number | Fault {
    return this.number('clock');
  }
  /** How many tasks run on the CPU or wait for it. */
  get nrRunning(): number | Fault {
    return this.number('nrRunning');
  }
  /** The task that runs. */
  get curr(): Task | Fault {
    return this.#task('curr');
  }
  /** swapper/N, which runs when nothing else does. */
  get idle(): Task | Fault {
    return this.#task('idle');
  }
  /** migration/N, which runs before everything else; queued in no structure. */
  get stopper(): Task | Fault {
    return this.#task('stop');
  }
  /** Nanoseconds in each period that the deadline server keeps for normal tasks; 0: switched off. */
  get fairServerRuntimeNs(): number | Fault {
    return this.number('fairServerRuntime');
  }
  /** The task whose turn it is; `curr`, unless that runs in its place (proxy execution). */
  get donor(): Task | Fault {
    return this.has('donor') ? this.#task('donor') : this.curr;
  }

  #task(field: 'curr' | 'idle' | 'stop' | 'donor'): Task | Fault {
    const at = this.pointer(field);
    if (isFault(at)) return at;
    if (at === 0n) return new Fault('implausible', this.address, `rq.${field} of CPU ${this.cpu}`);
    return new Task(this.dump, at);
  }

  #queued(address: VirtualAddress, queue: 'rt' | 'dl' | 'ext'): QueuedTask {
    const isCurrent = this.pointer('curr') === address;
    return { task: new Task(this.dump, address), queue, isCurrent, groups: [] };
  }

  /**
   * What is queued, in queue order, RT first; what runs too. Delayed entities (asleep, but kept in the tree in
   * kernel/sched/fair.c since 6.12) are left out.
   *
   * @param broken told what could not be read
   */
  queued(broken: (fault: Fault) => void = () => {}): QueuedTask[] {
    return [...this.#rt(broken), ...this.#dl(broken), ...this.#fair(broken), ...this.#ext(broken)];
  }

  *#rt(broken: (fault: Fault) => void): Generator<QueuedTask> {
    const queues = this.addressOf('rtQueues');
    const link = this.dump.types.member('task_struct', 'rt.run_list');
    // An RT group's entity would need CONFIG_RT_GROUP_SCHED: its my_q tells it from a task's.
    const myQ = this.dump.types.member('task_struct', 'rt.my_q');
    if (isFault(queues)) return broken(queues);
    if (!link) return;
    for (let prio = 0; prio < RT_QUEUES; prio++) {
      const walk = listEntries(this.dump, virtual(queues + BigInt(prio * 16)), link.offset);
      for (const address of walk) {
        const group = myQ ? this.dump.memory.u64(virtual(address + BigInt(myQ.offset))) : 0n;
        if (group === 0n) yield this.#queued(address, 'rt');
      }
      if (isFault(walk.end)) broken(walk.end);
    }
  }

  *#dl(broken: (fault: Fault) => void): Generator<QueuedTask> {
    const root = this.addressOf('dlRoot');
    const node = this.dump.types.member('task_struct', 'dl.rb_node');
    if (isFault(root)) return broken(root);
    if (!node) return;
    const walk = treeEntries(this.dump, root, node.offset);
    for (const address of walk) {
      if (new DlEntity(this.dump, address).number('dlServer') === 1) continue;
      yield this.#queued(address, 'dl');
    }
    if (isFault(walk.end)) broken(walk.end);
  }

  *#fair(broken: (fault: Fault) => void): Generator<QueuedTask> {
    const root = this.addressOf('cfs');
    if (isFault(root)) return broken(root);
    yield* fairTasks(this.dump, root, [], new Set(), broken);
  }

  *#ext(broken: (fault: Fault) => void): Generator<QueuedTask> {
    const head = this.addressOf('scxQueue');
    const link = this.dump.types.member('task_struct', 'scx.dsq_list.node');
    if (isFault(head) || !link) return;
    const walk = listEntries(this.dump, head, link.offset);
    for (const address of walk) yield this.#queued(address, 'ext');
    if (isFault(walk.end)) broken(walk.end);
  }
}

const dlShape = shape('task_struct', {
  // A deadline server's entity is in the tree too, and no task's: kernel/sched/deadline.c (6.8 and later).
  dlServer: ['dl.dl_server'],
});
class DlEntity extends View<keyof typeof dlShape.fields> {
  protected readonly shape = dlShape;
}

const entityShape = shape('sched_entity', {
  myQ: ['my_q'],
  schedDelayed: ['sched_delayed'],
});
class Entity extends View<keyof typeof entityShape.fields> {
  protected readonly shape = entityShape;
}

const cfsShape = shape('cfs_rq', {
  root: ['tasks_timeline'],
  curr: ['curr'],
  tg: ['tg'],
  throttled: ['throttled'],
});
class CfsRq extends View<keyof typeof cfsShape.fields> {
  protected readonly shape = cfsShape;
}

/** A cfs_rq's tasks, into groups. Its current entity is in no tree: a group that runs is looked into too. */
function* fairTasks(
  dump: Dump,
  queue: VirtualAddress,
  groups: readonly TaskGroup[],
  seen: Set<VirtualAddress>,
  broken: (fault: Fault) => void,
): Generator<QueuedTask> {
  const node = dump.types.member('sched_entity', 'run_node');
  const entity = dump.types.member('task_struct', 'se');
  if (!node || !entity || seen.has(queue) || groups.length > MAX_GROUP_DEPTH) return;
  seen.add(queue);
  const cfs = new CfsRq(dump, queue);
  const root = cfs.addressOf('root');
  if (isFault(root)) return broken(root);
  const tree = treeEntries(dump, root, node.offset);
  const curr = cfs.pointer('curr');
  const waiting = [...tree].map((at) => ({ at, running: false }));
  if (!isFault(curr) && curr !== 0n) waiting.unshift({ at: curr, running: true });
  for (const { at, running } of waiting) {
    const se = new Entity(dump, at);
    const myQ = se.has('myQ') ? se.pointer('myQ') : virtual(0n);
    if (isFault(myQ)) broken(myQ);
    else if (myQ !== 0n) yield* fairTasks(dump, myQ, [...groups, groupOf(dump, myQ)], seen, broken);
    else if (running || se.number('schedDelayed') !== 1) {
      const task = new Task(dump, virtual(at - BigInt(entity.offset)));
      yield { task, queue: 'fair', isCurrent: running, groups };
    }
  }
  if (isFault(tree.end)) broken(tree.end);
}

function groupOf(dump: Dump, queue: VirtualAddress): TaskGroup {
  const cfs = new CfsRq(dump, queue);
  const group = cfs.pointer('tg');
  return {
    group: isFault(group) ? virtual(0n) : group,
    queue,
    throttled: cfs.number('throttled') === 1,
    name: isFault(group) ? undefined : groupName(dump, group),
  };
}

const groupShape = shape('task_group', { cgroup: ['css.cgroup'] });
class TaskGroupView extends View<keyof typeof groupShape.fields> {
  protected readonly shape = groupShape;
}

const cgroupShape = shape('cgroup', { node: ['kn'] });
class Cgroup extends View<keyof typeof cgroupShape.fields> {
  protected readonly shape = cgroupShape;
}

const nodeShape = shape('kernfs_node', { name: ['name'] });
class KernfsNode extends View<keyof typeof nodeShape.fields> {
  protected readonly shape = nodeShape;
}

/** NAME_MAX, which no name of a cgroup exceeds. include/uapi/linux/limits.h */
const MAX_NAME = 255;

export function groupName(dump: Dump, group: VirtualAddress): string | undefined {
  const cgroup = new TaskGroupView(dump, group).pointer('cgroup');
  if (isFault(cgroup) || cgroup === 0n) return undefined;
  const node = new Cgroup(dump, cgroup).pointer('node');
  const at = isFault(node) || node === 0n ? node : new KernfsNode(dump, node).pointer('name');
  const name = isFault(at) || at === 0n ? undefined : dump.memory.text(at, MAX_NAME);
  return isFault(name) || name === '' ? undefined : name;
}

/** Where the task group that holds all others lies. kernel/sched/core.c */
export const rootTaskGroup = (dump: Dump): VirtualAddress | Fault => dump.symbol('root_task_group');

/** The run queue of a CPU. */
export function runQueue(dump: Dump, cpu: number): RunQueue | Fault {
  const at = dump.perCpu('runqueues', cpu);
  return isFault(at) ? at : new RunQueue(dump, at, cpu);
}

/** swapper/N of every online CPU, as far as readable. */
export const idleTasks = (dump: Dump): readonly Task[] =>
  onlineCpus(dump).flatMap((cpu) => {
    const queue = runQueue(dump, cpu);
    const idle = isFault(queue) ? queue : queue.idle;
    return isFault(idle) ? [] : [idle];
  });

/**
 * Now, by the scheduler's clock: the largest `rq.clock`, since an idle CPU's stands still. Nanoseconds, within
 * 0.1 s of the log's time stamps; undefined when none can be read.
 */
export const schedulerNow = (dump: Dump): number | undefined =>
  dump.memo(schedulerNow, () => {
    const clocks = onlineCpus(dump).flatMap((cpu) => {
      const queue = runQueue(dump, cpu);
      const clock = isFault(queue) ? queue : queue.clockNs;
      return isFault(clock) ? [] : [clock];
    });
    return clocks.length > 0 ? Math.max(...clocks) : undefined;
  });

const tickSchedShape = shape('tick_sched', { idleEntrytime: ['idle_entrytime'] });
class TickSched extends View<keyof typeof tickSchedShape.fields> {
  protected readonly shape = tickSchedShape;
}

/** When a CPU last began to idle, nanoseconds of the monotonic clock. kernel/time/tick-sched.c (5.10 to 7.2). */
export function lastIdleNs(dump: Dump, cpu: number): number | Fault {
  const at = dump.perCpu('tick_cpu_sched', cpu);
  return isFault(at) ? at : new TickSched(dump, at).number('idleEntrytime');
}
