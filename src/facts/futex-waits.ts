// Threads that sleep in futex(): on which word, whether that is a lock, and who holds it.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { queuedFutex } from '../kernel/futex.ts';
import { mmOf } from '../kernel/mm.ts';
import { ownNumber } from '../kernel/pid.ts';
import { rtMutexOf, rtMutexOwner } from '../kernel/rt-mutex.ts';
import { Task } from '../kernel/task.ts';
import { hex } from '../print/hex.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, Holes, type Seen, seen } from './kit/define.ts';
import {
  type Holder,
  holderInCall,
  type LockMemory,
  RWLOCK_TAKEN,
  type RwlockMemory,
  readLock,
  readRwlock,
} from './kit/lock-word.ts';
import { systemCall, USER_CS } from './kit/system-call.ts';
import { type TaskFact, tasks } from './tasks.ts';

/** `lock`: held by somebody. `end`: the thread waits for another to end (pthread_join). `other`: an event, work, a timer. */
export type FutexKind = 'lock' | 'end' | 'other';

/**
 * Who lets go of what a thread waits for, and who says so: `kernel`: the owner of the rt_mutex behind a PI futex, or the
 * thread whose end clears the word; `mutex`, `rwlock`: a pthread_mutex_t's or pthread_rwlock_t's own record; `word`: the thread's number in the lock word;
 * `call`: the same in what the sleeper told the kernel of the word, which is not in the dump.
 */
export interface FutexOwner {
  /** Null: a thread of that number is not there any more. */
  readonly pid: number | null;
  /** The number as the program has it. */
  readonly tid: number;
  readonly from: 'kernel' | Holder['from'];
}

export interface FutexWait {
  readonly pid: number;
  readonly tgid: number;
  /** User address of the word, `0x…`. */
  readonly address: string;
  readonly kind: FutexKind;
  /** `FUTEX_WAIT`, `FUTEX_LOCK_PI`, … without flags. */
  readonly operation: string;
  /** What the word had to be for the thread to sleep. */
  readonly value: number;
  readonly isBounded: boolean;
  readonly sinceNs: number | null;
  /** The kernel has the thread in the queue of that word: it has not been woken. */
  readonly isQueued: boolean;
  readonly owner: FutexOwner | null;
  /** The program's memory around the word was read. */
  readonly isWordRead: boolean;
  /** Where the word, or the whole read-write lock, lies in physical memory, `0x…`; null: not read. */
  readonly physical: string | null;
}

export const futexWaits = defineFact<readonly FutexWait[]>({
  id: 'futex-waits',
  says: 'threads that sleep on a futex, and who holds it where it is a lock',
  from: look,
});

const TASK_INTERRUPTIBLE = 0x1;
/** arch/x86/entry/syscalls/syscall_64.tbl */
const SYS_FUTEX = 202n;

/** include/uapi/linux/futex.h: the commands without FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME that sleep. */
const COMMAND = 127n;
/** FUTEX_PRIVATE_FLAG: threads of one process only. */
const PRIVATE = 128n;
const COMMANDS: ReadonlyMap<bigint, string> = new Map([
  [0n, 'FUTEX_WAIT'],
  [6n, 'FUTEX_LOCK_PI'],
  [9n, 'FUTEX_WAIT_BITSET'],
  [11n, 'FUTEX_WAIT_REQUEUE_PI'],
  [13n, 'FUTEX_LOCK_PI2'],
]);

/** One sleeping thread and what it asked for. */
interface Asked {
  readonly fact: TaskFact;
  readonly task: Task;
  readonly command: string;
  readonly address: bigint;
  readonly value: number;
  readonly isBounded: boolean;
  readonly isPrivate: boolean;
  readonly queued: ReturnType<typeof queuedFutex>;
}

