// The names in kallsyms, expanded one at a time. scripts/kallsyms.c, kernel/kallsyms.c (5.10, 6.1, 6.12, 7.2).
//
//   names        per symbol: length (one byte; two since 6.1 when bit 7 is set), then that many token codes
//   markers      where each block of 256 entries begins in names, u32
//   token_table  256 NUL-terminated strings · token_index  where each begins, 256 u16
//
// VMCOREINFO does not say where the markers lie. They end before token_table, or before seqs_of_names where
// that lies between (6.1); a place counts when the whole of it agrees with the names.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { Memory } from '../memory/memory.ts';
import { Region } from '../memory/region.ts';
import type { KallsymsTables } from './kallsyms-tables.ts';

export const BLOCK = 256;
/** Codes in an entry: an expanded name is shorter than KSYM_NAME_LEN, 512 since 6.1, and a code is a byte or more. */
const MAX_CODES = 512;
/** Bytes of `names` a symbol takes on average, generously: bounds the walk over them. */
const MAX_NAME_BYTES = 64;

export class Names {
  readonly count: number;
  /** What each code stands for. */
  readonly tokens: readonly string[];
  readonly #names: Region;
  readonly #blocks: Blocks;
  /** An entry whose place is known: walks go on from there. */
  #knownIndex = 0;
  #knownAt = 0;

  private constructor(tokens: readonly string[], names: Region, blocks: Blocks, count: number) {
    this.tokens = tokens;
    this.#names = names;
    this.#blocks = blocks;
    this.count = count;
  }

  /** Reads the tokens and finds the blocks; a Fault when the tables cannot be what they should be. */
  static load(memory: Memory, tables: KallsymsTables): Names | Fault {
    const tokens = readTokens(memory, tables);
    if (isFault(tokens)) return tokens;
    const room = Number(tables.tokenTable - tables.names);
    const limit = tables.count * MAX_NAME_BYTES;
    // token_table follows names, in every layout: a tight bound where it lies behind.
    const names = Region.of(memory, tables.names, room > 0 ? Math.min(limit, room) : limit);
    const markers = findMarkers(memory, tables, names);
    const blocks = markers ? (i: number) => markers.u32(i * 4) : walkBlocks(names, tables.count);
    return isFault(blocks) ? blocks : new Names(tokens, names, blocks, tables.count);
  }

