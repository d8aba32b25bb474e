// Works that wait for their turn in a queue, and the workers that have it. kernel/workqueue.c, include/linux/workqueue.h
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { listEntries } from './lib/list.ts';
import { Task } from './task.ts';

const workShape = shape('work_struct', { data: ['data'], function: ['func'] });
class Work extends View<keyof typeof workShape.fields> {
  protected readonly shape = workShape;
}

/** The limit is the whole queue's since 6.9 (`workqueue_struct.max_active`). */
const queueShape = shape('pool_workqueue', {
  pool: ['pool'],
  whole: ['wq'],
  active: ['nr_active'],
  most: ['max_active'],
});
class PoolQueue extends View<keyof typeof queueShape.fields> {
  protected readonly shape = queueShape;
}

const wholeShape = shape('workqueue_struct', { most: ['max_active'] });
class WholeQueue extends View<keyof typeof wholeShape.fields> {
  protected readonly shape = wholeShape;
}

const workerShape = shape('worker', { task: ['task'], queue: ['current_pwq'] });
class Worker extends View<keyof typeof workerShape.fields> {
  protected readonly shape = workerShape;
}

/** WORK_STRUCT_INACTIVE (`_DELAYED` before 5.14) and WORK_STRUCT_PWQ; what is left without the low byte is the queue. */
const INACTIVE = 2n;
const HAS_QUEUE = 4n;
const FLAGS = 0xffn;
/** The barrier of a flush is a work, too. */
const BARRIER = 'wq_barrier_func';
const MOST_BARRIERS = 64;
const MOST_WORKERS = 4096;

export interface Turn {
  /** The work that is waited for, and has not begun. */
  readonly work: VirtualAddress;
  /** The only worker that executes a work of the same queue. */
  readonly worker: Task;
}

/**
 * Whose turn it is, where the work that a flush waits for may only begin when another of the same queue has ended: the flusher's
 * barrier stands right behind that work. insert_wq_barrier(), pwq_activate_first_inactive() (5.10 to 7.2)
 *
 * @param barrier the list entry of the flusher's barrier
 */
export function turnBefore(dump: Dump, barrier: VirtualAddress): Turn | undefined {
  const entry = dump.types.member('work_struct', 'entry')?.offset;
  if (entry === undefined) return undefined;
  for (const at of listEntries(dump, barrier, entry, { backwards: true, limit: MOST_BARRIERS })) {
    const work = new Work(dump, at);
    const run = work.pointer('function');
    if (isFault(run)) return undefined;
    if (dump.symbols.at(run)?.name === BARRIER) continue;
    const data = work.word('data');
    if (isFault(data) || (data & INACTIVE) === 0n || (data & HAS_QUEUE) === 0n) return undefined;
    const worker = onlyWorker(dump, virtual(data & ~FLAGS));
    return worker && { work: at, worker };
  }
  return undefined;
}

/** The worker that has a work of this queue, where only one may be under way. */
function onlyWorker(dump: Dump, at: VirtualAddress): Task | undefined {
  const queue = new PoolQueue(dump, at);
  const pool = queue.pointer('pool');
  const active = queue.number('active');
  const workers = dump.types.member('worker_pool', 'workers')?.offset;
  const node = dump.types.member('worker', 'node')?.offset;
  if (isFault(pool) || isFault(active) || active !== 1 || limitOf(queue) !== 1) return undefined;
  if (workers === undefined || node === undefined) return undefined;
  const head = virtual(pool + BigInt(workers));
  for (const found of listEntries(dump, head, node, { limit: MOST_WORKERS })) {
    const worker = new Worker(dump, found);
    const task = worker.pointer('task');
    if (worker.pointer('queue') === at && !isFault(task)) return new Task(dump, task);
  }
  return undefined;
}

/** How many of its works may be under way at once. */
function limitOf(queue: PoolQueue): number | undefined {
  const own = queue.number('most');
  if (!isFault(own)) return own;
  const whole = queue.pointer('whole');
  const most = isFault(whole) ? whole : new WholeQueue(queue.dump, whole).number('most');
  return isFault(most) ? undefined : most;
}
