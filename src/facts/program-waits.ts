// Threads of programs that wait for another program: at a pipe, at a Unix socket, at a TCP connection within this machine,
// for a child, for a debugger.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import { fileAt, filesOf } from '../kernel/open-files.ts';
import { ownNumber } from '../kernel/pid.ts';
import { pipeEnd } from '../kernel/pipe.ts';
import { handlesSignals } from '../kernel/signal-handlers.ts';
import { Task } from '../kernel/task.ts';
import { type TcpEnd, tcpEnd, waitingEnds } from '../kernel/tcp-socket.ts';
import { unixEnd } from '../kernel/unix-socket.ts';
import { hex } from '../print/hex.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, Holes, type Seen, seen } from './kit/define.ts';
import { systemCall, USER_CS } from './kit/system-call.ts';
import { type TaskFact, tasks } from './tasks.ts';

/** `data`: something to read; `room`: somebody to read what it wants to write; `child`: its end; `tracer`: to go on. */
export type ProgramEvent = 'data' | 'room' | 'child' | 'tracer';

/** What is at the other end of a socket. */
export interface OtherEnd {
  /** The `unix_sock` or the `tcp_sock` there, `0x…`. */
  readonly address: string;
  /** How many messages, or bytes, wait there to be read. */
  readonly unread: number;
  /** Of a TCP connection: the port of this end and of that, and that one's sequence numbers. */
  readonly tcp: {
    readonly ports: readonly [own: number, other: number];
    readonly received: number;
    readonly read: number;
  } | null;
}

export interface ProgramWait {
  readonly pid: number;
  readonly tgid: number;
  readonly event: ProgramEvent;
  /** `socket`: a Unix socket. `tcp`: a connection, both of whose ends are in this machine. */
  readonly medium: 'pipe' | 'socket' | 'tcp' | null;
  /** Its own descriptor, of a pipe or a socket. */
  readonly fd: number | null;
  /** The pipe (`pipe_inode_info`) or the socket (`unix_sock`, `tcp_sock`), `0x…`. */
  readonly object: string | null;
  readonly file: string | null;
  readonly other: OtherEnd | null;
  /** All threads that could end it: one of them is enough. */
  readonly by: readonly number[];
  /** Its process has functions of its own for signals: one may end the wait, as may be meant. */
  readonly handlesSignals: boolean;
  readonly sinceNs: number | null;
}

export const programWaits = defineFact<readonly ProgramWait[]>({
  id: 'program-waits',
  says: 'threads that wait at a pipe, at a socket, for a child or for a debugger, and who could end that',
  from: look,
});

const TASK_INTERRUPTIBLE = 0x1;
/** __TASK_TRACED: include/linux/sched.h (5.10 to 7.2) */
const TRACED = 0x8;
/** arch/x86/entry/syscalls/syscall_64.tbl */
const READS = new Set([0n, 19n, 45n, 47n]);
const WRITES = new Set([1n, 20n, 44n, 46n]);
const WAIT4 = 61n;
const WAITID = 247n;
/** P_PID: include/uapi/linux/wait.h */
const P_PID = 1n;

/** What a thread asked for, before anybody looked who could give it. */
interface Asked extends Omit<ProgramWait, 'by' | 'handlesSignals' | 'sinceNs' | 'tgid' | 'pid'> {
  readonly fact: TaskFact;
  /** The other end: a pipe and the way that is wanted, or the very file. */
  readonly pipe?: { readonly at: VirtualAddress; readonly way: 'reads' | 'writes' } | undefined;
  readonly peer?: VirtualAddress | undefined;
  /** A TCP connection, whose other end has to be found first. */
  readonly connection?: TcpEnd | undefined;
  readonly threads?: readonly number[] | undefined;
}

function look(dump: Dump): Seen<readonly ProgramWait[]> {
  const all = seen(dump, tasks).value;
  const world = new World(dump, all);
  const holes = new Holes();
  const answers = all.map((fact) => ask(dump, fact, world));
  const unread = answers.filter(isFault);
  if (unread[0])
    holes.add(
      `what threads that read or write wait for could not be looked at, for ${unread.length} of them: ${unread[0].explain()}`,
    );
  // Whoever is not seen may hold the other end, too.
  const unseen = (fault: Fault): ProgramWait[] => {
    holes.add(
      `who could end a wait at a pipe or a socket cannot be told: not all open files can be read: ${fault.explain()}`,
    );
    return [];
  };
  const value = answers.flatMap((asked) => {
    if (!asked || isFault(asked)) return [];
    const whole = asked.connection ? world.connected(asked, asked.connection) : asked;
    if (!whole) return [];
    if (isFault(whole)) return unseen(whole);
    const by = world.endsOf(whole);
    return isFault(by) ? unseen(by) : [describe(dump, whole, by)];
  });
  return { value, holes: holes.list };
}

