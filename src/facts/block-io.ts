// Requests that disks have not answered, how old they are, and who waits for them; and what each disk has done so far.
import { virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import {
  type Disk,
  diskCounts,
  disks,
  type Request,
  type RequestData,
  requestData,
  requestsInFlight,
} from '../kernel/block.ts';
import { type IoWait, ioWaitOf, isOwnTransfer } from '../kernel/io-wait.ts';
import { fileAt } from '../kernel/open-files.ts';
import { pathOf } from '../kernel/path.ts';
import { entryRegisters } from '../kernel/stack-words.ts';
import { Task } from '../kernel/task.ts';
import { hex } from '../print/hex.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, Holes, type Seen, seen } from './kit/define.ts';
import { stackFact } from './kit/stack.ts';
import { sleepers } from './sleepers.ts';
import { tasks } from './tasks.ts';

export interface DiskFact {
  /** `vda` */
  readonly name: string;
  /** Of its struct gendisk, `0x…`. */
  readonly address: string;
  /** Its driver's module; null: the kernel proper, or unknown. */
  readonly driver: string | null;
  readonly inFlight: number;
  /** Requests it has answered, and how long it took over them together; null: not counted. */
  readonly reads: number | null;
  readonly writes: number | null;
  readonly readNs: number | null;
  readonly writeNs: number | null;
  /** The struct disk_stats of the CPU that counted most of that time, `0x…`. */
  readonly stats: string | null;
}

/** A system call that reads or writes a file. */
export interface FileCall {
  readonly name: 'read' | 'write';
  readonly fd: number;
  readonly bytes: number;
  readonly path: string | null;
}

/** Who waits for a request, and what shows it. */
export interface IoWaiter {
  readonly pid: number;
  /** The struct on its stack that names what it waits for, `0x…`, and its type; null: the transfer is its own. */
  readonly waiter: string | null;
  readonly type: string | null;
  /** The page or the buffer that both the waiter and the request name, `0x…`. */
  readonly object: string | null;
  readonly kind: 'page' | 'buffer' | 'transfer';
  /** What names that object on the request's side: the struct bio_vec of a page, else the struct bio, `0x…`. */
  readonly named: string;
  /** The system call it is in, where that reads or writes a file. */
  readonly call: FileCall | null;
  /** The modules on its stack, the innermost first. */
  readonly modules: readonly string[];
}

export interface RequestFact {
  /** Of its struct request, `0x…`. */
  readonly address: string;
  readonly disk: string;
  readonly operation: 'read' | 'write' | 'flush' | 'discard' | 'other';
  /** In units of 512 bytes. */
  readonly sector: number;
  readonly bytes: number;
  /** When it was made; null: not recorded. */
  readonly sinceNs: number | null;
  readonly waiters: readonly IoWaiter[];
}

/** What a task has had done for it by system calls that read and write. */
export interface IoAccount {
  readonly pid: number;
  readonly writtenBytes: number;
  readonly readBytes: number;
  readonly writes: number;
  readonly reads: number;
}

export interface BlockIo {
  readonly disks: readonly DiskFact[];
  /** The oldest first. */
  readonly requests: readonly RequestFact[];
  /** Of those who wait for a request; kernels without the account have none. */
  readonly accounts: readonly IoAccount[];
}

export const blockIo = defineFact<BlockIo>({
  id: 'block-io',
  says: 'where tasks sleep for long: requests that disks have not answered, who waits for them, and what the disks did before',
  from: look,
});

/** REQ_OP_MASK, enum req_op: include/linux/blk_types.h (5.10 to 7.2). */
const OPERATION = 0xff;
const OPERATIONS: Readonly<Record<number, RequestFact['operation']>> = {
  0: 'read',
  1: 'write',
  2: 'flush',
  3: 'discard',
};
/** A busy array has thousands: the oldest tell most, but which those are is known only when all were seen. */
const MOST_REQUESTS = 20_000;

/** Somebody asleep on I/O. */
interface Waiting {
  readonly task: Task;
  readonly pid: number;
  readonly wait: IoWait | undefined;
}

function look(dump: Dump): Seen<BlockIo> {
  const holes = new Holes();
  const waiting = waitingTasks(dump);
  // Where nobody has slept for long nobody waits for a disk: then its requests, which cost much to find, say nothing.
  if (waiting.length === 0)
    return { value: { disks: [], requests: [], accounts: [] }, holes: holes.list };
  const found: DiskFact[] = [];
  const requests: RequestFact[] = [];
  const walk = disks(dump);
  for (const disk of walk) {
    const name = disk.name;
    if (isFault(name)) continue;
    const own = requestsInFlight(disk);
    let inFlight = 0;
    for (const request of own) {
      inFlight++;
      if (requests.length >= MOST_REQUESTS) continue;
      requests.push(describe(dump, request, name, waiting));
    }
    if (own.end !== 'complete') holes.add(`not all requests of the disk ${name} can be read`);
    found.push(diskFact(disk, name, inFlight));
  }
  if (walk.end !== 'complete') holes.add('not all disks can be found');
  if (requests.length >= MOST_REQUESTS) holes.add('there are more requests than were looked at');
  requests.sort((a, b) => (a.sinceNs ?? Infinity) - (b.sinceNs ?? Infinity));
  const pids = new Set(requests.flatMap(({ waiters }) => waiters.map(({ pid }) => pid)));
  const accounts = waiting.filter(({ pid }) => pids.has(pid)).flatMap(accountOf);
  return { value: { disks: found, requests, accounts }, holes: holes.list };
}

function waitingTasks(dump: Dump): Waiting[] {
  const byPid = new Map(seen(dump, tasks).value.map((task) => [task.pid, task]));
  return seen(dump, sleepers).value.flatMap(({ pid }) => {
    const fact = byPid.get(pid);
    if (!fact) return [];
    const task = new Task(dump, virtual(BigInt(fact.address)));
    return [{ task, pid, wait: ioWaitOf(task) }];
  });
}

function diskFact(disk: Disk, name: string, inFlight: number): DiskFact {
  const counts = diskCounts(disk);
  const known = isFault(counts) ? null : counts;
  return {
    name,
    address: hex(disk.address),
    driver: disk.module ?? null,
    inFlight,
    reads: known?.reads ?? null,
    writes: known?.writes ?? null,
    readNs: known?.readNs ?? null,
    writeNs: known?.writeNs ?? null,
    stats: known ? hex(known.busiest) : null,
  };
}

function describe(
  dump: Dump,
  request: Request,
  disk: string,
  waiting: readonly Waiting[],
): RequestFact {
  const flags = request.number('flags');
  const sector = request.number('sector');
  const bytes = request.number('length');
  const since = request.number('startTimeNs');
  const data = requestData(request);
  return {
    address: hex(request.address),
    disk,
    operation: isFault(flags) ? 'other' : (OPERATIONS[flags & OPERATION] ?? 'other'),
    sector: isFault(sector) ? 0 : sector,
    bytes: isFault(bytes) ? 0 : bytes,
    // 0 where nobody wanted statistics.
    sinceNs: isFault(since) || since === 0 ? null : since,
    waiters: waiting.flatMap((one) => waiterOf(dump, one, data)),
  };
}

/** A task waits for a request if both name the same page or buffer, or if the transfer is the task's own. */
function waiterOf(dump: Dump, { task, pid, wait }: Waiting, data: RequestData): IoWaiter[] {
  const { pages, owners } = data;
  const about = () => ({ pid, call: fileCall(task), modules: modulesOf(dump, task) });
  const page =
    wait?.kind === 'page'
      ? [...pages].find(([at]) => at === wait.at || headOf(dump, at) === wait.at)?.[1]
      : undefined;
  const named = page ?? (wait?.kind === 'buffer' ? owners.get(wait.at) : undefined);
  if (wait && named !== undefined) {
    const { kind, type } = wait;
    const waiter = hex(wait.waiter);
    return [{ ...about(), waiter, type, object: hex(wait.at), kind, named: hex(named) }];
  }
  const own = [...owners].find(([owner]) => isOwnTransfer(task, owner));
  if (own === undefined) return [];
  const [object, bio] = own;
  return [
    {
      ...about(),
      waiter: null,
      type: null,
      object: hex(object),
      kind: 'transfer',
      named: hex(bio),
    },
  ];
}

const modulesOf = (dump: Dump, task: Task): string[] => [
  ...new Set(stackFact(dump, task).frames.flatMap((frame) => frame.module ?? [])),
];

/** arch/x86/entry/syscalls/syscall_64.tbl: read, write, pread64, pwrite64. */
const CALLS: ReadonlyMap<bigint, FileCall['name']> = new Map([
  [0n, 'read'],
  [1n, 'write'],
  [17n, 'read'],
  [18n, 'write'],
]);
/** `cs` of 64-bit user code; another (32-bit) has other system call numbers. */
const USER_CS = 0x33n;

function fileCall(task: Task): FileCall | null {
  const registers = entryRegisters(task);
  if (isFault(registers) || registers.cs !== USER_CS) return null;
  const name = CALLS.get(registers.origAx);
  if (!name) return null;
  const fd = Number(registers.di & 0xffff_ffffn);
  const file = fileAt(task.dump, task, fd);
  const path = file === undefined || isFault(file) ? undefined : pathOf(task.dump, file);
  const isKnown = path !== undefined && !isFault(path);
  return { name, fd, bytes: Number(registers.dx), path: isKnown ? path : null };
}

/** The first page of what a page is part of. */
function headOf(dump: Dump, page: bigint): bigint {
  const member = dump.types.member('page', 'compound_head');
  const head = member && dump.memory.u64(virtual(page + BigInt(member.offset)));
  return head === undefined || isFault(head) || (head & 1n) === 0n ? page : head - 1n;
}

function accountOf({ task, pid }: Waiting): IoAccount[] {
  const { memory, types } = task.dump;
  const value = (path: string): number | undefined => {
    const member = types.member('task_struct', `ioac.${path}`);
    const word = member && memory.u64(virtual(task.address + BigInt(member.offset)));
    return word === undefined || isFault(word) ? undefined : Number(word);
  };
  const [writtenBytes, readBytes, writes, reads] = ['wchar', 'rchar', 'syscw', 'syscr'].map(value);
  if (writtenBytes === undefined || readBytes === undefined) return [];
  return [{ pid, writtenBytes, readBytes, writes: writes ?? 0, reads: reads ?? 0 }];
}
