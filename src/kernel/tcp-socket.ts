// TCP sockets: both ends of a connection, and what the one has not read. include/net/sock.h, include/linux/tcp.h (5.10 to 7.2)
import type { VirtualAddress } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { OpenFile } from './pipe.ts';

const socketShape = shape('socket', { sock: ['sk'] });
class Socket extends View<keyof typeof socketShape.fields> {
  protected readonly shape = socketShape;
}

const sockShape = shape('sock', {
  family: ['__sk_common.skc_family'],
  state: ['__sk_common.skc_state'],
  protocol: ['__sk_common.skc_prot'],
  net: ['__sk_common.skc_net.net'],
  own: ['__sk_common.skc_rcv_saddr'],
  other: ['__sk_common.skc_daddr'],
  own6: ['__sk_common.skc_v6_rcv_saddr'],
  other6: ['__sk_common.skc_v6_daddr'],
  /** In the machine's order of bytes. */
  port: ['__sk_common.skc_num'],
  /** In the network's. */
  otherPort: ['__sk_common.skc_dport'],
  readLimit: ['sk_rcvtimeo'],
  writeLimit: ['sk_sndtimeo'],
});
class Sock extends View<keyof typeof sockShape.fields> {
  protected readonly shape = sockShape;
}

const tcpShape = shape('tcp_sock', { received: ['rcv_nxt'], read: ['copied_seq'] });
class TcpSock extends View<keyof typeof tcpShape.fields> {
  protected readonly shape = tcpShape;
}

const listenerShape = shape('inet_connection_sock', {
  first: ['icsk_accept_queue.rskq_accept_head'],
});
class Listener extends View<keyof typeof listenerShape.fields> {
  protected readonly shape = listenerShape;
}

const requestShape = shape('request_sock', { next: ['dl_next'], sock: ['sk'] });
class Request extends View<keyof typeof requestShape.fields> {
  protected readonly shape = requestShape;
}

/** AF_INET6: include/linux/socket.h; TCP_ESTABLISHED, TCP_LISTEN: include/net/tcp_states.h */
const INET6 = 10;
const ESTABLISHED = 1;
const LISTEN = 10;
/** More calls than a program lets wait; a damaged list must not cost time. */
const MOST_WAITING = 65_536;
/** MAX_SCHEDULE_TIMEOUT: no limit. */
const FOR_EVER = 0x7fff_ffff_ffff_ffffn;
/** ::ffff:a.b.c.d */
const MAPPED = /^0{20}ffff/;

export interface TcpEnd {
  /** Its `struct tcp_sock`. */
  readonly sock: VirtualAddress;
  /** Network namespace, address and port of this end and of the other, as a text; the other end's are the same the other way round. */
  readonly key: string;
  readonly peerKey: string;
  readonly port: number;
  readonly otherPort: number;
  readonly isEstablished: boolean;
  readonly isListening: boolean;
  /** Whoever reads, or writes, waits without a limit. */
  readonly readsForEver: boolean;
  readonly writesForEver: boolean;
  /** Sequence numbers: up to where bytes have come, and have been read; null: unreadable. */
  readonly received: number | null;
  readonly read: number | null;
}

/** Undefined: no TCP socket. */
export function tcpEnd(dump: Dump, at: VirtualAddress): TcpEnd | undefined | Fault {
  const file = new OpenFile(dump, at);
  if (file.pointer('ops') !== dump.symbol('socket_file_ops')) return undefined;
  const where = file.pointer('private');
  const sock = isFault(where) ? where : new Socket(dump, where).pointer('sock');
  if (isFault(sock)) return sock;
  return sock === 0n ? undefined : endOf(dump, sock);
}

function endOf(dump: Dump, address: VirtualAddress): TcpEnd | undefined | Fault {
  const sock = new Sock(dump, address);
  const protocol = sock.pointer('protocol');
  if (isFault(protocol)) return protocol;
  if (!['tcp_prot', 'tcpv6_prot'].some((name) => dump.symbol(name) === protocol)) return undefined;
  const net = sock.pointer('net');
  const state = sock.number('state');
  const port = sock.number('port');
  const swapped = sock.number('otherPort');
  const own = addressOf(sock, 'own');
  const other = addressOf(sock, 'other');
  for (const part of [net, port, swapped, own, other]) if (isFault(part)) return part;
  const otherPort = swap16(swapped as number);
  const tcp = new TcpSock(dump, address);
  const [received, read] = [tcp.number('received'), tcp.number('read')];
  return {
    sock: address,
    key: `${net} ${own}.${port} ${other}.${otherPort}`,
    peerKey: `${net} ${other}.${otherPort} ${own}.${port}`,
    port: port as number,
    otherPort,
    isEstablished: state === ESTABLISHED,
    isListening: state === LISTEN,
    readsForEver: sock.word('readLimit') === FOR_EVER,
    writesForEver: sock.word('writeLimit') === FOR_EVER,
    received: isFault(received) ? null : received,
    read: isFault(read) ? null : read,
  };
}

/** Ends that nobody has accept()ed yet, of connections to one that listens. */
export function* waitingEnds(dump: Dump, listening: TcpEnd): Generator<TcpEnd | Fault> {
  let at = new Listener(dump, listening.sock).pointer('first');
  for (let i = 0; i < MOST_WAITING && !isFault(at) && at !== 0n; i++) {
    const request = new Request(dump, at);
    const sock = request.pointer('sock');
    const end = isFault(sock) || sock === 0n ? undefined : endOf(dump, sock);
    if (end) yield end;
    at = request.pointer('next');
  }
  if (isFault(at)) yield at;
}

/** A port between the network's order of bytes and the machine's. */
const swap16 = (port: number): number => ((port & 0xff) << 8) | (port >>> 8);

/** As hexadecimal digits; IPv4 behind IPv6 as IPv4. */
function addressOf(sock: Sock, side: 'own' | 'other'): string | Fault {
  const is6 = sock.number('family') === INET6;
  const at = sock.addressOf(is6 ? `${side}6` : side);
  const bytes = isFault(at) ? at : sock.dump.memory.read(at, is6 ? 16 : 4);
  return isFault(bytes) ? bytes : Buffer.from(bytes).toString('hex').replace(MAPPED, '');
}
