// What shows that a thread waits, for what, and for whom.
import type { FileLockWait } from '../../facts/file-locks.ts';
import type { FutexWait } from '../../facts/futex-waits.ts';
import type { ProgramWait } from '../../facts/program-waits.ts';
import { hex } from '../../print/hex.ts';
import { type Evidence, see } from '../kit/define.ts';
import { ageLine, literal, memberLine, nameOf, seconds } from '../kit/text.ts';
import { MEDIA, type Wait } from './waits.ts';

/** A register as `bt` prints it. */
const register = (name: string, value: bigint): RegExp =>
  new RegExp(`\\b${name}: ${value.toString(16).padStart(16, '0')}\\b`);

export function evidenceOf(wait: Wait): Evidence[] {
  const { task, ageNs, cause } = wait;
  const asleep =
    ageNs === null
      ? []
      : [
          see(
            `${nameOf(task)} has been asleep for ${seconds(ageNs)}`,
            `ps -m ${task.pid}`,
            ageLine(ageNs, task),
          ),
        ];
  const own =
    cause.is === 'futex'
      ? futexEvidence(wait, cause.futex)
      : cause.is === 'file'
        ? fileEvidence(wait, cause.file)
        : programEvidence(wait, cause.program);
  return [...asleep, ...own];
}

/** arch/x86/entry/syscalls/syscall_64.tbl */
const SYS_FUTEX = 202n;
const CALLS = { flock: 73n, fcntl: 72n } as const;

function futexEvidence(wait: Wait, futex: FutexWait): Evidence[] {
  const { task } = wait;
  return [
    see(
      `${nameOf(task)} is in the system call futex(${futex.address}, ${futex.operation}), without a limit`,
      `bt ${task.pid}`,
      register('RDI', BigInt(futex.address)),
      register('ORIG_RAX', SYS_FUTEX),
    ),
    ...ownerEvidence(wait, futex),
  ];
}

function ownerEvidence({ task, owner }: Wait, futex: FutexWait): Evidence[] {
  const { address, physical } = futex;
  if (futex.kind === 'end')
    return [
      see(
        `the kernel clears that word when ${nameOf(owner)} ends: ${nameOf(task)} waits for its end`,
        `task -R clear_child_tid ${owner.pid}`,
        memberLine('clear_child_tid', address),
      ),
    ];
  if (futex.owner?.from === 'kernel')
    return [
      see(
        `${nameOf(task)} is blocked on the kernel's own lock behind that futex`,
        `task -R pi_blocked_on ${task.pid}`,
        /^\s*pi_blocked_on = 0x[0-9a-f]+/,
      ),
    ];
  if (futex.owner?.from === 'call')
    return [
      see(
        `the lock's word was ${hex(BigInt(futex.value))} when it fell asleep, which names thread ${futex.owner.tid} as the owner: ${nameOf(owner)}; the kernel compared them`,
        `bt ${task.pid}`,
        register('RDX', BigInt(futex.value)),
      ),
    ];
  if (physical === null || !futex.owner) return [];
  const word = (n: number): string => n.toString(16).padStart(8, '0');
  if (futex.owner.from === 'rwlock')
    return [
      see(
        `the read-write lock says of itself: taken for writing, by thread ${futex.owner.tid} (hexadecimal ${futex.owner.tid.toString(16)}): ${nameOf(owner)}`,
        `rd -p -32 ${physical.slice(2)} 8`,
        new RegExp(`:\\s+0{8} 0{8} ${word(futex.owner.tid)} [0-9a-f]{8}\\b`),
      ),
    ];
  const at = BigInt(physical).toString(16);
  const { tid } = futex.owner;
  const isMutex = futex.owner.from === 'mutex';
  const line = isMutex ? `[0-9a-f]{8} [0-9a-f]{8} ${word(tid)} [0-9a-f]{8}` : word(futex.value);
  return [
    see(
      `the lock at ${address} lies there in memory`,
      `vtop -c ${task.pid} ${address.slice(2)}`,
      new RegExp(`^\\s*${literal(address.slice(2))}\\s+${at}\\s*$`),
    ),
    see(
      isMutex
        ? `the lock says of itself: held and waited for, owner ${tid} (hexadecimal ${tid.toString(16)}): ${nameOf(owner)}`
        : `its word names thread ${tid} as its owner: ${nameOf(owner)}`,
      `rd -p -32 ${at} ${isMutex ? 4 : 1}`,
      new RegExp(`\\b${at}:\\s+${line}\\b`),
    ),
  ];
}

