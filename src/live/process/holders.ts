// Who has the other end: of a pipe, a FIFO, a file lock, a connection. Looks through /proc as far as it may.
import { readdirSync } from 'node:fs';
import type { Descriptor } from './descriptor.ts';
import { field, linkOf, numbersIn, textOf } from './proc.ts';
import { parseStat } from './stat.ts';

export interface Other {
  readonly pid: number;
  readonly comm: string;
  readonly state: string;
}

const MOST_PROCESSES = 20_000;
const MOST_DESCRIPTORS = 2000;
const MOST_FOUND = 16;

/** Undefined: it is not there. */
export function other(pid: number): Other | undefined {
  const stat = parseStat(textOf(`/proc/${pid}/stat`) ?? '');
  return stat && { pid, comm: stat.comm, state: stat.state };
}

/** O_ACCMODE: 0 reads, 1 writes, 2 both. include/uapi/asm-generic/fcntl.h */
const canWrite = (flags: number): boolean => (flags & 3) !== 0;
const canRead = (flags: number): boolean => (flags & 3) !== 1;

export interface Ends {
  readonly found: readonly Other[];
  /** Processes whose descriptors may not be seen. */
  readonly hidden: number;
}

/** Those that have the same pipe open and could write (or read) what is waited for. */
export function otherEnds(
  open: Pick<Descriptor, 'path' | 'inode'>,
  wanted: 'read' | 'write',
): Ends {
  const found: Other[] = [];
  let hidden = 0;
  for (const pid of numbersIn('/proc').slice(0, MOST_PROCESSES)) {
    if (found.length >= MOST_FOUND) break;
    const descriptors = descriptorsOf(pid);
    // Threads of the kernel have no command line, and no descriptors.
    if (!descriptors && textOf(`/proc/${pid}/cmdline`)) hidden++;
    for (const fd of descriptors ?? []) {
      if (linkOf(`/proc/${pid}/fd/${fd}`) !== open.path) continue;
      const info = textOf(`/proc/${pid}/fdinfo/${fd}`) ?? '';
      const flags = Number.parseInt(field(info, 'flags') ?? '', 8);
      const who = (wanted === 'write' ? canWrite(flags) : canRead(flags)) ? other(pid) : undefined;
      if (!who) continue;
      found.push(who);
      break;
    }
  }
  return { found, hidden };
}

/** Undefined: they may not be seen. */
function descriptorsOf(pid: number): number[] | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).slice(0, MOST_DESCRIPTORS).map(Number);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? undefined : [];
  }
}

export interface LockHolder {
  readonly kind: string;
  readonly mode: string;
  readonly who: Other | null;
  readonly pid: number;
  /** The line of /proc/locks. */
  readonly line: string;
}

/** fs/locks.c: `7: FLOCK  ADVISORY  WRITE 412 08:01:393 0 EOF`, waiters below with `->`. */
export function lockHolders(waiter: number, inode: number | null): LockHolder[] {
  const lines = (textOf('/proc/locks') ?? '').split('\n');
  const parsed = lines.flatMap((line) => {
    const [, id, arrow, kind = '', mode = '', pid, file = ''] =
      /^(\d+):\s*(->)?\s*(\S+)\s+\S+\s+(\S+)\s+(-?\d+)\s+\S+:(\d+)\s/.exec(line) ?? [];
    return id === undefined
      ? []
      : [
          {
            id,
            isWaiter: arrow !== undefined,
            kind,
            mode,
            pid: Number(pid),
            inode: Number(file),
            line,
          },
        ];
  });
  const own = parsed.filter(({ isWaiter, pid }) => isWaiter && pid === waiter);
  const ids = new Set(own.map(({ id }) => id));
  return parsed
    .filter(
      (lock) => !lock.isWaiter && (ids.has(lock.id) || (ids.size === 0 && lock.inode === inode)),
    )
    .filter(({ pid }) => pid !== waiter)
    .map(({ kind, mode, pid, line }) => ({ kind, mode, pid, who: other(pid) ?? null, line }));
}

