// `struct semaphore`: how it queues its waiters. It does not say who holds it.
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
