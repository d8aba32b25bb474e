// The stored pages of one kdump-compressed file: a descriptor by its index, then the bytes it points at.
import { type FileOffset, physical } from '../bytes/address.ts';
import type { Decompress } from '../bytes/codec/codec.ts';
import { lzo } from '../bytes/codec/lzo.ts';
import { snappy } from '../bytes/codec/snappy.ts';
import { zlib } from '../bytes/codec/zlib.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { RandomAccessFile } from '../bytes/file.ts';
import { Windows } from '../bytes/windows.ts';
import { BLOCK, COMPRESSED, DESCRIPTOR } from './kdump-header.ts';

/** Descriptors read at a time: 6 KiB, hardly dearer than one. */
const CHUNK = 256;
/** Chunks kept: descriptors of 512 MiB of pages, in 3 MiB. */
const CHUNKS_KEPT = 512;

/** Decoders by flag. That for zstd is put in when it has been loaded. */
export type Decoders = Map<number, Decompress>;

/** Decoders that need no loading. */
export const decoders = (): Decoders =>
  new Map<number, Decompress>([
    [COMPRESSED.zlib, zlib],
    [COMPRESSED.lzo, lzo],
    [COMPRESSED.snappy, snappy],
  ]);

/** Descriptors and data of one file. */
export class StoredPages {
  readonly #file: RandomAccessFile;
  readonly #windows: Windows;
  readonly #at: number;
  /** How many descriptors the bitmap says there are, and how many of them the file has room for. */
  readonly #count: number;
  readonly #whole: number;
  readonly #decoders: Decoders;
  readonly #chunks = new Map<number, DataView>();
  #lastIndex = -1;
  #last: DataView | undefined;
  /** Where the zero page that most zero pages share is stored, once one was met. */
  #zeroAt = -1;
  #zero: Uint8Array | undefined;

  /** @param at where the descriptors begin */
  constructor(file: RandomAccessFile, at: number, count: number, decoders: Decoders) {
    this.#file = file;
    this.#windows = new Windows(file);
    this.#at = at;
    this.#count = count;
    this.#whole = Math.min(count, Math.max(0, Math.floor((file.size - at) / DESCRIPTOR)));
    this.#decoders = decoders;
  }