function fileEvidence({ task, owner }: Wait, file: FileLockWait): Evidence[] {
  return [
    see(
      `${nameOf(task)} is in the system call ${file.call} on descriptor ${file.fd}${file.path ? `, ${file.path}` : ''}`,
      `bt ${task.pid}`,
      register('RDI', BigInt(file.fd)),
      register('ORIG_RAX', CALLS[file.call]),
    ),
    see(
      `the lock that it waits for belongs to ${file.owner}, which ${file.holder === null ? `processes ${file.holders.join(', ')} have` : `only ${nameOf(owner)} has`}`,
      `struct file_lock ${file.held.slice(2)}`,
      new RegExp(`^\\s*flc?_owner = ${literal(file.owner)}\\b`),
      /^\s*flc?_pid = \d+/,
    ),
  ];
}

/** A port as the network has it. */
const swapped = (port: number): number => ((port & 0xff) << 8) | (port >>> 8);

/** That what was sent to the other end has not been read. */
function unreadEvidence({ other }: ProgramWait, owner: Wait['owner']): Evidence[] {
  if (!other || other.unread === 0) return [];
  if (other.tcp)
    return [
      see(
        `${nameOf(owner)} has not read what was sent to it there: ${other.unread} bytes`,
        `struct tcp_sock.rcv_nxt,copied_seq ${other.address}`,
        memberLine('rcv_nxt', other.tcp.received),
        memberLine('copied_seq', other.tcp.read),
      ),
    ];
  return [
    see(
      `${nameOf(owner)} has not read what was sent to it there: ${other.unread} in the queue`,
      `struct unix_sock.sk.sk_receive_queue.qlen ${other.address}`,
      new RegExp(`\\bqlen = ${other.unread}\\b`),
    ),
  ];
}

function programEvidence({ task, owner }: Wait, program: ProgramWait): Evidence[] {
  const { event, medium, fd, object, file } = program;
  if (event === 'tracer')
    return [
      see(
        `${nameOf(task)} is stopped by its debugger, ${nameOf(owner)}`,
        `task -R parent ${task.pid}`,
        memberLine('parent', owner.address),
      ),
    ];
  if (event === 'child')
    return [
      see(
        `${nameOf(owner)} is its child`,
        `ps -c ${task.pid}`,
        new RegExp(`\\bPID: ${owner.tgid}\\b`),
      ),
    ];
  if (fd === null || object === null || file === null) return [];
  const does = event === 'data' ? 'reads from' : 'writes to';
  const called = see(
    `${nameOf(task)} ${does} its descriptor ${fd}, ${MEDIA[medium ?? 'pipe'][0]}`,
    `bt ${task.pid}`,
    register('RDI', BigInt(fd)),
    /\bORIG_RAX: [0-9a-f]{16}\b/,
  );
  if (program.other?.tcp) {
    const [own, other] = program.other.tcp.ports;
    return [
      called,
      ...[
        ['that connection is from port', object, own, other] as const,
        ['its other end is in this machine: from port', program.other.address, other, own] as const,
      ].map(([claim, at, from, to]) =>
        see(
          `${claim} ${from} to port ${to} (which is kept in the network's order of bytes)`,
          `struct sock_common.skc_num,skc_dport ${at}`,
          memberLine('skc_num', from),
          memberLine('skc_dport', swapped(to)),
        ),
      ),
      ...unreadEvidence(program, owner),
    ];
  }
  if (medium === 'socket')
    return [
      called,
      see(
        'that socket is connected to one other',
        `struct unix_sock.peer ${object}`,
        /\bpeer = 0xf[0-9a-f]+/,
      ),
      ...unreadEvidence(program, owner),
    ];
  return [
    called,
    see(
      'that is this pipe',
      `struct file.private_data ${file}`,
      new RegExp(`= ${literal(object)}\\b`),
    ),
    see(
      event === 'data' ? 'how many ends write to it' : 'how many ends read from it',
      `struct pipe_inode_info.${event === 'data' ? 'writers' : 'readers'} ${object}`,
      /\b(?:writers|readers) = \d+/,
    ),
  ];
}
