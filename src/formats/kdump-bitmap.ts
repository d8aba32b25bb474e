// The bitmaps of a kdump-compressed file: which page is there, and the how-manieth.
import { type Fault, isFault } from '../bytes/fault.ts';
import type { RandomAccessFile } from '../bytes/file.ts';

/** Bitmap bytes held at a time: the pages of 2 GiB of memory. */
const CHUNK = 64 << 10;
const CHUNK_BITS = CHUNK * 8;
/** Chunks held: 128 GiB of memory's worth in some 4 MiB, whatever size the machine had. */
const CHUNKS_KEPT = 64;
/** Bitmap bytes to one running count. */
const STRIDE = 64;
/** Bytes read at once when the whole bitmap is counted. */
const SWEEP = 1 << 20;

interface Chunk {
  readonly bytes: Uint8Array;
  /** Set bits of this chunk before each stride; only in a ranked bitmap. */
  readonly counts: Uint32Array | undefined;
}

/** One bit a page frame, in the file; read in chunks, of which a bounded number is kept. */
export class Bitmap {
  readonly #file: RandomAccessFile;
  readonly #at: number;
  readonly #length: number;
  readonly #chunks = new Map<number, Chunk>();
  #lastIndex = -1;
  #last: Chunk | undefined;
  /** Set bits before each chunk, and behind the last; only in a ranked bitmap. */
  #before: Float64Array | undefined;

  /** @param length in bytes, all of them within the file */
  constructor(file: RandomAccessFile, at: number, length: number) {
    this.#file = file;
    this.#at = at;
    this.#length = length;
  }

  /** Whether the bit of a frame is set. Frames beyond the bitmap have none. */
  has(pfn: number): boolean | Fault {
    const index = Math.floor(pfn / CHUNK_BITS);
    if (index * CHUNK >= this.#length || pfn < 0) return false;
    const chunk = this.#chunk(index);
    if (isFault(chunk)) return chunk;
    return hasBit(chunk.bytes, pfn - index * CHUNK_BITS);
  }

  /**
   * Counts all set bits, in one sequential read; afterwards `rank` may be asked.
   * Keeps one number for every 2 GiB of memory.
   */
  index(): Fault | undefined {
    const chunks = Math.ceil(this.#length / CHUNK);
    const before = new Float64Array(chunks + 1);
    for (let at = 0; at < this.#length; at += SWEEP) {
      const bytes = this.#file.read(this.#at + at, Math.min(SWEEP, this.#length - at));
      if (isFault(bytes)) return bytes;
      for (let from = 0; from < bytes.length; from += CHUNK) {
        const index = (at + from) / CHUNK;
        const set = popcount(bytes.subarray(from, from + CHUNK));
        before[index + 1] = (before[index] as number) + set;
      }
    }
    this.#before = before;
    return undefined;
  }

  /** How many bits are set below a frame's. `index` must have been called. */
  rank(pfn: number): number | Fault {
    const before = this.#before as Float64Array;
    const index = Math.floor(pfn / CHUNK_BITS);
    if (pfn >= this.#length * 8) return before[before.length - 1] as number;
    const chunk = this.#chunk(index);
    if (isFault(chunk)) return chunk;
    return (before[index] as number) + rankIn(chunk, pfn - index * CHUNK_BITS);
  }

  /** Runs `[first, end)` of set bits, ascending; bits at `limit` and above do not count. */
  *runs(limit: number): Generator<readonly [number, number]> {
    let start = -1;
    for (let index = 0; index * CHUNK < this.#length; index++) {
      const base = index * CHUNK_BITS;
      if (base >= limit) break;
      if (start < 0 && this.#before && this.#before[index] === this.#before[index + 1]) continue;
      const chunk = this.#chunk(index);
      if (isFault(chunk)) break;
      const bits = Math.min(chunk.bytes.length * 8, limit - base);
      for (let bit = 0; bit < bits; ) {
        const isSet = start >= 0;
        bit = nextChange(chunk.bytes, bit, bits, isSet);
        if (bit >= bits) break;
        if (isSet) yield [start, base + bit];
        start = isSet ? -1 : base + bit;
      }
    }
    if (start >= 0) yield [start, Math.min(limit, this.#length * 8)];
  }

  #chunk(index: number): Chunk | Fault {
    if (index === this.#lastIndex) return this.#last as Chunk;
    let chunk = this.#chunks.get(index);
    if (!chunk) {
      const at = index * CHUNK;
      const bytes = this.#file.read(this.#at + at, Math.min(CHUNK, this.#length - at));
      if (isFault(bytes)) return bytes;
      chunk = { bytes, counts: this.#before && countStrides(bytes) };
      if (this.#chunks.size >= CHUNKS_KEPT)
        for (const oldest of this.#chunks.keys()) {
          this.#chunks.delete(oldest);
          break;
        }
      this.#chunks.set(index, chunk);
    }
    this.#lastIndex = index;
    this.#last = chunk;
    return chunk;
  }
}

const hasBit = (bytes: Uint8Array, bit: number): boolean =>
  (((bytes[bit >> 3] as number) >> (bit & 7)) & 1) === 1;

/** The first bit at or behind `bit` that differs from `isSet`, or `end`. */
function nextChange(bytes: Uint8Array, from: number, end: number, isSet: boolean): number {
  const whole = isSet ? 0xff : 0;
  let bit = from;
  while (bit < end) {
    if ((bit & 7) === 0 && bytes[bit >> 3] === whole) bit += 8;
    else if (hasBit(bytes, bit) === isSet) bit++;
    else return bit;
  }
  return end;
}

function countStrides(bytes: Uint8Array): Uint32Array {
  const counts = new Uint32Array(Math.ceil(bytes.length / STRIDE));
  let count = 0;
  for (let i = 0; i < counts.length; i++) {
    counts[i] = count;
    count += popcount(bytes.subarray(i * STRIDE, (i + 1) * STRIDE));
  }
  return counts;
}

function rankIn({ bytes, counts }: Chunk, bit: number): number {
  const byte = bit >> 3;
  const stride = Math.floor(byte / STRIDE);
  let count = (counts as Uint32Array)[stride] as number;
  for (let i = stride * STRIDE; i < byte; i++) count += bitsOf[bytes[i] as number] as number;
  return count + (bitsOf[(bytes[byte] as number) & ((1 << (bit & 7)) - 1)] as number);
}

/** Set bits of each byte. */
const bitsOf = new Uint8Array(256);
for (let byte = 1; byte < 256; byte++) bitsOf[byte] = (bitsOf[byte >> 1] as number) + (byte & 1);

/** Set bits, by words where the bytes are aligned as words must be. */
function popcount(bytes: Uint8Array): number {
  let count = 0;
  let i = 0;
  if (bytes.byteOffset % 4 === 0) {
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    for (let w = 0; w < words.length; w++) {
      const word = words[w] as number;
      if (word !== 0) count += bitsOfWord(word);
    }
    i = words.length * 4;
  }
  for (; i < bytes.length; i++) count += bitsOf[bytes[i] as number] as number;
  return count;
}

/** Sums neighbouring bits, then pairs, then quadruples, then bytes. */
function bitsOfWord(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const quads = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((quads + (quads >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
