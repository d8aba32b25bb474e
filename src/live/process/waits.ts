// What a sleep is for: the call, what its descriptor is, and the kernel function it sleeps in.
import { callKind, hasDescriptor, isBlockingFcntl } from './calls.ts';
import type { Descriptor } from './descriptor.ts';
import { intArgument } from './stat.ts';
import type { Wait } from './thread.ts';

export type WaitFor =
  | 'futex'
  | 'pipe'
  | 'fifo'
  | 'socket'
  | 'child'
  | 'timer'
  | 'events'
  | 'connection'
  | 'terminal'
  | 'signal'
  | 'file-lock'
  | 'file'
  | 'device'
  | 'fault'
  | 'kernel'
  | 'unknown';

/** Kernel functions that tell what is slept for where the call may not be read. Newest names first. */
const places: readonly (readonly [RegExp, WaitFor])[] = [
  [/^futex_|^__futex/, 'futex'],
  // fs/pipe.c: pipe_read became anon_pipe_read in 6.15; wait_for_partner: the open of a FIFO.
  [/^wait_for_partner|^fifo_open/, 'fifo'],
  [/pipe_(read|write)$|^pipe_wait/, 'pipe'],
  [/^do_wait|^kernel_wait/, 'child'],
  [/nanosleep$/, 'timer'],
  [
    /^ep_poll|^do_epoll_wait|^poll_schedule_timeout|^do_select|^do_sys_poll|^io_cqring_wait/,
    'events',
  ],
  [/accept|^__skb_wait_for_more|^unix_wait_for_peer/, 'socket'],
  [/^(sk_|tcp_|udp_|unix_|inet_|__inet_|sock_)/, 'socket'],
  [/^(n_tty_|tty_)/, 'terminal'],
  [/^(do_sigtimedwait|sigsuspend|__do_sys_pause|do_pause)/, 'signal'],
  [/^(locks_|flock_|fcntl_|__break_lease)/, 'file-lock'],
];

const placeOf = (wchan: string): WaitFor | undefined =>
  places.find(([pattern]) => pattern.test(wchan))?.[1];

/** @param open what the descriptor is that the call waits on, if it waits on one */
export function waitsFor(wait: Wait, open: Descriptor | undefined): WaitFor {
  const { call, state, wchan, isOutside } = wait;
  if (isOutside && state === 'D') return 'fault';
  const place = placeOf(wchan);
  if (!call) return place ?? (state === 'D' ? 'kernel' : 'unknown');
  const kind = callKind(call.number);
  // restart_syscall(2) goes on with poll, futex or nanosleep: the place says which.
  if (call.number === 219) return place ?? 'timer';
  if (kind === 'futex' || kind === 'child' || kind === 'timer' || kind === 'signal') return kind;
  if (kind === 'events') return 'events';
  if (kind === 'accept') return 'connection';
  if (kind === 'connect') return 'socket';
  if (kind === 'open')
    return place === 'fifo' ? 'fifo' : state === 'D' ? 'kernel' : (place ?? 'file');
  if (call.number === 72 && !isBlockingFcntl(intArgument(call, 1))) return place ?? 'unknown';
  if (kind === 'lock') return 'file-lock';
  const onOpen = open && ofDescriptor(open);
  return onOpen ?? place ?? (state === 'D' ? 'kernel' : 'unknown');
}

function ofDescriptor({ kind }: Descriptor): WaitFor | undefined {
  if (kind === 'block' || kind === 'char') return 'device';
  if (kind === 'file' || kind === 'folder') return 'file';
  return kind === 'other' ? undefined : kind;
}

/** The number of the descriptor that a call waits on. */
export const waitedDescriptor = ({ call }: Wait): number | undefined =>
  call && hasDescriptor(call.number) ? intArgument(call, 0) : undefined;
