// `struct completion`: how it queues its waiters, and which work a flush waits for.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { listEntries } from './lib/list.ts';
import { Task } from './task.ts';
import type { QueueLayout } from './wait-list.ts';
import { type Turn, turnBefore } from './work-queue.ts';

/** include/linux/completion.h, include/linux/swait.h (5.10 to 7.2; a plain wait queue before 5.7). */
export const completionQueue: QueueLayout = {
  struct: 'completion',
  waiter: 'swait_queue',
  link: 'task_list',
  task: 'task',
  head: 'wait.task_list',
};

/** More than ever stand behind one work. */
const MOST_WORKS = 4096;

/**
 * The worker that executes the work a flush waits for: the flusher's barrier, a work on its own stack with the completion
 * in it, is queued behind that work on the worker's own list. kernel/workqueue.c, insert_wq_barrier (5.10 to 7.2).
 *
 * @param done the completion that the flusher waits for
 */
export function flushedWorker(dump: Dump, done: VirtualAddress): Task | undefined {
  const scheduled = dump.types.member('worker', 'scheduled');
  const task = dump.types.member('worker', 'task');
  const start = barrierAt(dump, done);
  if (!scheduled || !task || start === undefined) return undefined;
  for (const link of listEntries(dump, start, 0, { limit: MOST_WORKS })) {
    const worker = virtual(link - BigInt(scheduled.offset));
    const at = dump.memory.pointer(virtual(worker + BigInt(task.offset)));
    if (isFault(at) || at >> 63n === 0n) continue;
    const found = new Task(dump, at);
    // What lies around another work of that list is no worker: a worker's task is a kernel thread of that name.
    const comm = found.comm;
    if (isFault(comm) || !comm.startsWith('kworker') || found.isKernelThread !== true) continue;
    const current = dump.types.member('worker', 'current_work');
    const work = current && dump.memory.pointer(virtual(worker + BigInt(current.offset)));
    if (work !== undefined && !isFault(work) && work !== 0n) return found;
  }
  return undefined;
}

/** The same, where that work has not begun: the worker whose work has to end first. */
export function workerBefore(dump: Dump, done: VirtualAddress): Turn | undefined {
  const start = barrierAt(dump, done);
  return start === undefined ? undefined : turnBefore(dump, start);
}

/** The list entry of the barrier that a completion is in, if it is in one. */
function barrierAt(dump: Dump, done: VirtualAddress): VirtualAddress | undefined {
  const inBarrier = dump.types.member('wq_barrier', 'done');
  const entry = dump.types.member('wq_barrier', 'work.entry');
  return inBarrier && entry
    ? virtual(done - BigInt(inBarrier.offset) + BigInt(entry.offset))
    : undefined;
}
