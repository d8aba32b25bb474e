// The kernel's log: the lockless ring buffer, since 896fbe20b4e2 ("printk: use the lockless
// ringbuffer", v5.10). kernel/printk/printk_ringbuffer.[ch] (5.10, 6.12). Needs VMCOREINFO and memory
// alone, no symbols and no types: the log is what must be left when all else is gone.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Cursor, utf8 } from '../bytes/cursor.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { Memory } from '../memory/memory.ts';
import type { Vmcoreinfo } from '../memory/vmcoreinfo.ts';

/** A message of the kernel's log. */
export interface LogRecord {
  /** Number of the record since boot. */
  readonly seq: number;
  /** local_clock() when it was written: nanoseconds, near uptime. Beyond 104 days its lowest bits are lost. */
  readonly timestampNs: number;
  /** 0 emergency … 7 debug. */
  readonly level: number;
  /** syslog facility: 0 the kernel's own, 1 written by user programs through /dev/kmsg. */
  readonly facility: number;
  /** Who wrote it: `T155` task 155, `C0` CPU 0 outside a task. */
  readonly caller: string;
  /** The writer's command name, where the kernel keeps it (CONFIG_PRINTK_EXECUTION_CTX, v7.0); not escaped. */
  readonly comm: string | undefined;
  /** The message, not escaped, newlines inside it kept. undefined: the ring had no room for its text. */
  readonly text: string | undefined;
  /** Device dictionary; empty strings when there is none. */
  readonly subsystem: string;
  readonly device: string;
}

/** What the ring buffer of printk still held. */
export interface KernelLog {
  /** Oldest first. */
  readonly records: readonly LogRecord[];
  /** What is missing, and why: sentences. */
  readonly warnings: readonly string[];
}

/** What reading the log needs: a `Dump` has it. */
export interface LogSource {
  readonly memory: Memory;
  readonly vmcoreinfo: Vmcoreinfo;
}

/** enum desc_state: the two top bits of a descriptor's state_var; the others are its id. */
const RESERVED = 0;
const REUSABLE = 3;
const STATE_SHIFT = 62n;
const ID_MASK = (1n << STATE_SHIFT) - 1n;

/** Far more than the largest `log_buf_len` (2 GiB) takes: a larger count is damage. */
const MAX_BITS = 31;

/** A printk_info with its dictionary is at most some 120 bytes, a descriptor 24. */
const MAX_SLOT = 4096;

/** @returns the log, or why there is none: 'no-symbol' without the printk keys (before 5.10), or the Fault of the ring's own head */
export function readLog(source: LogSource): KernelLog | Fault {
  const layout = layoutOf(source.vmcoreinfo);
  if (isFault(layout)) return layout;
  const ring = readRing(source.memory, layout);
  return isFault(ring) ? ring : walkRing(source.memory, layout, ring);
}

interface Layout {
  readonly prb: VirtualAddress;
  readonly ringSize: number;
  readonly countBits: number;
  readonly descs: number;
  readonly infos: number;
  readonly headId: number;
  readonly tailId: number;
  readonly sizeBits: number;
  readonly data: number;
  readonly descSize: number;
  readonly stateVar: number;
  readonly begin: number;
  readonly next: number;
  readonly infoSize: number;
  readonly seq: number;
  readonly tsNsec: number;
  readonly textLen: number;
  readonly callerId: number;
  readonly comm: number | undefined;
  readonly subsystem: readonly [offset: number, length: number];
  readonly device: readonly [offset: number, length: number];
}

