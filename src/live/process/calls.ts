// System calls of x86-64 that block, and what each is good for: arch/x86/entry/syscalls/syscall_64.tbl.
// Others are named by strace, or by number.

/** What a blocking call is about. */
export type CallKind =
  | 'read'
  | 'write'
  | 'open'
  | 'futex'
  | 'child'
  | 'timer'
  | 'events'
  | 'accept'
  | 'connect'
  | 'lock'
  | 'signal'
  | 'sync'
  | 'other';

const calls: Readonly<Record<number, readonly [name: string, kind: CallKind]>> = {
  0: ['read', 'read'],
  1: ['write', 'write'],
  2: ['open', 'open'],
  3: ['close', 'sync'],
  4: ['stat', 'other'],
  5: ['fstat', 'other'],
  6: ['lstat', 'other'],
  7: ['poll', 'events'],
  8: ['lseek', 'other'],
  9: ['mmap', 'other'],
  16: ['ioctl', 'other'],
  17: ['pread64', 'read'],
  18: ['pwrite64', 'write'],
  19: ['readv', 'read'],
  20: ['writev', 'write'],
  23: ['select', 'events'],
  24: ['sched_yield', 'other'],
  26: ['msync', 'sync'],
  34: ['pause', 'signal'],
  35: ['nanosleep', 'timer'],
  40: ['sendfile', 'write'],
  42: ['connect', 'connect'],
  43: ['accept', 'accept'],
  44: ['sendto', 'write'],
  45: ['recvfrom', 'read'],
  46: ['sendmsg', 'write'],
  47: ['recvmsg', 'read'],
  56: ['clone', 'child'],
  58: ['vfork', 'child'],
  61: ['wait4', 'child'],
  65: ['semop', 'lock'],
  69: ['msgsnd', 'other'],
  70: ['msgrcv', 'other'],
  72: ['fcntl', 'lock'],
  73: ['flock', 'lock'],
  74: ['fsync', 'sync'],
  75: ['fdatasync', 'sync'],
  78: ['getdents', 'read'],
  110: ['getppid', 'other'],
  127: ['rt_sigpending', 'other'],
  128: ['rt_sigtimedwait', 'signal'],
  130: ['rt_sigsuspend', 'signal'],
  162: ['sync', 'sync'],
  202: ['futex', 'futex'],
  217: ['getdents64', 'read'],
  219: ['restart_syscall', 'timer'],
  230: ['clock_nanosleep', 'timer'],
  232: ['epoll_wait', 'events'],
  247: ['waitid', 'child'],
  257: ['openat', 'open'],
  262: ['newfstatat', 'other'],
  270: ['pselect6', 'events'],
  271: ['ppoll', 'events'],
  275: ['splice', 'write'],
  277: ['sync_file_range', 'sync'],
  281: ['epoll_pwait', 'events'],
  288: ['accept4', 'accept'],
  295: ['preadv', 'read'],
  296: ['pwritev', 'write'],
  299: ['recvmmsg', 'read'],
  306: ['syncfs', 'sync'],
  307: ['sendmmsg', 'write'],
  326: ['copy_file_range', 'write'],
  426: ['io_uring_enter', 'events'],
  435: ['clone3', 'child'],
  437: ['openat2', 'open'],
  441: ['epoll_pwait2', 'events'],
  449: ['futex_waitv', 'futex'],
};

/** Numbers mean something else on other machines. */
const isKnown = process.arch === 'x64';

export const callName = (number: number): string =>
  (isKnown && calls[number]?.[0]) || `system call ${number}`;

export const callKind = (number: number): CallKind =>
  (isKnown ? calls[number]?.[1] : undefined) ?? 'other';

/** Calls whose first argument is the descriptor that they wait on. */
export const hasDescriptor = (number: number): boolean =>
  ['read', 'write', 'accept', 'connect', 'lock', 'sync'].includes(callKind(number)) &&
  ![26, 65, 162].includes(number);

/** fcntl(2) blocks only in F_SETLKW and F_OFD_SETLKW: include/uapi/asm-generic/fcntl.h. */
export const isBlockingFcntl = (command: number): boolean => command === 7 || command === 38;
