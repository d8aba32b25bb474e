// A thread's wait for another thread: for what, and how sure that is.
import type { FileLockWait } from '../../facts/file-locks.ts';
import type { FutexWait } from '../../facts/futex-waits.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import { nameOf } from '../kit/text.ts';
import type { SuspectObject } from '../kit/verdict.ts';

/** What is waited for, as the kernel and the program know it. */
export type Cause =
  | { readonly is: 'futex'; readonly futex: FutexWait }
  | { readonly is: 'file'; readonly file: FileLockWait };

export interface Wait {
  readonly pid: number;
  /** The thread that has to let go, or to end. */
  readonly on: number;
  readonly task: TaskFact;
  readonly owner: TaskFact;
  readonly cause: Cause;
  /** `the lock at 0x1000`, `the end`. */
  readonly thing: string;
  /** Something that a thread has, not its end. */
  readonly isLock: boolean;
  readonly object: SuspectObject | undefined;
  readonly sinceNs: number | null;
  readonly ageNs: number | null;
  /** The kernel, or a whole pthread_mutex_t, names the owner; and the waiter has not been woken. */
  readonly isSure: boolean;
}

export interface Ring {
  readonly ring: readonly Wait[];
  /** Who waits behind it. */
  readonly victims: readonly Wait[];
}

export interface WaitFacts {
  readonly tasks: readonly TaskFact[];
  readonly futexWaits: readonly FutexWait[];
  readonly fileLocks: readonly FileLockWait[];
}

/** Waits without a limit for a thread that is known. */
export function waitsOf({ tasks, futexWaits, fileLocks }: WaitFacts, nowNs: number | null): Wait[] {
  const byPid = new Map(tasks.map((task) => [task.pid, task]));
  const wait = (
    { pid, sinceNs }: { pid: number; sinceNs: number | null },
    on: number | null | undefined,
    about: Pick<Wait, 'cause' | 'thing' | 'isLock' | 'object' | 'isSure'>,
  ): Wait[] => {
    const task = byPid.get(pid);
    const owner = on == null ? undefined : byPid.get(on);
    if (!task || !owner) return [];
    const ageNs = nowNs !== null && sinceNs !== null ? Math.max(0, nowNs - sinceNs) : null;
    return [{ pid, on: owner.pid, task, owner, sinceNs, ageNs, ...about }];
  };
  return [
    ...futexWaits.flatMap((futex) =>
      futex.isBounded ? [] : wait(futex, futex.owner?.pid, aboutFutex(futex)),
    ),
    ...fileLocks.flatMap((file) => wait(file, file.holder, aboutFile(file))),
  ];
}

const aboutFutex = (futex: FutexWait) => {
  const isLock = futex.kind === 'lock';
  const { address } = futex;
  const type = futex.owner?.from === 'mutex' ? 'pthread_mutex_t' : 'futex';
  return {
    cause: { is: 'futex', futex } as const,
    thing: isLock ? `the lock at ${address}` : 'the end',
    isLock,
    object: isLock ? { type, name: null, address, module: null } : undefined,
    isSure: futex.isQueued && futex.owner?.from !== 'word',
  };
};

const aboutFile = (file: FileLockWait) => ({
  cause: { is: 'file', file } as const,
  thing: `the lock on ${file.path ?? 'a file'} (${file.call})`,
  isLock: true,
  object: { type: 'file_lock', name: file.path, address: file.held, module: null },
  isSure: true,
});

/** `ledger-post (pid 164) waits for the lock at 0x1000, held by …` */
export const edge = (wait: Wait): string => `${nameOf(wait.task)} ${clause(wait)}`;

/** `waits for the lock at 0x1000, held by …` */
export function clause({ thing, isLock, task, owner }: Wait): string {
  const who = owner.pid === task.pid ? 'itself' : nameOf(owner);
  return `waits for ${thing}${isLock ? ', held by' : ' of'} ${who}`;
}
