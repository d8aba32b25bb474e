// BTF, the kernel's own type information: vmlinux's, or a module's split part on top of it.
//
//    0  u16 magic 0xeb9f · u8 version 1 · u8 flags · u32 hdr_len
//    8  u32 type_off · u32 type_len · u32 str_off · u32 str_len      (from the header's end)
//   24  u32 layout_off · u32 layout_len   only where hdr_len says so  (7.x, pahole ≥ 1.31)
//
// A type: u32 name_off, u32 info (bits 0–23 vlen, 24–30 kind, 31 kind flag), u32 size or type, then what
// its kind adds. Source: include/uapi/linux/btf.h (7.2; its wider vlen and kind are right for all older data).
import { Cursor, latin1 } from '../bytes/cursor.ts';
import { Fault } from '../bytes/fault.ts';
import { NameIndex } from './name-index.ts';
import { memberOf, sizeOf, strip } from './paths.ts';
import type { Field, Member, Type, TypeId, TypeKind, TypeTable } from './table.ts';

const enum_ = 6;
const enum64 = 19;

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

const kindNumbers: Record<TypeKind, readonly number[]> = {
  struct: [4],
  union: [5],
  enum: [enum_, enum64],
  typedef: [8],
  int: [1],
  function: [12],
};

export class Btf implements TypeTable {
  readonly #base: Btf | undefined;
  /** The type section; offsets below are in these words. */
  readonly #words: Uint32Array;
  readonly #strings: Uint8Array;
  /** First string offset that is ours; below it they are the base's. */
  readonly #stringStart: number;
  /** Word offset of each of our types, by id − firstId. */
  readonly #offsets: Uint32Array;
  readonly firstId: number;
  readonly count: number;
  /** Set when there are none, or the section is damaged or holds a kind we cannot skip: those before it are good. */
  readonly fault: Fault | undefined;
  readonly #decoded = new Map<number, Type>();
  readonly #members = new Map<string, Member | null>();
  #names: NameIndex | undefined;

  private constructor(
    words: Uint32Array,
    strings: Uint8Array,
    layout: Uint8Array,
    base: Btf | undefined,
    why?: Fault,
  ) {
    this.#base = base;
    this.#words = words;
    this.#strings = strings;
    this.#stringStart = base ? base.#stringStart + base.#strings.length : 0;
    this.firstId = base ? base.firstId + base.count : 1;
    const { offsets, count, fault } = index(words, layout);
    this.#offsets = offsets;
    this.count = count;
    this.fault = why ?? fault;
  }

  /** @param base vmlinux's BTF when `bytes` is a module's */
  static parse(bytes: Uint8Array, base?: Btf): Btf | Fault {
    const head = new Cursor(bytes);
    if (head.u16(0) !== 0xeb9f) return new Fault('implausible', undefined, 'BTF has no magic');
    const headerLength = head.u32(4) ?? 0;
    const section = (offset: number): Uint8Array | undefined => {
      const from = headerLength + (head.u32(offset) ?? 0);
      const length = head.u32(offset + 4) ?? 0;
      return from + length <= bytes.length ? bytes.subarray(from, from + length) : undefined;
    };
    const types = section(8);
    const strings = section(16);
    if (headerLength < 24 || !types || !strings)
      return new Fault('implausible', undefined, 'BTF sections lie outside it');
    const layout = headerLength >= 32 ? section(24) : undefined;
    // Types are words in the dump's byte order, which is also that of every machine Node.js runs on today.
    const words = new Uint32Array(types.length >> 2);
    new Uint8Array(words.buffer).set(types.subarray(0, words.byteLength));
    return new Btf(words, strings, layout ?? new Uint8Array(0), base);
  }

  /** The types of a kernel that has none that can be read, and why. */
  static empty(fault: Fault): Btf {
    const none = new Uint8Array(0);
    return new Btf(new Uint32Array(0), none, none, undefined, fault);
  }

  type(id: TypeId): Type {
    if (id < this.firstId) return this.#base ? this.#base.type(id) : { kind: 'void' };
    let type = this.#decoded.get(id);
    if (!type) {
      type = this.#decode(id);
      this.#decoded.set(id, type);
    }
    return type;
  }

