// Threads that wait for a lock on a file, and the process that holds it.
import { virtual } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import { blockedRequest, type FileLock } from '../kernel/file-lock.ts';
import { fileAt, hasOpen } from '../kernel/open-files.ts';
import { pathOf } from '../kernel/path.ts';
import { Task } from '../kernel/task.ts';
import { hex } from '../print/hex.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, Holes, type Seen, seen } from './kit/define.ts';
import { systemCall, USER_CS } from './kit/system-call.ts';
import { type TaskFact, tasks } from './tasks.ts';

export interface FileLockWait {
  readonly pid: number;
  readonly tgid: number;
  readonly call: 'flock' | 'fcntl';
  readonly fd: number;
  /** Null: not readable. */
  readonly path: string | null;
  /** Of the struct file_lock that is held, and of the one that waits for it, `0x…`. */
  readonly held: string;
  readonly request: string;
  /** What the kernel keeps as the lock's owner, `0x…`: a struct file, or a process's files_struct. */
  readonly owner: string;
  /** The processes that have it: several after a fork; none: its file is open nowhere any more. */
  readonly holders: readonly number[];
  /** The only thread of the only holder: nobody else can let go. */
  readonly holder: number | null;
  readonly sinceNs: number | null;
}

export const fileLocks = defineFact<readonly FileLockWait[]>({
  id: 'file-locks',
  says: 'threads that wait for a lock on a file, and who holds it',
  from: look,
});

const TASK_INTERRUPTIBLE = 0x1;
/** arch/x86/entry/syscalls/syscall_64.tbl */
const SYS_FCNTL = 72n;
const SYS_FLOCK = 73n;
/** include/uapi/asm-generic/fcntl.h */
const F_SETLKW = 7n;
const F_OFD_SETLKW = 38n;

function look(dump: Dump): Seen<readonly FileLockWait[]> {
  const holes = new Holes();
  const all = seen(dump, tasks).value;
  const value: FileLockWait[] = [];
  for (const fact of all) {
    if (fact.isKernelThread || fact.runningOn !== null) continue;
    if (fact.state === null || (fact.state & TASK_INTERRUPTIBLE) === 0) continue;
    const task = new Task(dump, virtual(BigInt(fact.address)));
    const registers = systemCall(dump, fact);
    // That they cannot be read is a hole of the futexes' fact already.
    if (isFault(registers) || registers.cs !== USER_CS) continue;
    const { origAx, di, si } = registers;
    const isFlock = origAx === SYS_FLOCK;
    const isOfFile = isFlock || si === F_OFD_SETLKW;
    if (!isFlock && !(origAx === SYS_FCNTL && (isOfFile || si === F_SETLKW))) continue;
    const fd = Number(di & 0xffff_ffffn);
    const file = fileAt(dump, task, fd);
    const owner = isOfFile ? file : task.pointer('files');
    const blocked =
      file === undefined || isFault(file) || owner === undefined || isFault(owner)
        ? undefined
        : blockedRequest(dump, file, isFlock ? 'flock' : 'posix', owner);
    if (!blocked || file === undefined || isFault(file)) {
      holes.add('some thread waits for a lock on a file whose holder cannot be found');
      continue;
    }
    const path = pathOf(dump, file);
    const held = holdersOf(dump, all, blocked.held);
    value.push({
      pid: fact.pid,
      tgid: fact.tgid,
      call: isFlock ? 'flock' : 'fcntl',
      fd,
      path: isFault(path) ? null : path,
      held: hex(blocked.held.address),
      request: hex(blocked.request.address),
      ...held,
      sinceNs: fact.lastArrivalNs,
    });
  }
  return { value, holes: holes.list };
}

/** The owner may be a file that several processes have open, or the files of one process. */
function holdersOf(dump: Dump, all: readonly TaskFact[], held: FileLock) {
  const owner = held.pointer('owner');
  if (isFault(owner)) return { owner: '0x0', holders: [], holder: null };
  const known = new Map<bigint, boolean | Fault>();
  const threads = all.filter((fact) => {
    if (fact.isKernelThread) return false;
    const task = new Task(dump, virtual(BigInt(fact.address)));
    const files = task.pointer('files');
    if (isFault(files) || files === 0n) return false;
    const has = known.get(files) ?? (files === owner || hasOpen(dump, task, owner));
    known.set(files, has);
    return has !== false;
  });
  // Whose open files cannot be read may have it, too: then nobody is the only one.
  if ([...known.values()].some(isFault)) return { owner: hex(owner), holders: [], holder: null };
  const holders = [...new Set(threads.map(({ tgid }) => tgid))];
  const [only] = threads;
  return { owner: hex(owner), holders, holder: threads.length === 1 && only ? only.pid : null };
}