  /** The expanded name with its type letter in front; undefined where it cannot be read. */
  name(index: number): string | undefined {
    const at = this.#find(index);
    const length = at < 0 ? -1 : lengthAt(this.#names, at);
    if (length < 0) return undefined;
    const names = this.#names;
    const from = at + (length > 0x7f ? 2 : 1);
    let name = '';
    for (let i = from; i < from + length; i++) {
      const code = names.u8(i);
      if (code < 0) return undefined;
      name += this.tokens[code];
    }
    return name;
  }

  /** Calls `visit` for each entry that can be read, in order: its codes are `[from, end)` of `bytes`. */
  each(visit: (index: number, bytes: Region, from: number, end: number) => void): void {
    for (let block = 0; block * BLOCK < this.count; block++) {
      let at = this.#blocks(block);
      const end = Math.min(this.count, (block + 1) * BLOCK);
      for (let index = block * BLOCK; index < end && at >= 0; index++) {
        const length = lengthAt(this.#names, at);
        if (length < 0) break; // the next marker says where to go on
        const from = at + (length > 0x7f ? 2 : 1);
        at = from + length;
        visit(index, this.#names, from, at);
      }
    }
  }

  /** Where an entry begins; −1 where that cannot be told. */
  #find(index: number): number {
    if (index < 0 || index >= this.count) return -1;
    let at = this.#knownAt;
    let i = this.#knownIndex;
    if (i > index || i >> 8 !== index >> 8 || index === 0) {
      i = index & ~(BLOCK - 1);
      at = this.#blocks(i >> 8);
    }
    for (; i < index; i++) {
      at = skip(this.#names, at);
      if (at < 0) return -1;
    }
    this.#knownIndex = index;
    this.#knownAt = at;
    return at;
  }
}

/** Where a block begins in names; −1 when that is missing. */
type Blocks = (block: number) => number;

/** Codes in an entry; −1 when it is missing or damaged. Two bytes since 6.1 when bit 7 is set: kernel/kallsyms.c. */
function lengthAt(names: Region, at: number): number {
  const first = names.u8(at);
  if (first <= 0) return -1;
  if (first < 0x80) return first;
  const second = names.u8(at + 1);
  // scripts/kallsyms.c writes two bytes only for what does not fit one.
  const length = second < 0 ? -1 : (first & 0x7f) | (second << 7);
  return length > 0x7f && length <= MAX_CODES ? length : -1;
}

/** The place behind an entry; −1 when it is missing or damaged. */
function skip(names: Region, at: number): number {
  const length = at < 0 ? -1 : lengthAt(names, at);
  return length < 0 ? -1 : at + length + (length > 0x7f ? 2 : 1);
}

/** @returns the 256 strings that codes stand for */
function readTokens(memory: Memory, tables: KallsymsTables): string[] | Fault {
  const index = memory.read(tables.tokenIndex, 512);
  if (isFault(index)) return index;
  const text = Region.of(memory, tables.tokenTable, 1 << 16);
  const tokens: string[] = [];
  for (let i = 0; i < 256; i++)
    tokens.push(text.text((index[i * 2] as number) | ((index[i * 2 + 1] as number) << 8), 128));
  return text.fault ?? tokens;
}

function findMarkers(memory: Memory, tables: KallsymsTables, names: Region): Region | undefined {
  const { count, tokenTable } = tables;
  const bytes = Math.ceil(count / BLOCK) * 4;
  const places = tables.markers === undefined ? [] : [tables.markers];
  const seqs = count * 3;
  for (const between of [0, Math.ceil(seqs / 8) * 8, Math.ceil(seqs / 4) * 4])
    for (const padding of [0, 4])
      places.push(virtual(tokenTable - BigInt(between + padding + bytes)));
  for (const place of places) {
    const markers = Region.of(memory, place, bytes);
    if (areMarkers(markers, names, Number(place - tables.names), count)) return markers;
  }
  return undefined;
}

/** @param room bytes from the start of names to the markers */
function areMarkers(markers: Region, names: Region, room: number, count: number): boolean {
  if (markers.u32(0) !== 0) return false;
  const blocks = Math.ceil(count / BLOCK);
  for (let i = 1; i < blocks; i++) {
    const step = markers.u32(i * 4) - markers.u32(i * 4 - 4);
    if (step < BLOCK * 2 || step > BLOCK * MAX_CODES) return false;
  }
  const last = blocks - 1;
  const end = skipAll(names, markers.u32(last * 4), count - last * BLOCK);
  if (end < 0 || end > room || end <= room - 8) return false;
  return blocks === 1 || skipAll(names, 0, BLOCK) === markers.u32(4);
}

function skipAll(names: Region, at: number, count: number): number {
  for (let i = 0; i < count && at >= 0; i++) at = skip(names, at);
  return at;
}

/** Where the blocks begin, without markers: by walking over all names. */
function walkBlocks(names: Region, count: number): Blocks | Fault {
  const starts: number[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (i % BLOCK === 0) starts.push(at);
    at = skip(names, at);
    if (at < 0)
      return (
        names.fault ??
        new Fault('implausible', undefined, `kallsyms_names is damaged at symbol ${i} of ${count}`)
      );
  }
  return (block) => starts[block] ?? -1;
}

/** Places behind token_table and offsets where other tables may begin: labels are aligned to 8, on 7.x to 4. */
export const alignments = (at: bigint): VirtualAddress[] => [
  virtual((at + 7n) & ~7n),
  virtual((at + 3n) & ~3n),
];
