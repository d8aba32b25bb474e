// BTF, the kernel's own type information: vmlinux's, or a module's split part on top of it.
//
//    0  u16 magic 0xeb9f · u8 version 1 · u8 flags · u32 hdr_len
//    8  u32 type_off · u32 type_len · u32 str_off · u32 str_len      (from the header's end)
//   24  u32 layout_off · u32 layout_len   only where hdr_len says so  (7.x, pahole ≥ 1.31)
//
// A type: u32 name_off, u32 info (bits 0–23 vlen, 24–30 kind, 31 kind flag), u32 size or type, then what
// its kind adds. Source: include/uapi/linux/btf.h (7.2; its wider vlen and kind are right for all older data).
import { type Fault, isFault } from '../bytes/fault.ts';
import { Region } from '../memory/region.ts';
import { type Sections, sectionsOf, TypeScan } from './btf-sections.ts';
import { MAX_NAME, NameIndex } from './name-index.ts';
import { enumeratorOf, memberOf, sizeOf, strip } from './paths.ts';
import type { Field, Member, Type, TypeId, TypeKind, TypeTable } from './table.ts';

const enum_ = 6;
const variable = 14;
const enum64 = 19;

const kindNumbers: Record<TypeKind, readonly number[]> = {
  struct: [4],
  union: [5],
  enum: [enum_, enum64],
  typedef: [8],
  int: [1],
  function: [12],
};

const isNamedKind: boolean[] = [];
for (const kind of [...Object.values(kindNumbers).flat(), variable]) isNamedKind[kind] = true;

/** Types looked at in one go: a search goes on in such steps until it has found. */
const STEP = 512;

/** Nothing is read before it is asked for; then types are indexed from the first on, no further than to the answer. */
export class Btf implements TypeTable {
  readonly #base: Btf | undefined;
  readonly #types: Region;
  readonly #strings: Region;
  /** First string offset that is ours; below it they are the base's. */
  readonly #stringStart: number;
  readonly #scan: TypeScan;
  readonly firstId: number;
  readonly #why: Fault | undefined;
  readonly #decoded = new Map<number, Type>();
  readonly #members = new Map<string, Member | null>();
  readonly #names = new NameIndex();
  /** How many of our types the names of which are in the index. */
  #named = 0;

  private constructor(sections: Sections, base: Btf | undefined, why?: Fault) {
    this.#base = base;
    this.#types = sections.types;
    this.#strings = sections.strings;
    this.#stringStart = base ? base.#stringStart + base.#strings.size : 0;
    this.firstId = base ? base.firstId + base.count : 1;
    this.#scan = new TypeScan(sections.types, sections.layout);
    this.#why = why;
  }

  /** @param base vmlinux's BTF when `bytes` is a module's */
  static parse(bytes: Uint8Array | Region, base?: Btf): Btf | Fault {
    const sections = sectionsOf(bytes instanceof Region ? bytes : Region.bytes(bytes));
    return isFault(sections) ? sections : new Btf(sections, base);
  }

  /** The types of a kernel that has none that can be read, and why. */
  static empty(fault: Fault): Btf {
    const none = Region.bytes(new Uint8Array(0));
    return new Btf({ types: none, strings: none, layout: none }, undefined, fault);
  }

  /** How many types there are. Reads all of them. */
  get count(): number {
    return this.#scan.to(Number.POSITIVE_INFINITY);
  }

  get fault(): Fault | undefined {
    return this.#why ?? this.#scan.fault ?? this.#types.fault ?? this.#strings.fault;
  }

  verify(): Fault | undefined {
    while (this.#indexMore());
    return this.fault;
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
    return this.#ownOf(kindNumbers[kind], name);
  }

  #ownOf(kinds: readonly number[], name: string): TypeId | undefined {
    do {
      for (const id of this.#names.ids(name))
        if (kinds.includes(this.#kind(id)) && this.#name(id) === name) return id as TypeId;
    } while (this.#indexMore());
    return undefined;
  }

  /** The type of a function by name: what it takes and returns. */
  functionType(name: string): TypeId | undefined {
    const id = this.find('function', name);
    if (id === undefined) return undefined;
    if (id < this.firstId) return this.#base?.functionType(name);
    return this.#word(id, 2) as TypeId;
  }

  /** The type of a variable of this image's own: only per-CPU ones are described, and only from 6.1 on. */
  variable(name: string): TypeId | undefined {
    const id = this.#ownOf([variable], name);
    return id === undefined ? undefined : (this.#word(id, 2) as TypeId);
  }

  /** Whether a type is an enumeration, without decoding it. */
  isEnum(id: TypeId): boolean {
    return kindNumbers.enum.includes(this.#kind(id));
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
    return enumeratorOf(this, enumName, name);
  }

  strip(id: TypeId): Type {
    return strip(this, id);
  }

  #word(id: number, index: number): number {
    const i = id - this.firstId;
    if (i < 0 || i >= this.#scan.to(i + 1)) return 0;
    return Math.max(0, this.#types.u32(this.#scan.offset(i) + index * 4));
  }
  #kind(id: number): number {
    return (this.#word(id, 1) >>> 24) & 0x7f;
  }
  #name(id: number): string {
    return this.#string(this.#word(id, 0));
  }

  #string(offset: number): string {
    if (offset < this.#stringStart) return this.#base ? this.#base.#string(offset) : '';
    return this.#strings.text(offset - this.#stringStart, MAX_NAME);
  }

  /** Puts the names of the next types into the index. @returns whether there were any */
  #indexMore(): boolean {
    const from = this.#named;
    // All may have been counted already: a step is one all the same, or each next one does the rest again.
    const end = Math.min(from + STEP, this.#scan.to(from + STEP));
    for (let i = from; i < end; i++) {
      const at = this.#scan.offset(i);
      if (!isNamedKind[(this.#types.u32(at + 4) >>> 24) & 0x7f]) continue;
      const offset = this.#types.u32(at);
      const id = this.firstId + i;
      if (offset >= this.#stringStart)
        this.#names.add(this.#strings, offset - this.#stringStart, id);
      else if (offset > 0) this.#names.addName(this.#string(offset), id);
    }
    this.#named = end;
    return end > from;
  }

  #decode(id: TypeId): Type {
    const i = id - this.firstId;
    if (i >= this.#scan.to(i + 1)) return { kind: 'void' };
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