const describe = (
  dump: Dump,
  { fact, event, medium, fd, object, file, other }: Asked,
  by: readonly number[],
): ProgramWait => ({
  pid: fact.pid,
  tgid: fact.tgid,
  event,
  medium,
  fd,
  object,
  file,
  other,
  // Its own end it cannot serve while it sleeps.
  by: by.filter((pid) => pid !== fact.pid),
  handlesSignals: handlesSignals(new Task(dump, virtual(BigInt(fact.address)))),
  sinceNs: fact.lastArrivalNs,
});

/** Undefined: it waits for no other program, as far as this fact goes. */
function ask(dump: Dump, fact: TaskFact, world: World): Asked | undefined | Fault {
  if (fact.isKernelThread || fact.runningOn !== null || fact.state === null) return undefined;
  const task = new Task(dump, virtual(BigInt(fact.address)));
  const nothing = { fact, medium: null, fd: null, object: null, file: null, other: null };
  if ((fact.state & TRACED) !== 0)
    return { ...nothing, event: 'tracer', threads: world.tracerOf(task) };
  if ((fact.state & TASK_INTERRUPTIBLE) === 0) return undefined;
  const registers = systemCall(dump, fact);
  if (isFault(registers) || registers.cs !== USER_CS) return undefined;
  const { origAx, di, si } = registers;
  if (origAx === WAIT4) return { ...nothing, event: 'child', threads: world.childrenOf(fact, di) };
  if (origAx === WAITID)
    return {
      ...nothing,
      event: 'child',
      threads: world.childrenOf(fact, di === P_PID ? si : 0xffff_ffffn),
    };
  if (!READS.has(origAx) && !WRITES.has(origAx)) return undefined;
  const fd = Number(di & 0xffff_ffffn);
  const file = fileAt(dump, task, fd);
  if (file === undefined || isFault(file)) return file;
  return atFile(dump, fact, fd, file, READS.has(origAx));
}

function atFile(
  dump: Dump,
  fact: TaskFact,
  fd: number,
  file: VirtualAddress,
  isRead: boolean,
): Asked | undefined | Fault {
  const event = isRead ? 'data' : 'room';
  const pipe = pipeEnd(dump, file);
  if (isFault(pipe)) return pipe;
  // Whoever may open a pipe by its name may come yet.
  if (pipe)
    return pipe.isAnonymous
      ? {
          fact,
          event,
          medium: 'pipe',
          fd,
          object: hex(pipe.pipe),
          file: hex(file),
          other: null,
          pipe: { at: pipe.pipe, way: isRead ? 'writes' : 'reads' },
        }
      : undefined;
  const socket = unixEnd(dump, file);
  if (isFault(socket)) return socket;
  if (!socket) return atConnection(dump, { fact, event, fd, file: hex(file) }, file);
  return socket.isEndless && isRead
    ? {
        fact,
        event,
        medium: 'socket',
        fd,
        object: hex(socket.sock),
        file: hex(file),
        other: { address: hex(socket.other), unread: socket.unread, tcp: null },
        peer: socket.peer,
      }
    : undefined;
}

function atConnection(
  dump: Dump,
  about: Pick<Asked, 'fact' | 'event' | 'fd' | 'file'>,
  file: VirtualAddress,
): Asked | undefined | Fault {
  const connection = tcpEnd(dump, file);
  if (!connection || isFault(connection)) return connection;
  const isEndless = about.event === 'data' ? connection.readsForEver : connection.writesForEver;
  if (!connection.isEstablished || !isEndless) return undefined;
  return { ...about, medium: 'tcp', object: hex(connection.sock), other: null, connection };
}

/** One end of a TCP connection, and the `struct file` that programs have it by. */
interface Connected {
  readonly file: VirtualAddress;
  readonly end: TcpEnd;
}

/** Who has what open, and who is whose child: looked up once. */
class World {
  readonly #dump: Dump;
  readonly #all: readonly TaskFact[];
  /** Threads by their set of open files. */
  readonly #users = new Map<bigint, number[]>();
  #index: ReadonlyMap<string, ReadonlySet<bigint>> | Fault | undefined;
  #connections: ReadonlyMap<string, Connected> | Fault | undefined;
  readonly #threads = new Map<number, TaskFact[]>();

