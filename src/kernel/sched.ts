// Run queues and scheduling classes. kernel/sched/sched.h
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { onlineCpus } from './cpus.ts';
import { listEntries } from './lib/list.ts';
import { treeEntries } from './lib/rbtree.ts';
import { Task } from './task.ts';

/** Scheduling classes, highest first: kernel/sched/sched.h. `ext` since 6.12. */
export const SCHED_CLASSES = ['stop', 'dl', 'rt', 'fair', 'ext', 'idle'] as const;
export type SchedClass = (typeof SCHED_CLASSES)[number];

/** SCHED_*, by number. include/uapi/linux/sched.h; 4 (ISO) was never used. */
export const POLICIES = [
  'NORMAL',
  'FIFO',
  'RR',
  'BATCH',
  'ISO',
  'IDLE',
  'DEADLINE',
  'EXT',
] as const;

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
});

/** A task waiting on (or, RT, running from) a run queue. */
export interface QueuedTask {
  readonly task: Task;
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

  /** Nanoseconds, near uptime, when this CPU last updated it; a CPU without ticks lags. */
  get clock(): number | Fault {
    return this.number('clock');
  }
  get nrRunning(): number | Fault {
    return this.number('nrRunning');
  }
  get curr(): Task | Fault {
    return this.#task('curr');
  }
  get idle(): Task | Fault {
    return this.#task('idle');
  }
  /** The stopper thread (migration/N); not queued in any structure. */
  get stop(): Task | Fault {
    return this.#task('stop');
  }
  get donor(): Task | Fault {
    return this.has('donor') ? this.#task('donor') : this.curr;
  }

  #task(field: 'curr' | 'idle' | 'stop' | 'donor'): Task | Fault {
    const at = this.pointer(field);
    if (isFault(at)) return at;
    if (at === 0n) return new Fault('implausible', this.address, `rq.${field} of CPU ${this.cpu}`);
    return new Task(this.dump, at);
  }

  /**
   * What is queued, in queue order, RT first. Delayed entities (asleep, but kept in the tree in
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
        if (group === 0n) yield { task: new Task(this.dump, address), queue: 'rt', groups: [] };
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
      yield { task: new Task(this.dump, address), queue: 'dl', groups: [] };
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
    for (const address of walk)
      yield { task: new Task(this.dump, address), queue: 'ext', groups: [] };
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
    else if (!running && se.number('schedDelayed') !== 1)
      yield { task: new Task(dump, virtual(at - BigInt(entity.offset))), queue: 'fair', groups };
  }
  if (isFault(tree.end)) broken(tree.end);
}

function groupOf(dump: Dump, queue: VirtualAddress): TaskGroup {
  const cfs = new CfsRq(dump, queue);
  const group = cfs.pointer('tg');
  const throttled = cfs.number('throttled');
  return { group: isFault(group) ? virtual(0n) : group, queue, throttled: throttled === 1 };
}

/** A CPU's run queue. */
export function runqueue(dump: Dump, cpu: number): RunQueue | Fault {
  const at = dump.perCpu('runqueues', cpu);
  return isFault(at) ? at : new RunQueue(dump, at, cpu);
}

/** Run queues of the online CPUs, by CPU; the unreadable left out. */
export const runqueues = (dump: Dump): readonly RunQueue[] =>
  dump.memo(runqueues, () =>
    onlineCpus(dump).flatMap((cpu) => {
      const rq = runqueue(dump, cpu);
      return isFault(rq) ? [] : [rq];
    }),
  );

/** "Now" of the scheduler's times: the newest of all CPUs' clocks, in nanoseconds; undefined when none can be read. */
export const newestClock = (dump: Dump): number | undefined =>
  dump.memo(newestClock, () => {
    const clocks = runqueues(dump).map((rq) => rq.clock);
    const newest = Math.max(...clocks.filter((clock): clock is number => !isFault(clock)));
    return Number.isFinite(newest) ? newest : undefined;
  });

/** The class a task is scheduled by, by its pointer: what its policy says is not always true (migration/N: FIFO). */
export function schedClass(task: Task): SchedClass | undefined | Fault {
  const at = task.pointer('schedClass');
  return isFault(at) ? at : classes(task.dump).get(at);
}

const classes = (dump: Dump): ReadonlyMap<bigint, SchedClass> =>
  dump.memo(classes, () => {
    const known = new Map<bigint, SchedClass>();
    for (const name of SCHED_CLASSES) {
      const at = dump.symbol(`${name}_sched_class`);
      if (!isFault(at)) known.set(at, name);
    }
    return known;
  });

/** A policy's name: `RR`; its number when it has none. SCHED_RESET_ON_FORK is not kept in `policy`. */
export const policyName = (policy: number): string => POLICIES[policy] ?? `${policy}`;
