// Unix sockets that are connected to one other: which file is at the other end. net/unix/af_unix.c, include/net/af_unix.h
import type { VirtualAddress } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { OpenFile } from './pipe.ts';

const socketShape = shape('socket', { ops: ['ops'], sock: ['sk'], file: ['file'] });
class Socket extends View<keyof typeof socketShape.fields> {
  protected readonly shape = socketShape;
}

const unixShape = shape('unix_sock', {
  peer: ['peer'],
  socket: ['sk.sk_socket'],
  limit: ['sk.sk_rcvtimeo'],
  unread: ['sk.sk_receive_queue.qlen'],
});
class UnixSock extends View<keyof typeof unixShape.fields> {
  protected readonly shape = unixShape;
}

/** MAX_SCHEDULE_TIMEOUT: no limit. */
const FOR_EVER = 0x7fff_ffff_ffff_ffffn;

export interface UnixEnd {
  /** Its `struct unix_sock`. */
  readonly sock: VirtualAddress;
  /** The `struct file` at the other end. */
  readonly peer: VirtualAddress;
  /** Whoever reads from it waits without a limit. */
  readonly isEndless: boolean;
  /** The `struct unix_sock` at the other end, and how many messages wait there to be read. */
  readonly other: VirtualAddress;
  readonly unread: number;
}

/** Undefined: no Unix socket, or none that is connected. */
export function unixEnd(dump: Dump, at: VirtualAddress): UnixEnd | undefined | Fault {
  const file = new OpenFile(dump, at);
  if (file.pointer('ops') !== dump.symbol('socket_file_ops')) return undefined;
  const where = file.pointer('private');
  if (isFault(where)) return where;
  const socket = new Socket(dump, where);
  const ops = socket.pointer('ops');
  const sock = socket.pointer('sock');
  if (isFault(ops)) return ops;
  if (isFault(sock)) return sock;
  if (!/^unix_\w+_ops$/.test(dump.symbols.at(ops)?.name ?? '')) return undefined;
  const own = new UnixSock(dump, sock);
  const peer = own.pointer('peer');
  if (isFault(peer)) return peer;
  if (peer === 0n) return undefined;
  const other = new UnixSock(dump, peer).pointer('socket');
  if (isFault(other)) return other;
  const end = other === 0n ? other : new Socket(dump, other).pointer('file');
  if (isFault(end)) return end;
  if (end === 0n) return undefined;
  const unread = new UnixSock(dump, peer).number('unread');
  return {
    sock,
    peer: end,
    isEndless: own.word('limit') === FOR_EVER,
    other: peer,
    unread: isFault(unread) ? 0 : unread,
  };
}
