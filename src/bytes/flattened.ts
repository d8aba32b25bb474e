// makedumpfile's flattened form: a file told as records, so that it can go through a pipe. QEMU writes every
// kdump like this. makedumpfile.h (makedumpfile 1.7.8), dump.c (QEMU 7.2). All numbers are big-endian.
//
//      0  char[16] "makedumpfile" · 16 s64 type = 1 · 24 s64 version = 1 · zeros up to 4096
//   4096  records { s64 offset; s64 size; bytes }, in any order; offset = size = -1 ends them
import type { FileOffset } from './address.ts';
import { Fault, isFault } from './fault.ts';
import type { RandomAccessFile } from './file.ts';
import { Pieces } from './pieces.ts';

const SIGNATURE = 'makedumpfile\0';
const HEADER = 4096;
const RECORD_HEAD = 16;
/** A record head is read alone when records are large, and with what follows it when they are small. */
const SMALL_RECORD = 4096;
const READ_AHEAD = 64 << 10;
/** Writers leave gaps to fill up a block; a larger one in a cut stream is what was cut. */
const PADDING = 4096;

/** Looks at the first bytes only. */
export const isFlattened = (head: Uint8Array): boolean =>
  Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1', 0, SIGNATURE.length) ===
  SIGNATURE;

/** The file that was flattened, and what became of it on the way. */
export interface Flattened extends RandomAccessFile {
  readonly records: number;
  /** Whether the end marker was reached. */
  readonly isWhole: boolean;
  readonly warnings: readonly string[];
}

/**
 * Indexes all records, in one pass over their heads.
 *
 * Gaps read as zeros, as they do where such a stream is written to a file; in a stream that was cut,
 * a gap larger than a block is a `truncated` fault.
 */
export function openFlattened(file: RandomAccessFile): Flattened | Fault {
  const head = file.read(0, Math.min(32, file.size));
  if (isFault(head) || head.length < 32 || !isFlattened(head))
    return new Fault('corrupt', 0 as FileOffset, 'not the flattened form');
  const view = viewOf(head);
  const type = view.getBigInt64(16);
  const version = view.getBigInt64(24);
  if (type !== 1n || version !== 1n)
    return new Fault(
      'corrupt',
      16 as FileOffset,
      `flattened form of type ${type}, version ${version}; only 1, 1 is known`,
    );
  return new Unflattened(file, indexRecords(file));
}

interface Records {
  /** Where each record belongs, and where its bytes lie in the stream. */
  readonly starts: number[];
  readonly ends: number[];
  readonly places: number[];
  readonly isWhole: boolean;
  readonly warnings: string[];
}

function indexRecords(file: RandomAccessFile): Records {
  const starts: number[] = [];
  const ends: number[] = [];
  const places: number[] = [];
  const stop = (isWhole: boolean, ...warnings: string[]): Records => {
    return { starts, ends, places, isWhole, warnings };
  };
  const heads = new HeadReader(file);
  for (let at = HEADER; ; ) {
    const view = heads.at(at);
    if (!view) return stop(false, cut(at));
    const offset = view.getBigInt64(0);
    const size = view.getBigInt64(8);
    if (offset === -1n && size === -1n) return stop(true);
    if (offset < 0n || size < 0n || offset + size > BigInt(Number.MAX_SAFE_INTEGER))
      return stop(false, `the flattened stream is damaged at byte ${at}; what follows is not read`);
    const length = Math.min(Number(size), file.size - at - RECORD_HEAD);
    if (length > 0) {
      starts.push(Number(offset));
      ends.push(Number(offset) + length);
      places.push(at + RECORD_HEAD);
    }
    if (length < Number(size)) return stop(false, cut(file.size));
    at += RECORD_HEAD + length;
    heads.expect(length);
  }
}

const cut = (at: number): string =>
  `the flattened stream ends at byte ${at} without its end marker: it was cut, and what came later is missing`;

/** Record heads in file order. */
class HeadReader {
  readonly #file: RandomAccessFile;
  #window: DataView | undefined;
  #windowAt = 0;
  #ahead = RECORD_HEAD;