function look(dump: Dump): Seen<readonly FutexWait[]> {
  const holes = new Holes();
  const all = seen(dump, tasks).value;
  const asked: Asked[] = [];
  for (const fact of all) {
    if (fact.isKernelThread || fact.runningOn !== null) continue;
    if (fact.state === null || (fact.state & TASK_INTERRUPTIBLE) === 0) continue;
    const task = new Task(dump, virtual(BigInt(fact.address)));
    const registers = systemCall(dump, fact);
    if (isFault(registers)) {
      holes.add(
        'the registers of some programs are not in the dump: whether they wait for a lock of their own is not known',
      );
      continue;
    }
    const { origAx, di, si, dx, r10, cs } = registers;
    const command = COMMANDS.get(si & COMMAND);
    if (origAx !== SYS_FUTEX || cs !== USER_CS || command === undefined) continue;
    const value = Number(dx & 0xffff_ffffn);
    const isPrivate = (si & PRIVATE) !== 0n;
    const isBounded = r10 !== 0n;
    // Now, while the stack's pages are at hand.
    const queued = queuedFutex(task);
    asked.push({ fact, task, command, address: di, value, isBounded, isPrivate, queued });
  }
  const numbers = new Numbers(dump, all);
  return { value: asked.map((one) => describe(one, numbers)), holes: holes.list };
}

function describe(asked: Asked, numbers: Numbers): FutexWait {
  const { fact, task, command, address, value, isBounded, queued } = asked;
  const isQueued =
    queued !== undefined &&
    !isFault(queued) &&
    queued.offsetInPage === Number(address & 0xfffn) &&
    (queued.address === undefined || queued.address === address);
  const base = {
    pid: fact.pid,
    tgid: fact.tgid,
    address: hex(address),
    operation: command,
    value,
    isBounded,
    sinceNs: fact.lastArrivalNs,
    isQueued,
  };
  const ends = command.startsWith('FUTEX_WAIT') ? numbers.endsAt(fact, address) : undefined;
  const lock = lockAt(task, address);
  const where = {
    isWordRead: lock !== undefined,
    physical: lock ? hex(BigInt(lock.physical)) : null,
  };
  if (ends) {
    const owner = { pid: ends.pid, tid: numbers.own(ends) ?? 0, from: 'kernel' as const };
    return { ...base, ...where, kind: 'end', owner };
  }
  if (command.startsWith('FUTEX_LOCK_PI'))
    return { ...base, ...where, kind: 'lock', owner: kernelOwner(task, numbers) };
  const rwlock =
    command === 'FUTEX_WAIT_BITSET' && value === RWLOCK_TAKEN ? rwlockAt(task, address) : undefined;
  if (rwlock) {
    const owner = ownerOf(asked, { tid: rwlock.tid, from: 'rwlock' }, numbers);
    return {
      ...base,
      isWordRead: true,
      physical: hex(BigInt(rwlock.physical)),
      kind: 'lock',
      owner,
    };
  }
  const isPlain = command === 'FUTEX_WAIT';
  const told = lock === undefined && isQueued ? holderInCall(value) : lock?.holder(value);
  const holder = isPlain ? told : undefined;
  const owner = holder ? ownerOf(asked, holder, numbers) : null;
  const isLock = owner !== null || (isPlain && value === CONTENDED);
  return { ...base, ...where, kind: isLock ? 'lock' : 'other', owner };
}

function rwlockAt(task: Task, address: bigint): RwlockMemory | undefined {
  const mm = mmOf(task);
  const space = mm === undefined || isFault(mm) ? undefined : mm.space;
  return space === undefined || isFault(space) ? undefined : readRwlock(space, virtual(address));
}

function lockAt(task: Task, address: bigint): LockMemory | undefined {
  const mm = mmOf(task);
  const space = mm === undefined || isFault(mm) ? undefined : mm.space;
  return space === undefined || isFault(space) ? undefined : readLock(space, virtual(address));
}

function kernelOwner(task: Task, numbers: Numbers): FutexOwner | null {
  const lock = rtMutexOf(task);
  const owner = lock === undefined || isFault(lock) ? undefined : rtMutexOwner(task.dump, lock);
  const holder = owner === undefined || isFault(owner) ? undefined : numbers.byAddress(owner.task);
  return holder ? { pid: holder.pid, tid: numbers.own(holder) ?? 0, from: 'kernel' } : null;
}