  /** The page whose descriptor is the `index`-th; `pfn` only names it in a fault. */
  page(index: number, pfn: number): Uint8Array | Fault {
    const chunk = this.#chunk(index);
    if (isFault(chunk)) return new Fault('truncated', frameAt(pfn), 'its descriptor was cut off');
    const at = (index % CHUNK) * DESCRIPTOR;
    const offset = offsetAt(chunk, at);
    if (offset === this.#zeroAt) return this.#zero as Uint8Array;
    const size = chunk.getUint32(at + 8, true);
    const flags = chunk.getUint32(at + 12, true);
    if (offset === 0) return new Fault('truncated', frameAt(pfn), 'makedumpfile did not get to it');
    if (size === 0 || size > BLOCK) return this.#corrupt(index, `a page of ${size} bytes`);
    // Small reads gain by windows; whole pages, of which few neighbours are asked for, do not.
    const stored = flags === 0 ? this.#file.read(offset, size) : this.#windows.view(offset, size);
    if (isFault(stored)) return new Fault('truncated', frameAt(pfn));
    const page = this.#decode(stored, flags, index);
    if (!isFault(page) && isZero(page)) {
      this.#zeroAt = offset;
      this.#zero = page;
    }
    return page;
  }

  #decode(stored: Uint8Array, flags: number, index: number): Uint8Array | Fault {
    if (flags === 0)
      return stored.length === BLOCK
        ? stored
        : this.#corrupt(index, `an uncompressed page of ${stored.length} bytes`);
    const decompress = this.#decoders.get(flags);
    if (decompress)
      return decompress(stored, BLOCK) ?? this.#corrupt(index, 'the page does not decompress');
    return this.#corrupt(
      index,
      flags === COMPRESSED.zstd
        ? 'a zstd page in a dump whose header names no zstd'
        : `unknown page flags 0x${flags.toString(16)}`,
    );
  }

  #corrupt(index: number, detail: string): Fault {
    return new Fault('corrupt', (this.#at + index * DESCRIPTOR) as FileOffset, detail);
  }

  /** Whether the file ends before this page does. */
  isCut(index: number): boolean {
    const chunk = this.#chunk(index);
    return isFault(chunk) || isBeyond(chunk, (index % CHUNK) * DESCRIPTOR, this.#file.size);
  }

  /**
   * How many pages lie beyond the end of the file. Data follows the order of the descriptors, so in a whole file
   * a look at the last ones is enough; only where they are cut off are all of them looked at.
   */
  countCut(): number {
    if (this.#count === 0 || !this.#endIsCut()) return 0;
    let cut = this.#count - this.#whole;
    for (let index = 0; index < this.#whole; index += SWEEP) {
      const count = Math.min(SWEEP, this.#whole - index);
      const chunk = this.#read(index, count);
      if (isFault(chunk)) return cut + this.#whole - index;
      for (let i = 0; i < count; i++) if (isBeyond(chunk, i * DESCRIPTOR, this.#file.size)) cut++;
    }
    return cut;
  }

  /**
   * How many descriptors the writer left room for: data begins directly behind them, with that of the first page.
   * Undefined when the first descriptor does not say.
   */
  get room(): number | undefined {
    const chunk = this.#count > 0 ? this.#chunk(0) : undefined;
    if (!chunk || isFault(chunk)) return undefined;
    const room = (offsetAt(chunk, 0) - this.#at) / DESCRIPTOR;
    return Number.isSafeInteger(room) && room > 0 ? room : undefined;
  }

  #endIsCut(): boolean {
    if (this.#whole < this.#count) return true;
    let index = this.#count - 1;
    const last = this.#chunk(index);
    const first = isFault(last) ? 0 : offsetAt(last, (index % CHUNK) * DESCRIPTOR);
    // A tail of zero pages points at the shared one, far ahead: go back to one that does not.
    for (let looked = 0; index >= 0 && looked < SWEEP; looked++, index--) {
      if (this.isCut(index)) return true;
      const chunk = this.#chunk(index);
      if (isFault(chunk) || offsetAt(chunk, (index % CHUNK) * DESCRIPTOR) !== first) break;
    }
    return false;
  }

  #chunk(index: number): DataView | Fault {
    const number = Math.floor(index / CHUNK);
    if (number === this.#lastIndex && index < this.#whole) return this.#last as DataView;
    if (index >= this.#whole) return new Fault('truncated', this.#file.size as FileOffset);
    let chunk = this.#chunks.get(number);
    if (!chunk) {
      const read = this.#read(number * CHUNK, Math.min(CHUNK, this.#whole - number * CHUNK));
      if (isFault(read)) return read;
      chunk = read;
      if (this.#chunks.size >= CHUNKS_KEPT)
        for (const oldest of this.#chunks.keys()) {
          this.#chunks.delete(oldest);
          break;
        }
      this.#chunks.set(number, chunk);
    }
    this.#lastIndex = number;
    this.#last = chunk;
    return chunk;
  }

  #read(index: number, count: number): DataView | Fault {
    const bytes = this.#file.read(this.#at + index * DESCRIPTOR, count * DESCRIPTOR);
    return isFault(bytes) ? bytes : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}

/** Descriptors looked at in one go when a cut file is counted. */
const SWEEP = 16384;

/** The offset field as a number. Beyond 2^53 it is inexact, and beyond any file all the same. */
const offsetAt = (chunk: DataView, at: number): number =>
  chunk.getUint32(at, true) + chunk.getUint32(at + 4, true) * 2 ** 32;

function isBeyond(chunk: DataView, at: number, size: number): boolean {
  const offset = offsetAt(chunk, at);
  return offset === 0 || offset + chunk.getUint32(at + 8, true) > size;
}

/** Where a frame lies, for a fault; no address where that is beyond what a number holds. */
export const frameAt = (pfn: number) =>
  Number.isSafeInteger(pfn * BLOCK) && pfn >= 0 ? physical(pfn * BLOCK) : undefined;

function isZero(page: Uint8Array): boolean {
  if (page[0] !== 0 || page[BLOCK - 1] !== 0) return false;
  for (let i = 0; i < BLOCK; i++) if (page[i] !== 0) return false;
  return true;
}
