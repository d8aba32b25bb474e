// Who stands in the queue of a kernel lock: found from a waiter on a sleeper's own stack, proven by the lock's list.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { isOn, taskStack } from './cpu-stacks.ts';
import { wordsThatAre } from './stack-words.ts';
import { Task } from './task.ts';

/** How a kind of lock queues its waiters: structs and member paths, whichever of them this kernel has. */
export interface QueueLayout {
  /** The lock. */
  readonly struct: string;
  /** What a sleeper has on its stack. */
  readonly waiter: string;
  /** Its `list_head`, and its pointer to the task. */
  readonly link: string;
  readonly task: string;
  /** The lock's `list_head`; it may be missing. */
  readonly head: string;
  /** Where it is missing: the lock's pointer to its first waiter. */
  readonly first?: string;
}

export interface Waiter {
  /** The struct on its stack. */
  readonly address: VirtualAddress;
  readonly task: VirtualAddress;
}

export interface Queue {
  readonly object: VirtualAddress;
  /** First in line first; the sleeper that was asked about is among them. */
  readonly waiters: readonly Waiter[];
}

interface Ring {
  /** In the order of the links, from the waiter that was asked about, or from behind the head. */
  readonly waiters: readonly Waiter[];
  readonly head: VirtualAddress | undefined;
}

/** More sleepers than a machine that still made its dump had on one lock. */
const MOST_WAITERS = 65_536;

/**
 * The lock a sleeping task is queued on; undefined: it is on no such list (any more), or that cannot be read.
 *
 * @param hint where the kernel itself says the lock is, when it does: only believed if its list agrees
 */
export function queueOf(task: Task, layout: QueueLayout, hint?: VirtualAddress): Queue | undefined {
  const { dump } = task;
  const offset = dump.types.member(layout.waiter, layout.task)?.offset;
  const slots = offset === undefined ? [] : wordsThatAre(task, task.address);
  if (offset === undefined || isFault(slots)) return undefined;
  for (const slot of slots) {
    const ring = ringOf(dump, layout, virtual(slot - BigInt(offset)));
    const queue = ring && lockOf(task, layout, ring, hint);
    if (queue) return queue;
  }
  return undefined;
}

/** The ring that a struct is linked in, if it is a waiter in one with at most one member that is none: the head. */
function ringOf(dump: Dump, layout: QueueLayout, start: VirtualAddress): Ring | undefined {
  const link = dump.types.member(layout.waiter, layout.link)?.offset;
  if (link === undefined || !taskOf(dump, layout, start)) return undefined;
  const first = virtual(start + BigInt(link));
  const before: Waiter[] = [];
  const after: Waiter[] = [];
  let head: VirtualAddress | undefined;
  let node = first;
  for (let step = 0; step < MOST_WAITERS; step++) {
    const address = virtual(node - BigInt(link));
    const task = taskOf(dump, layout, address);
    if (task) (head === undefined ? before : after).push({ address, task });
    else if (head === undefined) head = node;
    else return undefined;
    const next = dump.memory.pointer(node);
    const back = isFault(next) ? next : dump.memory.pointer(virtual(next + 8n));
    if (isFault(next) || isFault(back) || back !== node) return undefined;
    if (next === first) return { waiters: [...after, ...before], head };
    node = next;
  }
  return undefined;
}

/** Whose waiter it is: a task's on whose own stack it lies. */
function taskOf(
  dump: Dump,
  layout: QueueLayout,
  address: VirtualAddress,
): VirtualAddress | undefined {
  const member = dump.types.member(layout.waiter, layout.task);
  const at = member && dump.memory.pointer(virtual(address + BigInt(member.offset)));
  if (at === undefined || isFault(at) || at >> 63n === 0n) return undefined;
  const stack = taskStack(new Task(dump, at));
  return stack && !isFault(stack) && isOn(stack, address) ? at : undefined;
}

function lockOf(
  task: Task,
  layout: QueueLayout,
  ring: Ring,
  hint: VirtualAddress | undefined,
): Queue | undefined {
  const { types } = task.dump;
  const head = types.member(layout.struct, layout.head);
  if (head) {
    if (ring.head === undefined) return undefined;
    return { object: virtual(ring.head - BigInt(head.offset)), waiters: ring.waiters };
  }
  const first = layout.first && types.member(layout.struct, layout.first);
  if (!first || ring.head !== undefined) return undefined;
  const leaders = new Map(ring.waiters.map((waiter, index) => [waiter.address as bigint, index]));
  for (const object of hint === undefined ? liveWords(task) : [hint, ...liveWords(task)]) {
    const leader = task.dump.memory.pointer(virtual(object + BigInt(first.offset)));
    const index = isFault(leader) ? undefined : leaders.get(leader);
    if (index === undefined) continue;
    const waiters = [...ring.waiters.slice(index), ...ring.waiters.slice(0, index)];
    return { object, waiters };
  }
  return undefined;
}

/** Kernel addresses among the words of a sleeper's stack that may be a lock's: saved registers and locals. */
export function* liveWords(task: Task): Generator<VirtualAddress> {
  const stack = taskStack(task);
  const sp = task.pointer('threadSp');
  if (!stack || isFault(stack) || isFault(sp) || !isOn(stack, sp)) return;
  const bytes = task.dump.memory.read(sp, Number(stack.high - sp));
  if (isFault(bytes)) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const seen = new Set<bigint>();
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const word = view.getBigUint64(at, true);
    if (word >> 47n !== 0x1ffffn || (word & 7n) !== 0n || seen.has(word)) continue;
    seen.add(word);
    // The waiter itself may stand on the stack that its own ring is on: no lock has itself as a waiter.
    if (task.dump.paging.isCanonical(word)) yield virtual(word);
  }
}
