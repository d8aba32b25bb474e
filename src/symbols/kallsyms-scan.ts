// kallsyms by shape, for kernels whose VMCOREINFO does not name its tables (5.10 does not, 6.1 does).
//
// What is certain in every layout (scripts/kallsyms.c at 5.10, 6.1, 6.12 and 7.2): the digits are characters of
// some symbol, so their codes 0x30 to 0x39 stand for themselves and token_table holds "0\0" "1\0" … "9\0"; 256
// ascending u16 in token_index say where each token begins; and one marker for each 256 symbols says where its
// block begins in names. Everything else is found from there, and each find is checked by the next.
//
//   5.10, 6.1   offsets · relative_base · num_syms · names · markers · (seqs_of_names) · token_table · token_index
//   6.12, 7.2   num_syms · names · markers · token_table · token_index · offsets · (relative_base) · seqs_of_names
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import { type Memory, PAGE_SIZE } from '../memory/memory.ts';
import { Region } from '../memory/region.ts';
import type { KallsymsTables } from './kallsyms-tables.ts';

/** The part of the kernel's image to search: its read-only data, as far as that is known. */
export interface ImageRange {
  readonly start: VirtualAddress;
  readonly size: number;
  /** Where the image begins (`_text`): what a relative_base must be near. */
  readonly text: VirtualAddress;
}

const BLOCK = 256;
/** A token is at most this long, a name in codes as well: KSYM_NAME_LEN is 512, the longest seen 199. */
const MAX_TOKEN = 64;
const MAX_BLOCK_BYTES = BLOCK * 256;
/** No kernel has fewer symbols than this many blocks: keeps chance from looking like markers. */
const MIN_MARKERS = 8;
const MAX_MARKERS = 8192;
/** seqs_of_names takes three bytes a symbol: what may lie between markers and token_table. */
const MAX_SEQS = MAX_MARKERS * BLOCK * 3;

const DIGITS = Buffer.from(
  '0\u00001\u00002\u00003\u00004\u00005\u00006\u00007\u00008\u00009\u0000',
);

/** Finds the symbol tables, reading each page of the range at most once until they are found. */
export function findKallsyms(memory: Memory, range: ImageRange): KallsymsTables | Fault {
  const image = new Image(memory, range);
  for (const hit of image.search(DIGITS)) {
    const tables = tablesAround(image, hit, range.text);
    if (tables) return tables;
  }
  return new Fault('no-symbol', undefined, 'nothing in the kernel image has the shape of kallsyms');
}

function tablesAround(image: Image, hit: number, text: VirtualAddress): KallsymsTables | undefined {
  const tokens = findTokens(image, hit);
  if (!tokens) return undefined;
  for (const markers of findMarkers(image, tokens.table)) {
    const names = findNames(image, markers);
    if (!names) continue;
    const offsets = findOffsets(image, names, tokens.index, text);
    if (!offsets) continue;
    return {
      names: image.address(names.at),
      count: names.count,
      tokenTable: image.address(tokens.table),
      tokenIndex: image.address(tokens.index),
      offsets: image.address(offsets.at),
      relativeBase: offsets.relativeBase,
      markers: image.address(markers.at),
    };
  }
  return undefined;
}

/** From where token 0x30 begins to the whole table and its index. */
function findTokens(image: Image, hit: number): { table: number; index: number } | undefined {
  let end = hit;
  for (let code = 0x30; code < 256; code++) {
    const length = image.textLength(end, MAX_TOKEN);
    if (length === undefined) return undefined;
    end += length + 1;
  }
  for (const alignment of [8, 4, 2, 1]) {
    const index = Math.ceil(end / alignment) * alignment;
    const table = hit - image.u16(index + 0x30 * 2);
    if (isTokenIndex(image, table, index)) return { table, index };
  }
  return undefined;
}

function isTokenIndex(image: Image, table: number, index: number): boolean {
  if (image.u16(index) !== 0) return false;
  for (let code = 1; code < 256; code++) {
    const start = image.u16(index + code * 2);
    if (start <= image.u16(index + code * 2 - 2) || image.u8(table + start - 1) !== 0) return false;
  }
  return true;
}

interface Markers {
  readonly at: number;
  readonly count: number;
}

/**
 * Ascending u32s from 0 that end before token_table: right before it, or before seqs_of_names that lies between.
 */
