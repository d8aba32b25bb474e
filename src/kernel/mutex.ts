// `struct mutex`: who holds it, and how it queues its waiters.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import { shape, View } from '../types/view.ts';
import type { QueueLayout } from './wait-list.ts';

/**
 * include/linux/mutex.h and kernel/locking/mutex.h. To 6.12 the lock has the head of the list; on 7.2 a pointer to the
 * first waiter, and the waiters form a ring of their own (kernel/locking/mutex.c, __mutex_add_waiter).
 */
export const mutexQueue: QueueLayout = {
  struct: 'mutex',
  waiter: 'mutex_waiter',
  link: 'list',
  task: 'task',
  head: 'wait_list',
  first: 'first_waiter',
};

/** MUTEX_FLAG_WAITERS, _HANDOFF, _PICKUP: kernel/locking/mutex.h (5.10 to 7.2). */
const FLAGS = 7n;

const mutexShape = shape('mutex', { owner: ['owner'] });

/** A mutex, by the address of its `struct mutex`. */
export class Mutex extends View<keyof typeof mutexShape.fields> {
  protected readonly shape = mutexShape;

  /** The task that holds it; 0: nobody does. */
  get owner(): VirtualAddress | Fault {
    const word = this.word('owner');
    return isFault(word) ? word : virtual(word & ~FLAGS);
  }
}