/** Offsets by VMCOREINFO. `text_data_ring` lies 8 further in 6.1.192 than in 5.10, `dev_info` 20 further in 7.2: only the keys are safe. */
function layoutOf(info: Vmcoreinfo): Layout | Fault {
  const missing: string[] = [];
  const need = (key: string, value: number | undefined): number => {
    if (value === undefined) missing.push(key);
    return value ?? 0;
  };
  const offset = (member: string) => need(member, info.offset(member));
  const size = (struct: string) => need(struct, info.size(struct));
  const prb = info.symbol('prb');
  if (prb === undefined)
    return new Fault('no-symbol', undefined, 'SYMBOL(prb) in VMCOREINFO: kernel older than 5.10');
  const counter = info.offset('atomic_long_t.counter') ?? 0;
  const desc = offset('printk_ringbuffer.desc_ring');
  const text = offset('printk_ringbuffer.text_data_ring');
  const lpos = offset('prb_desc.text_blk_lpos');
  const dev = offset('printk_info.dev_info');
  const callerId = offset('printk_info.caller_id');
  const layout: Layout = {
    prb,
    ringSize: size('printk_ringbuffer'),
    countBits: desc + offset('prb_desc_ring.count_bits'),
    descs: desc + offset('prb_desc_ring.descs'),
    infos: desc + offset('prb_desc_ring.infos'),
    headId: desc + offset('prb_desc_ring.head_id') + counter,
    tailId: desc + offset('prb_desc_ring.tail_id') + counter,
    sizeBits: text + offset('prb_data_ring.size_bits'),
    data: text + offset('prb_data_ring.data'),
    descSize: size('prb_desc'),
    stateVar: offset('prb_desc.state_var') + counter,
    begin: lpos + offset('prb_data_blk_lpos.begin'),
    next: lpos + offset('prb_data_blk_lpos.next'),
    infoSize: size('printk_info'),
    seq: offset('printk_info.seq'),
    tsNsec: offset('printk_info.ts_nsec'),
    textLen: offset('printk_info.text_len'),
    callerId,
    comm: commOffset(callerId, dev),
    subsystem: [
      dev + offset('dev_printk_info.subsystem'),
      Number(info.text('LENGTH(printk_info_subsystem)') ?? 16) || 16,
    ],
    device: [
      dev + offset('dev_printk_info.device'),
      Number(info.text('LENGTH(printk_info_device)') ?? 48) || 48,
    ],
  };
  if (missing.length > 0)
    return new Fault('no-member', undefined, `${missing.join(', ')} in VMCOREINFO`);
  if ([layout.ringSize, layout.descSize, layout.infoSize].some((n) => n === 0 || n > MAX_SLOT))
    return new Fault('implausible', undefined, 'sizes of the log structs in VMCOREINFO');
  return layout;
}

/**
 * Since 60325c27d3cf ("printk: Add execution context (task name/CPU) to printk_info", v7.0), where
 * configured, `u32 caller_id2; char comm[16]` lie between caller_id and dev_info, without keys of their own.
 */
const commOffset = (callerId: number, devInfo: number): number | undefined =>
  devInfo - callerId === 24 ? callerId + 8 : undefined;

interface Ring {
  readonly count: bigint;
  readonly descs: VirtualAddress;
  readonly infos: VirtualAddress;
  readonly head: bigint;
  readonly tail: bigint;
  readonly dataSize: bigint;
  readonly data: VirtualAddress;
}

function readRing(memory: Memory, layout: Layout): Ring | Fault {
  // `prb` points to printk_rb_static until setup_log_buf() finds that a larger one is needed.
  const at = memory.pointer(layout.prb);
  if (isFault(at)) return at;
  const bytes = memory.read(at, layout.ringSize);
  if (isFault(bytes)) return bytes;
  const ring = new Cursor(bytes);
  const countBits = ring.u32(layout.countBits) ?? 0;
  const sizeBits = ring.u32(layout.sizeBits) ?? 0;
  if (countBits === 0 || countBits > MAX_BITS || sizeBits < 3 || sizeBits > MAX_BITS)
    return new Fault('implausible', at, `a log of 2^${countBits} records in 2^${sizeBits} bytes`);
  return {
    count: 1n << BigInt(countBits),
    descs: virtual(ring.u64(layout.descs) ?? 0n),
    infos: virtual(ring.u64(layout.infos) ?? 0n),
    head: (ring.u64(layout.headId) ?? 0n) & ID_MASK,
    tail: (ring.u64(layout.tailId) ?? 0n) & ID_MASK,
    dataSize: 1n << BigInt(sizeBits),
    data: virtual(ring.u64(layout.data) ?? 0n),
  };
}

/** Why records were left out, counted. */
class Losses {
  unfinished = 0;
  reused = 0;
  unreadable = 0;
  texts = 0;
  cut = false;
  firstFault: Fault | undefined;

  unread(fault: Fault): void {
    this.unreadable++;
    this.firstFault ??= fault;
  }

  get sentences(): string[] {
    const said: string[] = [];
    const records = (n: number) => `${n} log record${n === 1 ? '' : 's'}`;
    if (this.unreadable > 0)
      said.push(`${records(this.unreadable)} cannot be read: ${this.firstFault?.explain()}`);
    if (this.texts > 0)
      said.push(`the text of ${records(this.texts)} was not stored: the log had no room for it`);
    if (this.unfinished > 0)
      said.push(`${records(this.unfinished)} was still being written when the machine stopped`);
    // The oldest slot is always being recycled once a log has wrapped.
    if (this.reused > 1)
      said.push(`${records(this.reused)} left out: their slots were being reused`);
    if (this.cut) said.push('the log claims more records than it has room for: newest ones only');
    return said;
  }
}