function* findMarkers(image: Image, tokenTable: number): Generator<Markers> {
  const first = Math.floor(tokenTable / 4) * 4;
  for (let end = first; end > 0 && end > first - MAX_SEQS; end -= 4) {
    let at = end - 4;
    while (end - at < MAX_MARKERS * 4) {
      const here = image.u32(at);
      const before = image.u32(at - 4);
      if (here <= before || here - before > MAX_BLOCK_BYTES) break;
      at -= 4;
    }
    const count = (end - at) / 4;
    if (count >= MIN_MARKERS && image.u32(at) === 0) yield { at, count };
  }
}

/** Names end where markers begin, give or take their alignment; their number lies right before them. */
function findNames(image: Image, markers: Markers): { at: number; count: number } | undefined {
  const { at: end, count: blocks } = markers;
  const last = image.u32(end + (blocks - 1) * 4);
  const second = image.u32(end + 4);
  for (let tail = 1; tail <= MAX_BLOCK_BYTES && last + tail + 8 < end; tail++) {
    const at = end - last - tail;
    if (at % 4 !== 0) continue;
    for (const distance of [4, 8]) {
      const count = image.u32(at - distance);
      if (count <= (blocks - 1) * BLOCK || count > blocks * BLOCK) continue;
      if (skipNames(image, at, BLOCK) !== at + second) continue;
      const stop = skipNames(image, at + last, count - (blocks - 1) * BLOCK);
      if (stop <= end && stop > end - 8) return { at, count };
    }
  }
  return undefined;
}

/** The place behind `count` entries: see kallsyms.ts for their length. */
function skipNames(image: Image, at: number, count: number): number {
  for (let i = 0; i < count; i++) {
    const first = image.u8(at);
    if (first <= 0) return -1;
    at += first & 0x80 ? 2 + ((first & 0x7f) | (image.u8(at + 1) << 7)) : 1 + first;
  }
  return at;
}

function findOffsets(
  image: Image,
  names: { readonly at: number; readonly count: number },
  tokenIndex: number,
  text: VirtualAddress,
): { at: number; relativeBase: bigint | undefined } | undefined {
  const bytes = Math.ceil((names.count * 4) / 8) * 8;
  // relative_base is _text: scripts/kallsyms.c takes the lowest address that is not absolute.
  const isBase = (value: bigint) => value <= text && text - value < 0x1000000n;
  // The older order has it before names, with num_syms and its padding between.
  const before = image.u64(names.at - 16);
  if (isBase(before)) return { at: names.at - 16 - bytes, relativeBase: before };
  const at = tokenIndex + 512;
  const after = image.u64(at + bytes);
  return { at, relativeBase: isBase(after) ? after : undefined };
}

/** The image as bytes at offsets from the start of the range; what is missing reads as −1. */
class Image {
  readonly #start: bigint;
  readonly #bytes: Region;
  readonly #pages: (page: number) => Uint8Array | Fault;

  constructor(memory: Memory, range: ImageRange) {
    this.#start = range.start & ~0xfffn;
    this.#bytes = Region.of(memory, virtual(this.#start), range.size);
    const first = Number(range.start >> 12n);
    this.#pages = (number) => memory.page(first + number);
  }

  address(offset: number): VirtualAddress {
    return virtual(this.#start + BigInt(offset));
  }

  u8(offset: number): number {
    return this.#bytes.u8(offset);
  }

  u16(offset: number): number {
    return this.#bytes.u16(offset);
  }

  u32(offset: number): number {
    return this.#bytes.u32(offset);
  }

  u64(offset: number): bigint {
    return this.#bytes.u64(offset) ?? 0n;
  }

  /** Bytes before the NUL; undefined when there is none within `limit`. */
  textLength(offset: number, limit: number): number | undefined {
    for (let i = 0; i < limit; i++) if (this.u8(offset + i) === 0) return i;
    return undefined;
  }

  /** Offsets at which `wanted` stands, page by page; it may straddle two. */
  *search(wanted: Buffer): Generator<number> {
    const window = Buffer.alloc(wanted.length - 1 + PAGE_SIZE);
    const carried = wanted.length - 1;
    for (let number = 0; number * PAGE_SIZE < this.#bytes.size; number++) {
      window.copyWithin(0, PAGE_SIZE);
      const page = this.#pages(number);
      window.set(isFault(page) ? MISSING : page, carried);
      for (let i = window.indexOf(wanted); i >= 0; i = window.indexOf(wanted, i + 1))
        yield number * PAGE_SIZE - carried + i;
    }
  }
}

const MISSING = new Uint8Array(PAGE_SIZE).fill(0xff);