  constructor(file: RandomAccessFile) {
    this.#file = file;
  }

  /** Records are likely to be as long as the last one. */
  expect(length: number): void {
    this.#ahead = length < SMALL_RECORD ? READ_AHEAD : RECORD_HEAD;
  }

  /** The 16 bytes at a place of the stream; nothing beyond its end. */
  at(place: number): DataView | undefined {
    const window = this.#window;
    const from = place - this.#windowAt;
    if (window && from + RECORD_HEAD <= window.byteLength)
      return new DataView(window.buffer, window.byteOffset + from, RECORD_HEAD);
    const length = Math.min(this.#ahead, this.#file.size - place);
    if (length < RECORD_HEAD) return undefined;
    const bytes = this.#file.read(place, length);
    if (isFault(bytes)) return undefined;
    this.#windowAt = place;
    this.#window = viewOf(bytes);
    return this.#window;
  }
}

class Unflattened implements Flattened {
  readonly name: string;
  readonly container: string;
  readonly size: number;
  readonly records: number;
  readonly isWhole: boolean;
  readonly warnings: readonly string[];
  readonly #file: RandomAccessFile;
  readonly #pieces: Pieces;
  /** Where in the stream each piece lies. */
  readonly #places: readonly number[];

  constructor(file: RandomAccessFile, records: Records) {
    this.name = file.name;
    this.#file = file;
    this.#pieces = new Pieces(records.starts, records.ends);
    const { starts, owners } = this.#pieces;
    this.#places = owners.map(
      (record, i) =>
        (records.places[record] as number) +
        ((starts[i] as number) - (records.starts[record] as number)),
    );
    this.size = this.#pieces.ends.at(-1) ?? 0;
    this.records = records.starts.length;
    this.container = `flattened, ${this.records} records`;
    this.isWhole = records.isWhole;
    this.warnings = records.warnings;
  }

  read(offset: number, length: number): Uint8Array | Fault {
    if (offset < 0 || length < 0 || offset + length > this.size)
      return new Fault('truncated', Math.max(0, offset) as FileOffset);
    const first = this.#pieces.after(offset);
    if (this.#holds(first, offset, length))
      return this.#file.read(this.#place(first, offset), length);
    return this.#assemble(first, offset, length);
  }

  #holds(piece: number, offset: number, length: number): boolean {
    const { starts, ends } = this.#pieces;
    return (starts[piece] ?? Infinity) <= offset && offset + length <= (ends[piece] ?? 0);
  }

  /** Where in the stream a byte of a piece lies. */
  #place(piece: number, offset: number): number {
    return (this.#places[piece] as number) + offset - (this.#pieces.starts[piece] as number);
  }

  #assemble(first: number, offset: number, length: number): Uint8Array | Fault {
    const { starts, ends } = this.#pieces;
    const bytes = new Uint8Array(new ArrayBuffer(length));
    const end = offset + length;
    for (let piece = first; piece < starts.length && (starts[piece] as number) < end; piece++) {
      if (this.#isLost(piece, offset)) return this.#lost(offset);
      const from = Math.max(offset, starts[piece] as number);
      const to = Math.min(end, ends[piece] as number);
      const part = this.#file.read(this.#place(piece, from), to - from);
      if (isFault(part)) return part;
      bytes.set(part, from - offset);
    }
    const next = this.#pieces.after(end - 1);
    return this.#isLost(next, end - 1) ? this.#lost(offset) : bytes;
  }

  /** Whether what lies between a piece and the one before it is missing, and is part of the question. */
  #isLost(piece: number, offset: number): boolean {
    if (this.isWhole) return false;
    const start = this.#pieces.starts[piece] ?? this.size;
    const before = piece === 0 ? 0 : (this.#pieces.ends[piece - 1] as number);
    return start > offset && start - before >= PADDING;
  }

  #lost(offset: number): Fault {
    return new Fault('truncated', offset as FileOffset, 'the flattened stream was cut');
  }

  close(): void {
    this.#file.close();
  }
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