function walkRing(memory: Memory, layout: Layout, ring: Ring): KernelLog {
  const losses = new Losses();
  const records: LogRecord[] = [];
  // An id has 62 bits and may wrap: count steps, not values.
  let steps = (ring.head - ring.tail) & ID_MASK;
  if (steps >= ring.count) {
    steps = ring.count - 1n;
    losses.cut = true;
  }
  const first = ring.head - steps;
  for (let step = 0n; step <= steps; step++) {
    const record = readRecord(memory, layout, ring, (first + step) & ID_MASK, losses);
    if (record) records.push(record);
    if (losses.unreadable > MAX_UNREADABLE && records.length === 0) break;
  }
  return { records, warnings: losses.sentences };
}

/** With nothing read so far, this many holes mean that there is no log here. */
const MAX_UNREADABLE = 100_000;

function readRecord(
  memory: Memory,
  layout: Layout,
  ring: Ring,
  id: bigint,
  losses: Losses,
): LogRecord | undefined {
  const slot = id & (ring.count - 1n);
  const desc = readCursor(memory, ring.descs + slot * BigInt(layout.descSize), layout.descSize);
  if (isFault(desc)) {
    losses.unread(desc);
    return undefined;
  }
  const stateVar = desc.u64(layout.stateVar) ?? 0n;
  const state = Number(stateVar >> STATE_SHIFT);
  if ((stateVar & ID_MASK) !== id || state === REUSABLE) {
    losses.reused++;
    return undefined;
  }
  if (state === RESERVED) {
    losses.unfinished++;
    return undefined;
  }
  const info = readCursor(memory, ring.infos + slot * BigInt(layout.infoSize), layout.infoSize);
  if (isFault(info)) {
    losses.unread(info);
    return undefined;
  }
  const block = { begin: desc.u64(layout.begin) ?? 0n, next: desc.u64(layout.next) ?? 0n };
  const text = readText(memory, ring, block, info.u16(layout.textLen) ?? 0);
  if (isFault(text)) losses.unread(text);
  else if (text === undefined) losses.texts++;
  return makeRecord(layout, info, isFault(text) ? undefined : text);
}

function makeRecord(layout: Layout, info: Cursor, text: string | undefined): LogRecord {
  const callerId = info.u32(layout.callerId) ?? 0;
  const isCpu = callerId >= 0x8000_0000;
  return {
    seq: Number(info.u64(layout.seq) ?? 0n),
    timestampNs: Number(info.u64(layout.tsNsec) ?? 0n),
    // `u8 facility; u8 flags:5; u8 level:3;` follow text_len.
    level: (info.u8(layout.textLen + 3) ?? 0) >> 5,
    facility: info.u8(layout.textLen + 2) ?? 0,
    caller: `${isCpu ? 'C' : 'T'}${isCpu ? callerId - 0x8000_0000 : callerId}`,
    comm: layout.comm === undefined ? undefined : info.text(layout.comm, 16),
    text,
    subsystem: info.text(...layout.subsystem),
    device: info.text(...layout.device),
  };
}

/**
 * A data block's text. Positions are logical (they count laps); bit 0 set marks a record without data:
 * an empty line (3) or one for which there was no room (1).
 *
 * @returns undefined when there was no room for the text
 */
function readText(
  memory: Memory,
  ring: Ring,
  { begin, next }: { begin: bigint; next: bigint },
  length: number,
): string | undefined | Fault {
  const mask = ring.dataSize - 1n;
  if ((begin & 1n) === 1n && (next & 1n) === 1n) return begin === 3n ? '' : undefined;
  const sameLap = begin / ring.dataSize === next / ring.dataSize;
  const end = next & mask;
  // A block that does not fit before the end lies at the start of the buffer, whole; one that ends
  // exactly at the end counts as the next lap's position 0 (since v6.18) and did not wrap.
  const start = sameLap || end === 0n ? begin & mask : 0n;
  const room = (end === 0n ? ring.dataSize : end) - start - ID_BYTES;
  if (room < 0n) return new Fault('implausible', ring.data, 'a block of the log');
  const bytes = memory.read(
    virtual(ring.data + start + ID_BYTES),
    Number(room < BigInt(length) ? room : length),
  );
  return isFault(bytes) ? bytes : utf8(bytes);
}

/** Each block begins with its descriptor's id. */
const ID_BYTES = 8n;

function readCursor(memory: Memory, at: bigint, length: number): Cursor | Fault {
  const bytes = memory.read(virtual(at), length);
  return isFault(bytes) ? bytes : new Cursor(bytes);
}

/**
 * The log, read once a dump.
 *
 * @example
 * ```js
 * const log = kernelLog(dump);
 * if (isFault(log)) console.log(log.explain());
 * else console.log(log.records[0].text.slice(0, 13)); // Linux version
 * ```
 */
export function kernelLog(dump: LogSource & { memo<T>(key: unknown, make: () => T): T }) {
  return dump.memo<KernelLog | Fault>(kernelLog, () => readLog(dump));
}
