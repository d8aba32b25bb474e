// What tasks that sleep in the kernel wait for, who holds it, and who else stands in line.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import { completionQueue, flushedWorker, workerBefore } from '../kernel/completion.ts';
import { endOf } from '../kernel/kthread.ts';
import { Mutex, mutexQueue } from '../kernel/mutex.ts';
import { PercpuRwsem, percpuRwsemQueue, writerOf, writtenBy } from '../kernel/percpu-rwsem.ts';
import { rtMutexLayout, rtMutexOwner, rtMutexQueue } from '../kernel/rt-mutex.ts';
import { RwSemaphore, rwsemQueue } from '../kernel/rwsem.ts';
import { semaphoreQueue } from '../kernel/semaphore.ts';
import { Task } from '../kernel/task.ts';
import { type Queue, type QueueLayout, queueOf } from '../kernel/wait-list.ts';
import { hex } from '../print/hex.ts';
import { stackOf } from '../stacks/stack.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, Holes, type Seen, seen } from './kit/define.ts';
import type { FrameFact } from './kit/frames.ts';
import { SLEEPING_LOCKS, takenAt } from './kit/loop-code.ts';
import { type KernelObject, objectAt } from './kit/object.ts';
import { stackFact } from './kit/stack.ts';
import { placeOf, type WaitKind } from './kit/wait-kinds.ts';
import { type TaskFact, tasks } from './tasks.ts';

/**
 * `owner`: the lock's own word names it. `last-reader`: it took the lock last for reading, and may have let go.
 * `work`: it executes the work that is waited for; `turn`: the one that has to end before that may begin. `end`: its own end is waited for.
 */
export type HolderFrom = 'owner' | 'last-reader' | 'work' | 'turn' | 'end';

export interface LockHolder {
  /** Null: a task that is not there any more. */
  readonly pid: number | null;
  /** Of its task_struct, `0x…`. */
  readonly address: string;
  readonly from: HolderFrom;
  /** Of `turn`: the work that waits for its turn, and the function it would call. */
  readonly work?: KernelObject | undefined;
}

export interface LockQueue {
  readonly object: KernelObject;
  /** How long it is, in words of 8 bytes. */
  readonly words: number;
  /** The lock's word that names the holder, `0x…`; null: it has none. */
  readonly ownerWord: string | null;
  readonly holder: LockHolder | null;
  /** How many hold it for reading; 0: none, or it is no lock of that kind. */
  readonly readers: number;
  /** How far a waiter reaches up to its pointer to the task, in words of 8 bytes. */
  readonly waiterWords: number;
  /** In line, the first first: PIDs, and where each one's waiter lies on its stack, `0x…`. */
  readonly waiters: readonly { readonly pid: number; readonly address: string }[];
}

export interface KernelWait {
  readonly pid: number;
  readonly kind: WaitKind;
  /** When it last got the CPU, and so the latest moment it fell asleep at; null: unreadable. */
  readonly sinceNs: number | null;
  readonly waitsIn: FrameFact | null;
  /** The function that wanted it. */
  readonly calledBy: FrameFact | null;
  /** The modules on its stack, innermost first. */
  readonly modules: readonly string[];
  /** The lock whose own list has it in line; null: none is known. */
  readonly queue: LockQueue | null;
  readonly isStackWhole: boolean;
  /** Where the lock names the sleeper itself: the function on its own stack whose code took it; null: none did. */
  readonly takenIn: FrameFact | null;
}

/** A machine that hangs has hundreds of sleepers: the oldest, and whoever holds what they wait for, tell most. */
const MOST_SLEEPERS = 512;

export const kernelWaits = defineFact<readonly KernelWait[]>({
  id: 'kernel-waits',
  says: 'what sleepers in the kernel wait for, who holds it, and who else waits for it',
  from: look,
});

const INTERRUPTIBLE = 0x1;

