// `struct semaphore`: how it queues its waiters, and who took it last. It does not say who holds it.
import type { VirtualAddress } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import type { QueueLayout } from './wait-list.ts';

/** include/linux/semaphore.h, kernel/locking/semaphore.c: `wait_list` to 6.12, `first_waiter` on 7.2. */
export const semaphoreQueue: QueueLayout = {
  struct: 'semaphore',
  waiter: 'semaphore_waiter',
  link: 'list',
  task: 'task',
  head: 'wait_list',
  first: 'first_waiter',
};

const lockShape = shape('semaphore', { lastHolder: ['last_holder'] });
class Semaphore extends View<keyof typeof lockShape.fields> {
  protected readonly shape = lockShape;
}

/**
 * The task that took a unit last and has not itself given one back since; undefined: none, or the kernel does not write that down
 * (7.2 does, 6.12 does not). hung_task_sem_set_holder(), kernel/locking/semaphore.c
 */
export function lastHolder(dump: Dump, at: VirtualAddress): VirtualAddress | undefined {
  const task = new Semaphore(dump, at).pointer('lastHolder');
  return isFault(task) || task === 0n ? undefined : task;
}
