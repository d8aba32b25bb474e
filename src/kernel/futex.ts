// Futexes: what a thread that sleeps on one left on its kernel stack.
// kernel/futex/core.c, kernel/futex/futex.h (kernel/futex.c before 5.16)
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { wordsThatAre } from './stack-words.ts';
import type { Task } from './task.ts';

const queueShape = shape('futex_q', {
  task: ['task'],
  node: ['list.node_list'],
  lock: ['lock_ptr'],
  address: ['key.private.address'],
  offset: ['key.both.offset'],
});

/** `struct futex_q`: a thread's place in the queue of a futex, on that thread's stack. */
export class FutexQueue extends View<keyof typeof queueShape.fields> {
  protected readonly shape = queueShape;
}

/** FUT_OFF_INODE: the key names a page of a file, not an address of a process. include/linux/futex.h (5.10 to 7.2) */
const OF_FILE = 1;
/** The two lowest bits of the offset are flags: FUT_OFF_INODE, FUT_OFF_MMSHARED. A futex is a word of 4 bytes. */
const FLAGS = 3;

/** A thread as the kernel queued it on a futex. */
export interface QueuedFutex {
  /** Of the struct futex_q. */
  readonly at: VirtualAddress;
  /** The user address of the futex; undefined where the key names a page of a file instead. */
  readonly address: bigint | undefined;
  /** The lowest bits of that address, known in either case. */
  readonly offsetInPage: number;
}

/**
 * The futex that a sleeping thread is queued on: a struct futex_q on its stack that names the thread and is
 * linked in the queue both ways. Undefined: none, so it does not wait for one, or was woken already.
 */
export function queuedFutex(task: Task): QueuedFutex | undefined | Fault {
  const { dump } = task;
  const member = dump.types.member('futex_q', 'task');
  if (!member) return undefined;
  const words = wordsThatAre(task, task.address);
  if (isFault(words)) return words;
  for (const word of words) {
    const queue = new FutexQueue(dump, virtual(word - BigInt(member.offset)));
    const offset = queue.number('offset');
    const address = queue.word('address');
    if (isFault(offset) || isFault(address)) continue;
    // futex_wake() takes a waiter out of the queue, then clears lock_ptr: __futex_unqueue(), futex_wake_mark().
    const lock = queue.pointer('lock');
    if (isFault(lock) || !dump.paging.isCanonical(lock) || lock === 0n) continue;
    if (!isLinked(dump, queue.addressOf('node')) || offset >= 4096) continue;
    const isOfFile = (offset & OF_FILE) !== 0;
    const offsetInPage = offset & ~FLAGS;
    return {
      at: queue.address,
      address: isOfFile ? undefined : address + BigInt(offsetInPage),
      offsetInPage,
    };
  }
  return undefined;
}

/** Whether both neighbours of a list_head point back at it, and it is not alone. */
function isLinked(dump: Dump, node: VirtualAddress | Fault): boolean {
  if (isFault(node)) return false;
  const next = dump.memory.pointer(node);
  const prev = dump.memory.pointer(virtual(node + 8n));
  if (isFault(next) || isFault(prev) || next === node) return false;
  return dump.memory.pointer(virtual(next + 8n)) === node && dump.memory.pointer(prev) === node;
}
