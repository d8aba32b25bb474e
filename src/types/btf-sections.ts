// BTF's sections, and where each type begins in them. The layout is in btf.ts.
import { Fault } from '../bytes/fault.ts';
import type { Region } from '../memory/region.ts';

export interface Sections {
  readonly types: Region;
  readonly strings: Region;
  /** Sizes of kinds, where the BTF tells them; else empty. */
  readonly layout: Region;
}

/** Reads the header only. */
export function sectionsOf(bytes: Region): Sections | Fault {
  const magic = bytes.u16(0);
  if (magic < 0) return bytes.fault ?? new Fault('implausible', undefined, 'BTF is empty');
  if (magic !== 0xeb9f) return new Fault('implausible', undefined, 'BTF has no magic');
  const headerLength = bytes.u32(4);
  const section = (offset: number): Region | undefined => {
    const from = bytes.u32(offset);
    const length = bytes.u32(offset + 4);
    return from < 0 || length < 0 ? undefined : bytes.part(headerLength + from, length);
  };
  const types = section(8);
  const strings = section(16);
  if (headerLength < 24 || !types || !strings)
    return new Fault('implausible', undefined, 'BTF sections lie outside it');
  const layout = headerLength >= 32 ? section(24) : undefined;
  return { types, strings, layout: layout ?? (types.part(0, 0) as Region) };
}

/** Words that follow the three of every type: a fixed number, and some for each of its vlen entries. */
const extraWords: readonly (readonly [fixed: number, each: number])[] = [
  [0, 0], // 0 void
  [1, 0], // 1 INT
  [0, 0], // 2 PTR
  [3, 0], // 3 ARRAY
  [0, 3], // 4 STRUCT
  [0, 3], // 5 UNION
  [0, 2], // 6 ENUM
  [0, 0], // 7 FWD
  [0, 0], // 8 TYPEDEF
  [0, 0], // 9 VOLATILE
  [0, 0], // 10 CONST
  [0, 0], // 11 RESTRICT
  [0, 0], // 12 FUNC
  [0, 2], // 13 FUNC_PROTO
  [1, 0], // 14 VAR
  [0, 3], // 15 DATASEC
  [0, 0], // 16 FLOAT
  [1, 0], // 17 DECL_TAG
  [0, 0], // 18 TYPE_TAG
  [0, 3], // 19 ENUM64
];

/** One pass over the type section, as far as it was needed yet: where each type begins. */
export class TypeScan {
  /** Why it ended before the section does. */
  fault: Fault | undefined;
  readonly #types: Region;
  readonly #fixed: number[];
  readonly #each: number[];
  /** Grown as types are met: the section's own length bounds it. */
  #offsets = new Uint32Array(32768);
  #count = 0;
  #next = 0;

  constructor(types: Region, layout: Region) {
    this.#types = types;
    this.#fixed = extraWords.map(([words]) => words);
    this.#each = extraWords.map(([, words]) => words);
    // struct btf_layout { u8 info_sz, elem_sz; u16 flags } tells the size of kinds that came later.
    const kinds = Math.min(MAX_KINDS, layout.size >> 2);
    for (let kind = extraWords.length; kind < kinds; kind++) {
      this.#fixed[kind] = Math.max(0, layout.u8(kind * 4)) >> 2;
      this.#each[kind] = Math.max(0, layout.u8(kind * 4 + 1)) >> 2;
    }
  }

  /** Goes on until `wanted` types are known, or all. @returns how many are known: perhaps more, perhaps fewer */
  to(wanted: number): number {
    const types = this.#types;
    while (this.#count < wanted && this.#next + 12 <= types.size && !this.fault) {
      const at = this.#next;
      const info = types.u32(at + 4);
      const next = at + this.#length(info);
      if (info < 0) this.fault = types.fault ?? damaged('BTF cannot be read');
      else if (Number.isNaN(next)) this.fault = damaged(`BTF kind ${(info >>> 24) & 0x7f}`);
      else if (next > types.size) this.fault = damaged('BTF type runs out');
      else {
        this.#add(at);
        this.#next = next;
      }
    }
    return this.#count;
  }

  /** Where a type begins, by its number from 0; it must be known. */
  offset(index: number): number {
    return this.#offsets[index] ?? 0;
  }

  /** Bytes of a type; NaN for a kind that is not known. */
  #length(info: number): number {
    const kind = (info >>> 24) & 0x7f;
    const fixed = this.#fixed[kind];
    if (fixed === undefined) return Number.NaN;
    return (3 + fixed + (this.#each[kind] as number) * (info & 0xffffff)) * 4;
  }

  #add(at: number): void {
    if (this.#count === this.#offsets.length) {
      const grown = new Uint32Array(this.#count * 2);
      grown.set(this.#offsets);
      this.#offsets = grown;
    }
    this.#offsets[this.#count++] = at;
  }
}

/** A kind has seven bits. */
const MAX_KINDS = 128;

const damaged = (what: string): Fault => new Fault('implausible', undefined, what);
