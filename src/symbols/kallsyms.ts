// kallsyms: the kernel's own symbol table, compressed, in its memory. scripts/kallsyms.c, kernel/kallsyms.c
// (read at 5.10, 6.1, 6.12, 7.2).
//
//   names        per symbol: length (one byte; two since 6.1 when bit 7 is set), then that many token codes
//   token_table  256 NUL-terminated strings · token_index  where each begins, 256 u16
//   offsets      one s32 a symbol, sorted by address
//   relative_base  up to 6.12; on 7.x an offset is relative to its own slot
//
// The first character of an expanded name is the type letter.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { Memory } from '../memory/memory.ts';
import type { KernelSymbol, SymbolSource } from './table.ts';

/** Where the tables lie: from VMCOREINFO's keys, or found by their shape. */
export interface KallsymsTables {
  readonly names: VirtualAddress;
  readonly count: number;
  readonly tokenTable: VirtualAddress;
  readonly tokenIndex: VirtualAddress;
  readonly offsets: VirtualAddress;
  /** Undefined: offsets are relative to their own slots. */
  readonly relativeBase: bigint | undefined;
}

/** More than any kernel has; a damaged count must not size an allocation. */
const MAX_SYMBOLS = 2_000_000;
/** Bytes of `names` a symbol takes on average, generously: bounds the read. */
const MAX_NAME_BYTES = 64;

/** Polynomial hash of names: composed from the tokens' own hashes, so that no name need be expanded. */
const PRIME = 0x01000193;

export class Kallsyms implements SymbolSource {
  readonly module = undefined;
  readonly #tokens: readonly string[];
  readonly #names: Uint8Array;
  /** Start of each symbol's entry in `names`. */
  readonly #starts: Uint32Array;
  readonly #hashes: Uint32Array;
  /** Address of each symbol, as a distance from `#base`; absolute (per-CPU) ones apart. */
  readonly #distances: Float64Array;
  readonly #base: bigint;
  /** The first symbol whose address is not a small absolute value. */
  readonly #firstRelative: number;
  #text: readonly (readonly [bigint, bigint])[] | undefined;
  #end: bigint | undefined;

  private constructor(
    tokens: readonly string[],
    names: Uint8Array,
    starts: Uint32Array,
    hashes: Uint32Array,
    distances: Float64Array,
    base: bigint,
    firstRelative: number,
  ) {
    this.#tokens = tokens;
    this.#names = names;
    this.#starts = starts;
    this.#hashes = hashes;
    this.#distances = distances;
    this.#base = base;
    this.#firstRelative = firstRelative;
  }

  static load(memory: Memory, tables: KallsymsTables): Kallsyms | Fault {
    const { count } = tables;
    if (count <= 0 || count > MAX_SYMBOLS)
      return new Fault('implausible', tables.names, `kallsyms_num_syms ${count}`);
    const tokens = readTokens(memory, tables);
    if (isFault(tokens)) return tokens;
    const names = readNames(memory, tables, count * MAX_NAME_BYTES);
    const offsets = memory.read(tables.offsets, count * 4);
    if (isFault(offsets)) return offsets;
    const entries = indexNames(names, count, tokens);
    if (isFault(entries)) return entries;
    const view = new DataView(offsets.buffer, offsets.byteOffset, count * 4);
    const distances = new Float64Array(count);
    let firstRelative = 0;
    for (let i = 0; i < count; i++) {
      const offset = view.getInt32(i * 4, true);
      if (tables.relativeBase === undefined) distances[i] = i * 4 + offset;
      else if (offset < 0) distances[i] = -1 - offset;
      else {
        // CONFIG_KALLSYMS_ABSOLUTE_PERCPU: a non-negative offset is the value itself. They sort first.
        distances[i] = offset;
        if (i === firstRelative) firstRelative++;
      }
    }
    const base = tables.relativeBase ?? tables.offsets;
    return new Kallsyms(
      tokens,
      names,
      entries.starts,
      entries.hashes,
      distances,
      base,
      firstRelative,
    );
  }

  get count(): number {
    return this.#starts.length;
  }