function ownerOf({ fact, isPrivate }: Asked, holder: Holder, numbers: Numbers): FutexOwner | null {
  const found = numbers.find(fact, holder.tid);
  const isThere = found !== undefined && (!isPrivate || found.tgid === fact.tgid);
  // A word that looks like a lock's proves nothing by itself; a whole pthread_mutex_t does.
  if (!isThere && holder.from !== 'mutex' && holder.from !== 'rwlock') return null;
  return { pid: isThere ? found.pid : null, ...holder };
}

/** "Held, and somebody waits": what glibc, musl and Go's runtime write in a lock word before they sleep on it. */
const CONTENDED = 2;

/** Threads by the numbers that programs know them by. */
class Numbers {
  readonly #dump: Dump;
  readonly #all: readonly TaskFact[];
  readonly #byAddress: ReadonlyMap<string, TaskFact>;
  readonly #byPid: ReadonlyMap<number, TaskFact>;
  readonly #processes = new Map<number, TaskFact[]>();
  readonly #endsOf = new Map<number, ReadonlyMap<bigint, readonly TaskFact[]>>();
  #named: Map<string, TaskFact> | undefined;

  constructor(dump: Dump, all: readonly TaskFact[]) {
    this.#dump = dump;
    this.#all = all;
    this.#byAddress = new Map(all.map((task) => [task.address, task]));
    this.#byPid = new Map(
      all.flatMap((task) => (task.isKernelThread ? [] : [[task.pid, task] as const])),
    );
    for (const task of all) {
      const threads = this.#processes.get(task.tgid);
      if (threads) threads.push(task);
      else this.#processes.set(task.tgid, [task]);
    }
  }

  byAddress(at: VirtualAddress): TaskFact | undefined {
    return this.#byAddress.get(hex(at));
  }

  own(fact: TaskFact): number | undefined {
    return this.#number(fact)?.nr;
  }

  /** The thread of that number, as a thread of this one's PID namespace knows it. */
  find(from: TaskFact, nr: number): TaskFact | undefined {
    const namespace = this.#number(from)?.namespace;
    if (namespace === undefined) return undefined;
    // Outside of containers a thread has one number: then nobody else's need be read.
    const same = this.#byPid.get(nr);
    const number = same && this.#number(same);
    if (number && number.nr === nr && number.namespace === namespace) return same;
    this.#named ??= new Map(
      this.#all.flatMap((task) => {
        const number = task.isKernelThread ? undefined : this.#number(task);
        return number ? [[`${number.namespace} ${number.nr}`, task] as const] : [];
      }),
    );
    return this.#named.get(`${namespace} ${nr}`);
  }

  /**
   * The thread of the same process whose end clears the word at `address`: pthread_join() waits for that, and
   * mm_release() in kernel/fork.c does it and wakes whoever waits (5.10 to 7.2). What stood in the word is the C
   * library's choice: the thread's number, or, in newer glibc, a state.
   */
  endsAt(from: TaskFact, address: bigint): TaskFact | undefined {
    return this.#ends(from.tgid)
      .get(address)
      ?.find(({ pid }) => pid !== from.pid);
  }

  /** A process's threads by the word that the end of each clears. */
  #ends(tgid: number): ReadonlyMap<bigint, readonly TaskFact[]> {
    const known = this.#endsOf.get(tgid);
    if (known) return known;
    const ends = new Map<bigint, TaskFact[]>();
    for (const thread of this.#processes.get(tgid) ?? []) {
      const word = this.#task(thread).pointer('clearChildTid');
      if (isFault(word)) continue;
      const same = ends.get(word);
      if (same) same.push(thread);
      else ends.set(word, [thread]);
    }
    this.#endsOf.set(tgid, ends);
    return ends;
  }

  #task(fact: TaskFact): Task {
    return new Task(this.#dump, virtual(BigInt(fact.address)));
  }

  #number(fact: TaskFact): { nr: number; namespace: bigint } | undefined {
    const number = ownNumber(this.#task(fact));
    return isFault(number) ? undefined : number;
  }
}
