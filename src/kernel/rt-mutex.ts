// `struct rt_mutex`: who holds it, and how it queues its waiters. Behind every PI futex is one; with CONFIG_PREEMPT_RT
// mutexes, rw_semaphores and spinlocks are made of it, too. kernel/locking/rtmutex.c (5.10 to 7.2)
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { treeEntries } from './lib/rbtree.ts';
import { Task } from './task.ts';
import type { Queue, Waiter } from './wait-list.ts';

const waiterShape = shape('rt_mutex_waiter', {
  task: ['task'],
  lock: ['lock'],
  // A node with a priority of its own, on Debian's 6.1.192 and later; a bare rb_node on 5.10.
  node: ['tree.entry', 'tree_entry'],
});

/** A task's place in line, on its own stack. */
class RtMutexWaiter extends View<keyof typeof waiterShape.fields> {
  protected readonly shape = waiterShape;
}

/** The structs: the lock, what a sleeper has on its stack, and the pointer to the task there. */
export const rtMutexLayout = {
  struct: 'rt_mutex',
  waiter: 'rt_mutex_waiter',
  task: 'task',
} as const;

/** RT_MUTEX_HAS_WAITERS. kernel/locking/rtmutex_common.h */
const HAS_WAITERS = 1n;
/** More sleepers than a machine that still made its dump had on one lock. */
const MOST_WAITERS = 65_536;

/** The struct that has the owner's word and the waiters: its own since 830e6acc8a1c ("locking/rtmutex: Split out the inner parts of 'struct rtmutex'", v5.15). */
const rtMutexStruct = (dump: Dump): string =>
  dump.types.member('rt_mutex_base', 'owner') ? 'rt_mutex_base' : 'rt_mutex';

export interface RtMutexOwner {
  /** 0: nobody, at the moment. */
  readonly task: VirtualAddress;
  /** Where the word lies that says so. */
  readonly word: VirtualAddress;
}

/** The rt_mutex that a task is blocked on; undefined: none. */
export function rtMutexOf(task: Task): VirtualAddress | undefined | Fault {
  const at = task.pointer('piBlockedOn');
  if (isFault(at)) return at;
  if (at === 0n) return undefined;
  const waiter = new RtMutexWaiter(task.dump, at);
  const lock = waiter.pointer('lock');
  if (isFault(lock)) return lock;
  return waiter.pointer('task') === task.address ? lock : undefined;
}

export function rtMutexOwner(dump: Dump, lock: VirtualAddress): RtMutexOwner | undefined | Fault {
  const member = dump.types.member(rtMutexStruct(dump), 'owner');
  if (!member) return undefined;
  const word = virtual(lock + BigInt(member.offset));
  const owner = dump.memory.pointer(word);
  return isFault(owner) ? owner : { task: virtual(owner & ~HAS_WAITERS), word };
}

/** The rt_mutex that a task stands in line for, and all who do, who comes next first; undefined: none, or its tree does not have it. */
export function rtMutexQueue(task: Task): Queue | undefined {
  const { dump } = task;
  const object = rtMutexOf(task);
  const root = dump.types.member(rtMutexStruct(dump), 'waiters.rb_root.rb_node');
  if (object === undefined || isFault(object) || !root) return undefined;
  const node = new RtMutexWaiter(dump, virtual(0n)).addressOf('node');
  if (isFault(node)) return undefined;
  const waiters: Waiter[] = [];
  const top = virtual(object + BigInt(root.offset));
  for (const address of treeEntries(dump, top, Number(node), MOST_WAITERS)) {
    const waiter = new RtMutexWaiter(dump, address);
    const at = waiter.pointer('task');
    if (isFault(at) || waiter.pointer('lock') !== object) continue;
    if (new Task(dump, at).pointer('piBlockedOn') === address) waiters.push({ address, task: at });
  }
  return waiters.some((waiter) => waiter.task === task.address) ? { object, waiters } : undefined;
}