  lookup(name: string): KernelSymbol[] {
    let hash = 0;
    for (let i = 0; i < name.length; i++)
      hash = (Math.imul(hash, PRIME) + name.charCodeAt(i)) >>> 0;
    const found: KernelSymbol[] = [];
    for (let i = this.#hashes.indexOf(hash); i >= 0; i = this.#hashes.indexOf(hash, i + 1))
      if (this.#name(i).slice(1) === name) found.push(this.#symbol(i));
    return found;
  }

  at(address: VirtualAddress): KernelSymbol | undefined {
    if (!this.covers(address)) return undefined;
    const index = this.#find(address);
    return index === undefined ? undefined : this.#symbol(this.#preferred(index));
  }

  *all(): Generator<KernelSymbol> {
    for (let i = 0; i < this.count; i++) yield this.#symbol(i);
  }

  covers(address: VirtualAddress): boolean {
    const last = this.#distances.length - 1;
    this.#end ??= this.lookup('_end')[0]?.address ?? this.#address(last);
    return address >= this.#address(this.#firstRelative) && address <= this.#end;
  }

  isText(address: VirtualAddress): boolean {
    // The entry text and the text of init lie apart from the rest: arch/x86/kernel/vmlinux.lds.S (6.12).
    this.#text ??= (
      [
        ['_stext', '_etext'],
        ['__entry_text_start', '__entry_text_end'],
        ['_sinittext', '_einittext'],
      ] as const
    ).flatMap(([from, to]) => {
      const start = this.lookup(from)[0]?.address;
      const end = this.lookup(to)[0]?.address;
      return start !== undefined && end !== undefined ? [[start, end] as const] : [];
    });
    return this.#text.some(([start, end]) => address >= start && address < end);
  }

  #address(index: number): VirtualAddress {
    const distance = BigInt(this.#distances[index] ?? 0);
    return virtual(index < this.#firstRelative ? distance : this.#base + distance);
  }

  /** The last symbol at or below an address. */
  #find(address: VirtualAddress): number | undefined {
    const distance = Number(BigInt.asIntN(64, address - this.#base));
    let low = this.#firstRelative;
    let high = this.#distances.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#distances[middle] as number) <= distance) low = middle + 1;
      else high = middle;
    }
    return low > this.#firstRelative ? low - 1 : undefined;
  }

  /** Among symbols of one address: a global function before a local, and no compiler's alias. */
  #preferred(last: number): number {
    let best = last;
    let bestRank = -1;
    for (let i = last; i >= this.#firstRelative; i--) {
      if (this.#distances[i] !== this.#distances[last]) break;
      const rank = rankOf(this.#name(i));
      if (rank >= bestRank) [best, bestRank] = [i, rank];
    }
    return best;
  }

  #symbol(index: number): KernelSymbol {
    const name = this.#name(index);
    return {
      name: name.slice(1),
      type: name.slice(0, 1),
      address: this.#address(index),
      size: this.#size(index),
      module: undefined,
    };
  }

  #size(index: number): number {
    const here = this.#distances[index] as number;
    const limit = index < this.#firstRelative ? this.#firstRelative : this.#distances.length;
    for (let i = index + 1; i < limit; i++) {
      const there = this.#distances[i] as number;
      if (there !== here) return there - here;
    }
    return 0;
  }

  /** The expanded name with its type letter in front. */
  #name(index: number): string {
    const at = this.#starts[index] as number;
    const [length, from] = entryLength(this.#names, at);
    let name = '';
    for (let i = from; i < from + length; i++) name += this.#tokens[this.#names[i] as number];
    return name;
  }
}

function rankOf(name: string): number {
  const bare = name.slice(1);
  if (bare.startsWith('__pfx_') || bare.startsWith('__cfi_') || bare.startsWith('__pi_')) return 0;
  return /^[TDBRW]/.test(name) ? 2 : 1;
}

/** Token codes in an entry, and where they begin. Two bytes since 6.1 when bit 7 is set: kernel/kallsyms.c. */
function entryLength(names: Uint8Array, at: number): readonly [length: number, from: number] {
  const first = names[at] as number;
  if (!(first & 0x80)) return [first, at + 1];
  return [(first & 0x7f) | ((names[at + 1] as number) << 7), at + 2];
}

/** @returns the 256 strings that codes stand for */
function readTokens(memory: Memory, tables: KallsymsTables): string[] | Fault {
  const index = memory.read(tables.tokenIndex, 512);
  if (isFault(index)) return index;
  const view = new DataView(index.buffer, index.byteOffset, 512);
  const tokens: string[] = [];
  for (let i = 0; i < 256; i++) {
    const at = virtual(tables.tokenTable + BigInt(view.getUint16(i * 2, true)));
    const token = memory.text(at, 128);
    if (isFault(token)) return token;
    tokens.push(token);
  }
  return tokens;
}

/** As much of the names as is there, up to `limit`: pages are read until one is missing. */
function readNames(memory: Memory, tables: KallsymsTables, limit: number): Uint8Array {
  // token_table follows names, in every layout: a tight bound where it lies behind.
  const toTokens = Number(tables.tokenTable - tables.names);
  const length = toTokens > 0 ? Math.min(limit, toTokens) : limit;
  const whole = memory.read(tables.names, length);
  if (!isFault(whole)) return whole;
  const pieces: Uint8Array[] = [];
  for (let done = 0; done < length; done += 4096) {
    const piece = memory.read(virtual(tables.names + BigInt(done)), Math.min(4096, length - done));
    if (isFault(piece)) break;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function indexNames(
  names: Uint8Array,
  count: number,
  tokens: readonly string[],
): { starts: Uint32Array; hashes: Uint32Array } | Fault {
  // h(ab) = h(a)·p^|b| + h(b): the hash of a name from those of its tokens.
  const tokenHash = new Uint32Array(256);
  const tokenPower = new Uint32Array(256);
  const tailHash = new Uint32Array(256);
  for (const [code, token] of tokens.entries()) {
    let power = 1;
    let hash = 0;
    let tail = 0;
    for (let i = 0; i < token.length; i++) {
      const char = token.charCodeAt(i);
      hash = (Math.imul(hash, PRIME) + char) >>> 0;
      if (i > 0) tail = (Math.imul(tail, PRIME) + char) >>> 0;
      power = Math.imul(power, PRIME) >>> 0;
    }
    tokenHash[code] = hash;
    tokenPower[code] = power;
    tailHash[code] = tail;
  }
  const starts = new Uint32Array(count);
  const hashes = new Uint32Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    starts[i] = at;
    if (at + 1 >= names.length)
      return new Fault(
        'implausible',
        undefined,
        `kallsyms_names ends after ${i} of ${count} symbols`,
      );
    let length = names[at++] as number;
    if (length & 0x80) length = (length & 0x7f) | ((names[at++] as number) << 7);
    const end = at + length;
    if (length === 0 || end > names.length)
      return new Fault('implausible', undefined, `kallsyms_names is damaged at symbol ${i}`);
    let hash = tailHash[names[at] as number] as number;
    for (at++; at < end; at++) {
      const code = names[at] as number;
      hash = Math.imul(hash, tokenPower[code] as number) + (tokenHash[code] as number);
    }
    hashes[i] = hash;
  }
  return { starts, hashes };
}