  constructor(dump: Dump, all: readonly TaskFact[]) {
    this.#dump = dump;
    this.#all = all.filter((task) => !task.isKernelThread && task.pid !== 0);
    for (const task of this.#all) {
      const threads = this.#threads.get(task.tgid);
      if (threads) threads.push(task);
      else this.#threads.set(task.tgid, [task]);
    }
  }

  /** Threads that could give what is asked for. */
  endsOf({ threads, pipe, peer }: Asked): readonly number[] | Fault {
    if (threads) return threads;
    this.#index ??= this.#ends();
    if (isFault(this.#index)) return this.#index;
    const key = pipe ? `${pipe.way} ${pipe.at}` : `file ${peer}`;
    return [...(this.#index.get(key) ?? [])].flatMap((files) => this.#users.get(files) ?? []);
  }

  /** With the other end of its connection; undefined: that is in no program of this machine. */
  connected(asked: Asked, connection: TcpEnd): Asked | undefined | Fault {
    this.#connections ??= this.#tcpEnds();
    if (isFault(this.#connections)) return this.#connections;
    const peer = this.#connections.get(connection.peerKey);
    if (!peer) return undefined;
    const { sock, received, read } = peer.end;
    if (received === null || read === null) return undefined;
    const ports = [connection.port, connection.otherPort] as const;
    const other: OtherEnd = {
      address: hex(sock),
      // Sequence numbers go round at 2^32.
      unread: (received - read) >>> 0,
      tcp: { ports, received, read },
    };
    return { ...asked, peer: peer.file, other };
  }

  tracerOf(task: Task): number[] {
    const at = task.pointer('parent');
    const tracer = isFault(at) ? undefined : this.#all.find((t) => t.address === hex(at));
    return tracer ? [tracer.pid] : [];
  }

  /** The threads of the children that a wait is for. @param which as the program knows it; -1, 0 or a group: any */
  childrenOf(fact: TaskFact, which: bigint): number[] {
    const nr = Number(BigInt.asIntN(32, which));
    return this.#all
      .filter(({ ppid }) => ppid === fact.tgid)
      .filter((child) => {
        if (nr <= 0) return true;
        const own = ownNumber(this.#task(this.#leader(child)));
        return isFault(own) ? true : own.nr === nr;
      })
      .map(({ pid }) => pid);
  }

  #leader(fact: TaskFact): TaskFact {
    return this.#threads.get(fact.tgid)?.find(({ pid }) => pid === fact.tgid) ?? fact;
  }

  /** The sets of open files in which a pipe's end, or the file of a socket, is. */
  #ends(): ReadonlyMap<string, ReadonlySet<bigint>> | Fault {
    const index = new Map<string, Set<bigint>>();
    const add = (key: string, files: bigint) => {
      const known = index.get(key);
      if (known) known.add(files);
      else index.set(key, new Set([files]));
    };
    for (const fact of this.#all) {
      const task = this.#task(fact);
      const files = task.pointer('files');
      if (isFault(files)) return files;
      if (files === 0n) continue;
      const users = this.#users.get(files);
      // Threads share their open files, but for rare programs: each set of them is looked at once.
      if (users) {
        users.push(fact.pid);
        continue;
      }
      this.#users.set(files, [fact.pid]);
      const open = filesOf(this.#dump, task);
      if (isFault(open)) return open;
      for (const file of open) {
        add(`file ${file}`, files);
        const end = pipeEnd(this.#dump, file);
        if (isFault(end)) return end;
        if (end?.reads) add(`reads ${end.pipe}`, files);
        if (end?.writes) add(`writes ${end.pipe}`, files);
      }
    }
    return index;
  }

  /** All ends of connections that programs have open, by what they are connected to. */
  #tcpEnds(): ReadonlyMap<string, Connected> | Fault {
    this.#index ??= this.#ends();
    if (isFault(this.#index)) return this.#index;
    const found = new Map<string, Connected>();
    for (const key of this.#index.keys()) {
      if (!key.startsWith('file ')) continue;
      const file = virtual(BigInt(key.slice('file '.length)));
      const end = tcpEnd(this.#dump, file);
      if (isFault(end)) return end;
      if (end?.isEstablished) found.set(end.key, { file, end });
      // Who listens has to accept a call before anybody can answer it.
      for (const other of end?.isListening ? waitingEnds(this.#dump, end) : [])
        if (isFault(other)) return other;
        else found.set(other.key, { file, end: other });
    }
    return found;
  }

  #task(fact: TaskFact): Task {
    return new Task(this.#dump, virtual(BigInt(fact.address)));
  }
}