function look(dump: Dump): Seen<readonly KernelWait[]> {
  const holes = new Holes();
  const all = seen(dump, tasks).value;
  const known: Known = new Map(all.map((task) => [task.address, task]));
  const stuck = all.filter((task) => task.isUninterruptible).sort(byAge);
  // A lock may be waited for so that a signal ends it, too.
  const light = all
    .filter((task) => !task.isKernelThread && task.runningOn === null)
    .filter((task) => ((task.state ?? 0) & INTERRUPTIBLE) !== 0)
    .sort(byAge);
  if (stuck.length > MOST_SLEEPERS)
    holes.add(
      `of ${stuck.length} tasks in uninterruptible sleep only the ${MOST_SLEEPERS} oldest were asked what they wait for`,
    );
  const line = [...stuck.slice(0, MOST_SLEEPERS), ...light.slice(0, MOST_SLEEPERS)];
  const asked = new Map<TaskFact, KernelWait>();
  const holders = new Set<TaskFact>();
  for (let task = line.shift(); task; task = line.shift()) {
    const wait = asked.get(task) ?? describe(dump, task, known);
    asked.set(task, wait);
    // What a holder itself waits for is asked in any case.
    const holder = known.get(wait.queue?.holder?.address ?? '');
    if (!holder || holder.runningOn !== null || holder.isWaitingForCpu || holders.has(holder))
      continue;
    holders.add(holder);
    if (!asked.has(holder)) line.unshift(holder);
  }
  const value = [...asked]
    .filter(([task, wait]) => wait.queue || task.isUninterruptible || holders.has(task))
    .map(([, wait]) => wait);
  for (const { pid, kind, queue } of value)
    if (!queue && LOCKS.includes(kind))
      holes.add(`pid ${pid} waits for a ${kind}; which one could not be made out`);
  return { value, holes: holes.list };
}

const byAge = (a: TaskFact, b: TaskFact): number => (a.lastArrivalNs ?? 0) - (b.lastArrivalNs ?? 0);

/** Every task by the address of its task_struct. */
type Known = ReadonlyMap<string, TaskFact>;

/** The kinds of wait whose object has a list of its own, of waiters on their stacks. */
const LAYOUTS: Readonly<Partial<Record<WaitKind, QueueLayout>>> = {
  mutex: mutexQueue,
  rwsem: rwsemQueue,
  percpu_rwsem: percpuRwsemQueue,
  semaphore: semaphoreQueue,
  completion: completionQueue,
};

/** A completion is no lock: nobody holds it. */
const LOCKS: readonly WaitKind[] = ['mutex', 'rt_mutex', 'rwsem', 'semaphore'];

function describe(dump: Dump, fact: TaskFact, known: Known): KernelWait {
  const task = new Task(dump, virtual(BigInt(fact.address)));
  const stack = stackFact(dump, task);
  const { kind, waitsIn, calledBy } = placeOf(stack.frames);
  const queue = queueFor(task, kind);
  const held = queue ? asFact(task, kind, queue, known) : null;
  return {
    pid: fact.pid,
    kind,
    sinceNs: fact.lastArrivalNs,
    waitsIn,
    calledBy,
    modules: [...new Set(stack.frames.flatMap((frame) => frame.module ?? []))],
    queue: held,
    isStackWhole: stack.isWhole,
    takenIn: held?.holder?.pid === fact.pid && queue ? takenIn(dump, task, queue.object) : null,
  };
}

/** Who stands in line where a task waits; undefined: nowhere, or that cannot be made out. */
function queueFor(task: Task, kind: WaitKind): Queue | undefined {
  if (kind === 'rt_mutex') return rtMutexQueue(task);
  const layout = LAYOUTS[kind];
  const queue = layout && queueOf(task, layout, hintOf(task, kind));
  return queue ?? (kind === 'percpu_rwsem' ? writtenBy(task) : undefined);
}

/** The function on a task's stack whose code has taken a lock and not given it back. */
function takenIn(dump: Dump, task: Task, lock: VirtualAddress): FrameFact | null {
  const { frames } = stackFact(dump, task);
  const at = stackOf(task).frames.findIndex((frame) => takenAt(dump, frame, lock, SLEEPING_LOCKS));
  return frames[at] ?? null;
}

/** BLOCKER_TYPE_MASK and _MUTEX: include/linux/hung_task.h (7.2; not in 6.12). */
const BLOCKER_TYPE = 3n;

/** Where the kernel itself wrote down what a task is blocked on. */
function hintOf(task: Task, kind: WaitKind): VirtualAddress | undefined {
  const blocker = task.word('blocker');
  if (!isFault(blocker) && blocker !== 0n) return virtual(blocker & ~BLOCKER_TYPE);
  const on = kind === 'mutex' ? task.pointer('blockedOn') : 0n;
  return isFault(on) || on === 0n ? undefined : virtual(on);
}

