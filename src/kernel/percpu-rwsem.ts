// `struct percpu_rw_semaphore`: who waits for it, and the writer that waits for its readers. kernel/locking/percpu-rwsem.c
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { shape, View } from '../types/view.ts';
import { onlineCpus } from './cpus.ts';
import type { Task } from './task.ts';
import { liveWords, type Queue, type QueueLayout } from './wait-list.ts';

/** Readers, and writers behind another, in a plain wait queue (5.10 to 7.2; another form before 5.7). */
export const percpuRwsemQueue: QueueLayout = {
  struct: 'percpu_rw_semaphore',
  waiter: 'wait_queue_entry',
  link: 'entry',
  task: 'private',
  head: 'waiters.head',
};

const lockShape = shape('percpu_rw_semaphore', {
  writer: ['writer.task'],
  readers: ['read_count'],
});

export class PercpuRwsem extends View<keyof typeof lockShape.fields> {
  protected readonly shape = lockShape;

  /** How many hold it for reading: nobody knows who. */
  get readers(): number {
    const counts = this.pointer('readers');
    if (isFault(counts)) return 0;
    const each = onlineCpus(this.dump).map((cpu) => {
      const at = this.dump.perCpuAddress(counts, cpu);
      const count = isFault(at) ? at : this.dump.memory.i32(at);
      return isFault(count) ? 0 : count;
    });
    return each.reduce((sum, count) => sum + count, 0);
  }
}

/** The lock whose readers a task waits for, to write: the lock names it. percpu_down_write(), rcuwait_wait_event() */
export function writtenBy(task: Task): Queue | undefined {
  const writer = task.dump.types.member(lockShape.struct, 'writer.task');
  if (!writer) return undefined;
  for (const object of liveWords(task))
    if (task.dump.memory.pointer(virtual(object + BigInt(writer.offset))) === task.address)
      return { object, waiters: [] };
  return undefined;
}

/** The writer that keeps new readers out while it waits for those that are in; 0: none does. */
export function writerOf(lock: PercpuRwsem): VirtualAddress | undefined {
  const task = lock.pointer('writer');
  return isFault(task) ? undefined : task;
}
