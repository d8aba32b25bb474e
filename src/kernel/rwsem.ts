// `struct rw_semaphore`: who holds it, as far as it says, and how it queues its waiters.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import { shape, View } from '../types/view.ts';
import type { QueueLayout } from './wait-list.ts';

/** include/linux/rwsem.h: `wait_list` to 6.12, `first_waiter` on 7.2 (see mutex.ts). */
export const rwsemQueue: QueueLayout = {
  struct: 'rw_semaphore',
  waiter: 'rwsem_waiter',
  link: 'list',
  task: 'task',
  head: 'wait_list',
  first: 'first_waiter',
};

/** RWSEM_WRITER_LOCKED and RWSEM_READER_SHIFT: kernel/locking/rwsem.c (5.10 to 7.2). */
const WRITER_LOCKED = 1n;
const READER_SHIFT = 8n;
/** RWSEM_READER_OWNED, and the bits above it that say who may spin; 5.10 has two of them. */
const READER_OWNED = 1n;
const OWNER_FLAGS = 7n;

const rwsemShape = shape('rw_semaphore', { count: ['count'], owner: ['owner'] });

/** A reader-writer semaphore, by the address of its `struct rw_semaphore`. */
export class RwSemaphore extends View<keyof typeof rwsemShape.fields> {
  protected readonly shape = rwsemShape;

  /** The task that holds it for writing; 0: none does. */
  get writer(): VirtualAddress | Fault {
    const count = this.word('count');
    const owner = this.word('owner');
    if (isFault(count)) return count;
    if (isFault(owner)) return owner;
    const isWritten = (count & WRITER_LOCKED) !== 0n && (owner & READER_OWNED) === 0n;
    return virtual(isWritten ? owner & ~OWNER_FLAGS : 0n);
  }

  /** How many hold it for reading: the word counts them, and does not say who. */
  get readers(): number | Fault {
    const count = this.word('count');
    return isFault(count) ? count : Number(BigInt.asIntN(64, count) >> READER_SHIFT);
  }

  /** The task that took it last for reading; it may have let it go since, or be gone. 0: not said. */
  get lastReader(): VirtualAddress | Fault {
    const owner = this.word('owner');
    if (isFault(owner)) return owner;
    return virtual((owner & READER_OWNED) === 0n ? 0n : owner & ~OWNER_FLAGS);
  }
}