  find(kind: TypeKind, name: string): TypeId | undefined {
    const inBase = this.#base?.find(kind, name);
    if (inBase !== undefined) return inBase;
    this.#names ??= this.#indexNames();
    const wanted = kindNumbers[kind];
    for (const id of this.#names.ids(name))
      if (wanted.includes(this.#kind(id)) && this.#name(id) === name) return id as TypeId;
    return undefined;
  }

  /** The prototype of a function by name: what its parameters are. */
  prototype(functionName: string): Type | undefined {
    const id = this.find('function', functionName);
    if (id === undefined) return undefined;
    if (id < this.firstId) return this.#base?.prototype(functionName);
    return this.type(this.#word(id, 2) as TypeId);
  }

  /** The type of a variable (only per-CPU ones are described, and only from 6.1 on). */
  variable(name: string): TypeId | undefined {
    const VAR = 14;
    for (let i = 0; i < this.count; i++) {
      const id = this.firstId + i;
      if (this.#kind(id) === VAR && this.#name(id) === name) return this.#word(id, 2) as TypeId;
    }
    return this.#base?.variable(name);
  }

  /** Every named type of a kind, ours and the base's. */
  *named(kind: TypeKind): Generator<readonly [string, TypeId]> {
    if (this.#base) yield* this.#base.named(kind);
    const wanted = kindNumbers[kind];
    for (let i = 0; i < this.count; i++) {
      const id = this.firstId + i;
      if (!wanted.includes(this.#kind(id))) continue;
      const name = this.#name(id);
      if (name) yield [name, id as TypeId];
    }
  }

  member(struct: string, path: string): Member | undefined {
    const key = `${struct} ${path}`;
    let member = this.#members.get(key);
    if (member === undefined) {
      member = memberOf(this, struct, path) ?? null;
      this.#members.set(key, member);
    }
    return member ?? undefined;
  }

  sizeOf(type: string | TypeId): number | undefined {
    return sizeOf(this, type);
  }

  enumerator(enumName: string, name: string): number | undefined {
    const id = this.find('enum', enumName);
    const type = id === undefined ? undefined : this.type(id);
    if (type?.kind !== 'enum') return undefined;
    const found = type.values.find((value) => value.name === name);
    return found && Number(found.value);
  }

  strip(id: TypeId): Type {
    return strip(this, id);
  }

  #at(id: number): number {
    return this.#offsets[id - this.firstId] ?? 0;
  }
  #word(id: number, index: number): number {
    return this.#words[this.#at(id) + index] ?? 0;
  }
  #kind(id: number): number {
    return (this.#word(id, 1) >>> 24) & 0x7f;
  }
  #name(id: number): string {
    return this.#string(this.#word(id, 0));
  }

  #string(offset: number): string {
    if (offset < this.#stringStart) return this.#base ? this.#base.#string(offset) : '';
    const from = offset - this.#stringStart;
    if (from >= this.#strings.length) return '';
    return latin1(this.#strings.subarray(from, Math.min(this.#strings.length, from + 512)));
  }

  #indexNames(): NameIndex {
    const names = new NameIndex(this.count);
    const named = new Set(Object.values(kindNumbers).flat());
    for (let i = 0; i < this.count; i++) {
      const id = this.firstId + i;
      if (!named.has(this.#kind(id))) continue;
      const offset = this.#word(id, 0);
      if (offset >= this.#stringStart) names.add(this.#strings, offset - this.#stringStart, id);
      else if (offset > 0) names.addName(this.#string(offset), id);
    }
    return names;
  }

  #decode(id: TypeId): Type {
    if (id - this.firstId >= this.count) return { kind: 'void' };
    const info = this.#word(id, 1);
    const name = this.#name(id);
    const size = this.#word(id, 2);
    const flag = info >>> 31 === 1;
    const vlen = info & 0xffffff;
    const kind = (info >>> 24) & 0x7f;
    const to = size as TypeId;
    switch (kind) {
      case 1: {
        // Encoding: bit 24 signed, 25 char, 26 bool; bits 0–7 the width.
        const encoding = this.#word(id, 3);
        return {
          kind: 'int',
          name,
          size,
          signed: (encoding & 0x1000000) !== 0,
          isChar: (encoding & 0x2000000) !== 0 || name === 'char' || name === 'unsigned char',
          isBool: (encoding & 0x4000000) !== 0,
        };
      }
      case 2:
        return { kind: 'pointer', to };
      case 3:
        return { kind: 'array', of: this.#word(id, 3) as TypeId, length: this.#word(id, 5) };
      case 4:
      case 5: {
        const fields: Field[] = [];
        for (let i = 0; i < vlen; i++) {
          const offset = this.#word(id, 5 + i * 3);
          fields.push({
            name: this.#string(this.#word(id, 3 + i * 3)),
            type: this.#word(id, 4 + i * 3) as TypeId,
            bitOffset: flag ? offset & 0xffffff : offset,
            bitSize: flag ? offset >>> 24 : 0,
          });
        }
        return { kind: kind === 4 ? 'struct' : 'union', name, size, fields };
      }
      case enum_:
      case enum64: {
        const values: { name: string; value: bigint }[] = [];
        const words = kind === enum_ ? 2 : 3;
        for (let i = 0; i < vlen; i++) {
          const low = BigInt(this.#word(id, 4 + i * words));
          const raw = kind === enum64 ? (BigInt(this.#word(id, 5 + i * words)) << 32n) | low : low;
          const bits = kind === enum64 ? 64 : 32;
          values.push({
            name: this.#string(this.#word(id, 3 + i * words)),
            value: flag ? BigInt.asIntN(bits, raw) : raw,
          });
        }
        return { kind: 'enum', name, size, signed: flag, values };
      }
      case 7:
        return { kind: 'forward', name, of: flag ? 'union' : 'struct' };
      case 8:
        return { kind: 'typedef', name, to };
      case 9:
        return { kind: 'qualifier', qualifier: 'volatile', to };
      case 10:
        return { kind: 'qualifier', qualifier: 'const', to };
      case 11:
        return { kind: 'qualifier', qualifier: 'restrict', to };
      case 13: {
        const parameters: { name: string; type: TypeId }[] = [];
        for (let i = 0; i < vlen; i++)
          parameters.push({
            name: this.#string(this.#word(id, 3 + i * 2)),
            type: this.#word(id, 4 + i * 2) as TypeId,
          });
        // A last parameter of type 0 without a name stands for "...".
        const last = parameters.at(-1);
        const isVariadic = last !== undefined && last.type === 0 && last.name === '';
        if (isVariadic) parameters.pop();
        return { kind: 'function', returns: to, parameters, isVariadic };
      }
      case 16:
        return { kind: 'float', name, size };
      case 17:
      case 18:
        return { kind: 'tag', name, to };
      default:
        return { kind: 'void' };
    }
  }
}

/** One pass over the type section: where each type begins. */
function index(
  words: Uint32Array,
  layout: Uint8Array,
): { offsets: Uint32Array; count: number; fault: Fault | undefined } {
  // Three words at least: the section's own length bounds the table.
  const offsets = new Uint32Array(Math.floor(words.length / 3));
  const fixed = extraWords.map(([words]) => words);
  const each = extraWords.map(([, words]) => words);
  // struct btf_layout { u8 info_sz, elem_sz; u16 flags } tells the size of kinds that came later.
  for (let kind = extraWords.length; kind * 4 + 4 <= layout.length; kind++) {
    fixed[kind] = (layout[kind * 4] as number) >> 2;
    each[kind] = (layout[kind * 4 + 1] as number) >> 2;
  }
  let count = 0;
  for (let at = 0; at + 3 <= words.length; ) {
    const info = words[at + 1] as number;
    const kind = (info >>> 24) & 0x7f;
    const own = fixed[kind];
    if (own === undefined)
      return { offsets, count, fault: new Fault('implausible', undefined, `BTF kind ${kind}`) };
    const next = at + 3 + own + (each[kind] as number) * (info & 0xffffff);
    if (next > words.length)
      return { offsets, count, fault: new Fault('implausible', undefined, 'BTF type runs out') };
    offsets[count++] = at;
    at = next;
  }
  return { offsets, count, fault: undefined };
}