function asFact(task: Task, kind: WaitKind, { object, waiters }: Queue, known: Known): LockQueue {
  const { dump } = task;
  const { holder, word, readers } = holderOf(task, kind, object, known);
  const { struct, waiter, task: member } = LAYOUTS[kind] ?? rtMutexLayout;
  const pointer = dump.types.member(waiter, member)?.offset ?? 16;
  return {
    object: objectAt(dump, struct, object),
    words: Math.ceil((dump.types.sizeOf(struct) ?? 8) / 8),
    ownerWord: word === undefined ? null : hex(word),
    holder: holder
      ? {
          pid: known.get(hex(holder.task))?.pid ?? null,
          address: hex(holder.task),
          from: holder.from,
          ...(holder.work !== undefined && { work: workAt(dump, holder.work) }),
        }
      : null,
    readers,
    waiterWords: pointer / 8 + 1,
    waiters: waiters.flatMap(({ task: one, address }) => {
      const pid = known.get(hex(one))?.pid;
      return pid === undefined ? [] : [{ pid, address: hex(address) }];
    }),
  };
}

/** By its own name, or by that of the function it would call. */
function workAt(dump: Dump, at: VirtualAddress): KernelObject {
  const work = objectAt(dump, 'work_struct', at);
  const offset = dump.types.member('work_struct', 'func')?.offset;
  const run = offset === undefined ? 0n : dump.memory.pointer(virtual(at + BigInt(offset)));
  const symbol = isFault(run) || run === 0n ? undefined : dump.symbols.at(virtual(run));
  return symbol ? { ...work, name: symbol.name, module: symbol.module ?? null } : work;
}

interface Held {
  readonly holder?:
    | {
        readonly task: VirtualAddress;
        readonly from: HolderFrom;
        readonly work?: VirtualAddress | undefined;
      }
    | undefined;
  /** Where the word lies that says so. */
  readonly word?: VirtualAddress | undefined;
  readonly readers: number;
}

/** @param sleeper who waits for it */
function holderOf(sleeper: Task, kind: WaitKind, object: VirtualAddress, known: Known): Held {
  const { dump } = sleeper;
  if (kind === 'mutex') {
    const mutex = new Mutex(dump, object);
    return { ...by(mutex.owner, 'owner', mutex.addressOf('owner')), readers: 0 };
  }
  if (kind === 'rt_mutex') {
    const owner = rtMutexOwner(dump, object);
    return owner === undefined || isFault(owner)
      ? { readers: 0 }
      : { ...by(owner.task, 'owner', owner.word), readers: 0 };
  }
  if (kind === 'rwsem') {
    const lock = new RwSemaphore(dump, object);
    const readers = lock.readers;
    const word = lock.addressOf('owner');
    const writer = by(lock.writer, 'owner', word);
    const count = isFault(readers) ? 0 : Math.max(0, readers);
    if (writer.holder || count === 0) return { ...writer, readers: count };
    return { ...by(lock.lastReader, 'last-reader', word), readers: count };
  }
  if (kind === 'percpu_rwsem') {
    const lock = new PercpuRwsem(dump, object);
    const writer = writerOf(lock);
    // The writer itself waits for readers, whom nobody has written down.
    const isAnothers = writer !== undefined && writer !== sleeper.address;
    const held = isAnothers ? by(writer, 'owner', lock.addressOf('writer')) : {};
    return { ...held, readers: Math.max(0, lock.readers) };
  }
  if (kind === 'completion') {
    const worker = flushedWorker(dump, object);
    if (worker) return { holder: { task: worker.address, from: 'work' }, readers: 0 };
    const turn = workerBefore(dump, object);
    if (turn)
      return { holder: { task: turn.worker.address, from: 'turn', work: turn.work }, readers: 0 };
    const thread = [...known.values()].find(
      ({ isKernelThread, address }) =>
        isKernelThread && endOf(new Task(dump, virtual(BigInt(address)))) === object,
    );
    const task = thread && virtual(BigInt(thread.address));
    return { holder: task && { task, from: 'end' }, readers: 0 };
  }
  return { readers: 0 };
}

function by(
  task: VirtualAddress | Fault,
  from: HolderFrom,
  word: VirtualAddress | Fault,
): Pick<Held, 'holder' | 'word'> {
  if (isFault(task) || isFault(word) || task === 0n) return {};
  return { holder: { task, from }, word };
}