const LONGEST_RING = 16;

/** From a process to who holds the lock that it waits for, and on, back to itself; empty: there is no ring. */
export function lockRing(pid: number): { waiter: Other; holder: Other; line: string }[] {
  const ring: { waiter: Other; holder: Other; line: string }[] = [];
  for (let at = other(pid); at && ring.length < LONGEST_RING; ) {
    const [held] = lockHolders(at.pid, null);
    if (!held?.who) return [];
    ring.push({ waiter: at, holder: held.who, line: held.line });
    if (held.pid === pid) return ring;
    at = held.who;
  }
  return [];
}

export interface Connection {
  readonly protocol: 'tcp' | 'udp' | 'unix';
  /** `10.0.0.1:80`. */
  readonly local: string;
  readonly remote: string;
  readonly state: string;
  /** Bytes that the peer has not taken, and that the program has not read. */
  readonly sendQueue: number;
  readonly receiveQueue: number;
  /** The process at the other end, where it is on this machine. */
  readonly peers: readonly Other[];
  /** Its row in the table. */
  readonly row: string;
}

/** include/net/tcp_states.h */
const STATES =
  'ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING';

/** Undefined: no such socket in the process's network. */
export function connection(pid: number, inode: number): Connection | undefined {
  for (const table of ['tcp', 'tcp6', 'udp', 'udp6']) {
    const rows = (textOf(`/proc/${pid}/net/${table}`) ?? '')
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
    const row = rows.find((words) => words[9] === `${inode}`);
    if (!row) continue;
    const [, local = '', remote = '', state = '', queues = ''] = row;
    const [send, receive] = queues.split(':');
    const back = rows.find((words) => words[1] === remote && words[2] === local);
    return {
      protocol: table.startsWith('tcp') ? 'tcp' : 'udp',
      local: addressText(local),
      remote: addressText(remote),
      state: STATES.split(' ')[Number.parseInt(state, 16) - 1] ?? state,
      sendQueue: Number.parseInt(send ?? '0', 16),
      receiveQueue: Number.parseInt(receive ?? '0', 16),
      peers: back ? ownersOf(Number(back[9])) : [],
      row: row.join(' '),
    };
  }
  const unix = (textOf(`/proc/${pid}/net/unix`) ?? '')
    .split('\n')
    .find((line) => line.split(/\s+/)[6] === `${inode}`);
  if (!unix) return undefined;
  const path = unix.trim().split(/\s+/)[7] ?? '';
  return {
    protocol: 'unix',
    local: path,
    remote: '',
    state: '',
    sendQueue: 0,
    receiveQueue: 0,
    peers: [],
    row: unix.trim(),
  };
}

const ownersOf = (inode: number): Other[] => {
  const path = `socket:[${inode}]`;
  return [...otherEnds({ path, inode }, 'read').found];
};

/** `0100007F:0016` → `127.0.0.1:22`; of IPv6 each group of four bytes is in the machine's order. */
function addressText(text: string): string {
  const [host = '', port = ''] = text.split(':');
  const bytes = Buffer.from(host, 'hex');
  for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.subarray(at, at + 4).reverse();
  const number = Number.parseInt(port, 16);
  if (bytes.length === 4) return `${[...bytes].join('.')}:${number}`;
  const groups = Array.from({ length: 8 }, (_, i) =>
    bytes.subarray(i * 2, i * 2 + 2).toString('hex'),
  );
  if (/^(0000){5}ffff/.test(groups.join('')))
    return `${[...bytes.subarray(12)].join('.')}:${number}`;
  return `[${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}]:${number}`;
}

/** Processes that it has started. */
export const childrenOf = (pid: number): Other[] =>
  numbersIn(`/proc/${pid}/task`)
    .flatMap((tid) => (textOf(`/proc/${pid}/task/${tid}/children`) ?? '').trim().split(/\s+/))
    .filter((word) => word !== '')
    .slice(0, MOST_FOUND)
    .flatMap((word) => other(Number(word)) ?? []);
