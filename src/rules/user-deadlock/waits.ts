// A thread's wait for another thread: for what, and how sure that is.
import type { FileLockWait } from '../../facts/file-locks.ts';
import type { FutexWait } from '../../facts/futex-waits.ts';
import type { ProgramEvent, ProgramWait } from '../../facts/program-waits.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import { nameOf } from '../kit/text.ts';
import type { SuspectObject } from '../kit/verdict.ts';
import { hopeless } from '../kit/wait-for.ts';

/** What is waited for, as the kernel and the program know it. */
export type Cause =
  | { readonly is: 'futex'; readonly futex: FutexWait }
  | { readonly is: 'file'; readonly file: FileLockWait }
  | { readonly is: 'program'; readonly program: ProgramWait };

export interface Wait {
  readonly pid: number;
  /** The thread that has to let go, or to end. */
  readonly on: number;
  readonly task: TaskFact;
  readonly owner: TaskFact;
  readonly cause: Cause;
  /** `the lock at 0x1000`, `the end`. */
  readonly thing: string;
  /** Between that and the name of the other: `, held by`, ` of`. */
  readonly link: string;
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
  readonly programWaits: readonly ProgramWait[];
}

/** Programs wait for moments for each other all the time. */
const LASTING_NS = 1e9;

/** Waits without a limit for a thread that is known; waits for any of several where all of these are stuck. */
export function waitsOf(
  { tasks, futexWaits, fileLocks, programWaits }: WaitFacts,
  nowNs: number | null,
): Wait[] {
  const byPid = new Map(tasks.map((task) => [task.pid, task]));
  const wait = (
    { pid, sinceNs }: { pid: number; sinceNs: number | null },
    on: number | null | undefined,
    about: Pick<Wait, 'cause' | 'thing' | 'link' | 'isLock' | 'object' | 'isSure'>,
  ): Wait[] => {
    const task = byPid.get(pid);
    const owner = on == null ? undefined : byPid.get(on);
    if (!task || !owner) return [];
    const ageNs = nowNs !== null && sinceNs !== null ? Math.max(0, nowNs - sinceNs) : null;
    return [{ pid, on: owner.pid, task, owner, sinceNs, ageNs, ...about }];
  };
  const single = [
    ...futexWaits.flatMap((futex) =>
      futex.isBounded ? [] : wait(futex, futex.owner?.pid, aboutFutex(futex)),
    ),
    ...fileLocks.flatMap((file) => wait(file, file.holder ?? halted(file, tasks), aboutFile(file))),
  ];
  const isLasting = ({ sinceNs }: { sinceNs: number | null }) =>
    nowNs !== null && sinceNs !== null && nowNs - sinceNs >= LASTING_NS;
  const shared = fileLocks
    .filter((file) => file.holder === null && halted(file, tasks) === null && isLasting(file))
    .map((file) => ({ pid: file.pid, by: threadsOf(file.holders, tasks), file }));
  const others = programWaits
    .filter((program) => isLasting(program) && !isSupervisor(program, programWaits))
    .map((program) => ({ pid: program.pid, by: program.by, program }));
  return [
    ...single,
    ...hopeless<AnyWait>(single, [...shared, ...others]).flatMap(({ wait: any, on }) =>
      'file' in any
        ? wait(any.file, on, aboutFile(any.file))
        : wait(any.program, on, aboutProgram(any.program)),
    ),
  ];
}

/**
 * Who waits for its children until a signal tells it to end: its children may keep an end of a pipe of its for no other
 * purpose than to notice that. One whose children cannot get rid of what they write is stuck all the same.
 */
const isSupervisor = (one: ProgramWait, all: readonly ProgramWait[]): boolean =>
  one.event === 'child' &&
  one.handlesSignals &&
  !all.some(({ event, by }) => event === 'room' && by.includes(one.pid));

type AnyWait = { readonly pid: number; readonly by: readonly number[] } & (
  | { readonly file: FileLockWait }
  | { readonly program: ProgramWait }
);

const threadsOf = (processes: readonly number[], tasks: readonly TaskFact[]): number[] =>
  tasks.filter(({ tgid }) => processes.includes(tgid)).map(({ pid }) => pid);

/** One of several that have a file’s lock, where none of them can go on: all are stopped, or frozen. */
function halted({ holders }: FileLockWait, tasks: readonly TaskFact[]): number | null {
  const threads = tasks.filter(({ tgid }) => holders.includes(tgid));
  return threads.every((task) => task.halted !== null) ? (threads[0]?.pid ?? null) : null;
}

/** The kernel says who has it, or the lock as a whole does. */
const SURE: readonly (string | undefined)[] = ['kernel', 'mutex', 'rwlock'];

const aboutFutex = (futex: FutexWait) => {
  const isLock = futex.kind === 'lock';
  const { address } = futex;
  const from = futex.owner?.from;
  const type = from === 'mutex' ? 'pthread_mutex_t' : 'futex';
  return {
    cause: { is: 'futex', futex } as const,
    thing: isLock ? `the lock at ${address}` : 'the end',
    link: isLock ? ', held by' : ' of',
    isLock,
    object: isLock ? { type, name: null, address, module: null } : undefined,
    isSure: futex.isQueued && SURE.includes(from),
  };
};

const aboutFile = (file: FileLockWait) => ({
  cause: { is: 'file', file } as const,
  thing: `the lock on ${file.path ?? 'a file'} (${file.call})`,
  link: ', held by',
  isLock: true,
  object: { type: 'file_lock', name: file.path, address: file.held, module: null },
  isSure: true,
});

/** `ledger-post (pid 164) waits for the lock at 0x1000, held by …` */
export const edge = (wait: Wait): string => `${nameOf(wait.task)} ${clause(wait)}`;

const EVENTS: Readonly<Record<ProgramEvent, readonly [thing: string, link: string]>> = {
  data: ['data from', ', which can come only from'],
  room: ['room in', ', which can be read only by'],
  child: ['the end', ' of'],
  tracer: ['leave to go on', ', which a debugger has to give,'],
};

/** Where programs meet, and what the kernel has for it. */
export const MEDIA: Readonly<
  Record<'pipe' | 'socket' | 'tcp', readonly [where: string, type: string]>
> = {
  pipe: ['a pipe', 'pipe_inode_info'],
  socket: ['a Unix socket', 'unix_sock'],
  tcp: ['a TCP connection', 'tcp_sock'],
};

function aboutProgram(program: ProgramWait) {
  const { event, medium, object } = program;
  const [what, link] = EVENTS[event];
  const [where, type] = MEDIA[medium ?? 'pipe'];
  return {
    cause: { is: 'program', program } as const,
    thing: medium === null ? what : `${what} ${where}`,
    link,
    isLock: false,
    object: object === null ? undefined : { type, name: null, address: object, module: null },
    isSure: false,
  };
}

/** `waits for the lock at 0x1000, held by …` */
export function clause({ thing, link, task, owner }: Wait): string {
  const who = owner.pid === task.pid ? 'itself' : nameOf(owner);
  return `waits for ${thing}${link} ${who}`;
}
