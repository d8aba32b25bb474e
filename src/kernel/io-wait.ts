// What a task that waits for I/O waits for: a page of a file, a buffer, or a direct transfer of its own.
// mm/filemap.c, fs/buffer.c, kernel/sched/wait_bit.c, fs/iomap/direct-io.c, block/fops.c
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { taskStack } from './cpu-stacks.ts';
import { wordsThatAre } from './stack-words.ts';
import type { Task } from './task.ts';

const pageWaitShape = shape('wait_page_queue', {
  // A folio on 6.1 and later; its address is that of its first page.
  page: ['folio', 'page'],
  function: ['wait.func'],
  link: ['wait.entry'],
});
class PageWait extends View<keyof typeof pageWaitShape.fields> {
  protected readonly shape = pageWaitShape;
}

const bitWaitShape = shape('wait_bit_queue_entry', {
  word: ['key.flags'],
  function: ['wq_entry.func'],
  link: ['wq_entry.entry'],
});
class BitWait extends View<keyof typeof bitWaitShape.fields> {
  protected readonly shape = bitWaitShape;
}

/** What a sleeper waits for, by the address that requests have of it, too. */
export interface IoWait {
  /** `page`: a page descriptor; `buffer`: a struct buffer_head, or another object that begins with its flags. */
  readonly kind: 'page' | 'buffer';
  readonly at: VirtualAddress;
  /** The waiter on its stack, which is linked in a wait queue, and its type. */
  readonly waiter: VirtualAddress;
  readonly type: 'wait_page_queue' | 'wait_bit_queue_entry';
}

/** Undefined: it waits for no page and no buffer, or has been woken. */
export function ioWaitOf(task: Task): IoWait | undefined {
  const { dump } = task;
  const words = wordsThatAre(task, task.address);
  if (isFault(words)) return undefined;
  const page = dump.types.member('wait_page_queue', 'wait.private');
  const bit = dump.types.member('wait_bit_queue_entry', 'wq_entry.private');
  for (const word of words) {
    if (page) {
      const wait = new PageWait(dump, virtual(word - BigInt(page.offset)));
      const at = wait.pointer('page');
      if (isWaiting(dump, wait, 'wake_page_function') && !isFault(at))
        return { kind: 'page', at, waiter: wait.address, type: 'wait_page_queue' };
    }
    if (bit) {
      const wait = new BitWait(dump, virtual(word - BigInt(bit.offset)));
      const at = wait.pointer('word');
      if (isWaiting(dump, wait, 'wake_bit_function') && !isFault(at))
        return { kind: 'buffer', at, waiter: wait.address, type: 'wait_bit_queue_entry' };
    }
  }
  return undefined;
}

/** Whether a wait queue's entry has the function of its kind, and is still linked. */
function isWaiting(dump: Dump, wait: PageWait | BitWait, name: string): boolean {
  const link = wait.addressOf('link');
  if (wait.pointer('function') !== dump.symbol(name) || isFault(link)) return false;
  const next = dump.memory.pointer(link);
  return !isFault(next) && next !== link && dump.memory.pointer(virtual(next + 8n)) === link;
}

/** Structs of direct I/O that a bio carries and that name the task which waits for them. */
const DIRECT = [
  ['iomap_dio', 'submit.waiter'],
  ['blkdev_dio', 'waiter'],
  ['dio', 'waiter'],
] as const;

/** Whether what a bio carries for its end belongs to a task's own transfer: on its stack, or naming it as the waiter. */
export function isOwnTransfer(task: Task, owner: bigint): boolean {
  const { dump } = task;
  // A bio of __blkdev_direct_IO_simple() names the task itself: block/fops.c, fs/block_dev.c (5.10 to 6.1)
  if (owner === task.address) return true;
  const stack = taskStack(task);
  if (stack && !isFault(stack) && owner >= stack.low && owner < stack.high) return true;
  return DIRECT.some(([struct, path]) => {
    const member = dump.types.member(struct, path);
    const at = member && virtual(owner + BigInt(member.offset));
    return at !== undefined && dump.memory.pointer(at) === task.address;
  });
}
