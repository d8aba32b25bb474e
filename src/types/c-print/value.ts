// A value of any type, read from memory as a tree: what is laid out as text (layout.ts) or as JSON (json.ts).
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { Fault, isFault } from '../../bytes/fault.ts';
import type { Memory } from '../../memory/memory.ts';
import type { Dump } from '../dump.ts';
import type { Type, TypeId, TypeTable } from '../table.ts';
import { isTextual, readString, type Text } from './text.ts';

/** gdb's `print elements` as crash sets it: elements of an array, characters of a string. */
const MAX_ELEMENTS = 256;
/** gdb's `print max-depth`. It also ends types that contain themselves, which only damage makes. */
const MAX_DEPTH = 20;
/** Members and elements of one value: arrays of arrays would be without end. A task_struct has some 2,000. */
const MAX_PARTS = 100_000;

/** A member of a struct or union, read. */
export interface NamedValue {
  /** Empty for an anonymous struct or union. */
  readonly name: string;
  readonly value: CValue;
}

/** A value of any C type, read: a tree. `kind` says which of these it is. */
export type CValue =
  | { readonly kind: 'aggregate'; readonly fields: readonly NamedValue[] }
  | {
      readonly kind: 'array';
      readonly items: readonly CValue[];
      /** Elements beyond those read: the array has more, or the value is too large. */
      readonly isCut: boolean;
    }
  | {
      readonly kind: 'string';
      readonly bytes: Uint8Array;
      readonly isCut: boolean;
      /** Of `char` rather than `unsigned char`: text rather than bytes. */
      readonly isText: boolean;
    }
  | {
      readonly kind: 'int';
      readonly value: bigint;
      /** Bits it has: of a bit-field, the field's. */
      readonly bits: number;
      readonly form: 'number' | 'char' | 'bool';
    }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'enum'; readonly value: bigint; readonly name: string }
  | {
      readonly kind: 'pointer';
      readonly address: VirtualAddress;
      /** `name+offset` of the kernel symbol it points into. */
      readonly symbol: string | undefined;
      /** What a pointer to characters points to. */
      readonly text: Text | undefined;
    }
  /** Has no value to show: an incomplete type, or one nested too deep. */
  | { readonly kind: 'opaque'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly fault: Fault };

/** What values are read from: a dump, or another address space of it. */
export interface ValueSource {
  readonly memory: Memory;
  readonly symbols: Dump['symbols'];
}

export interface ReadValue {
  readonly value: CValue;
  /** Every reason why something in it could not be read, once each. */
  readonly faults: readonly Fault[];
}

/**
 * A value of a type at an address. What cannot be read stands in the tree as `unreadable`.
 *
 * @param types the table the type's number belongs to: the kernel's or a module's
 */
export function readValue(
  dump: ValueSource,
  types: TypeTable,
  type: TypeId,
  address: VirtualAddress,
): ReadValue {
  const reader = new ValueReader(dump, types);
  return { value: reader.value(type, address, 0), faults: [...reader.faults.values()] };
}

/** The same of a struct's bit-field, which no address alone reaches. */
export function readBitField(
  dump: ValueSource,
  types: TypeTable,
  type: TypeId,
  address: VirtualAddress,
  bits: { readonly offset: number; readonly size: number },
): ReadValue {
  const reader = new ValueReader(dump, types);
  const value = reader.bitField(type, address, bits.offset, bits.size);
  return { value, faults: [...reader.faults.values()] };
}

/**
 * A number, enumerator or pointer that was computed, as if it had been read.
 *
 * @param raw its bits, as unsigned
 */
export function scalarValue(
  dump: ValueSource,
  types: TypeTable,
  type: TypeId,
  raw: bigint,
): CValue | undefined {
  const scalar = types.strip(type);
  if (scalar.kind !== 'int' && scalar.kind !== 'enum' && scalar.kind !== 'pointer')
    return undefined;
  return new ValueReader(dump, types).scalar(scalar, raw);
}

class ValueReader {
  readonly #dump: ValueSource;
  readonly #types: TypeTable;
  #parts = 0;
  /** By reason and page: a missing page of 500 members is one fact. */
  readonly faults = new Map<string, Fault>();

  constructor(dump: ValueSource, types: TypeTable) {
    this.#dump = dump;
    this.#types = types;
  }

  value(id: TypeId, at: VirtualAddress, depth: number): CValue {
    this.#parts++;
    const type = this.#types.strip(id);
    const isNested = type.kind === 'struct' || type.kind === 'union' || type.kind === 'array';
    if (isNested && depth >= MAX_DEPTH) return { kind: 'opaque', text: '{...}' };
    switch (type.kind) {
      case 'struct':
      case 'union':
        return this.#aggregate(type, at, depth);
      case 'array':
        return this.#array(type, at, depth);
      case 'forward':
        return { kind: 'opaque', text: '<incomplete type>' };
      case 'function':
        return { kind: 'opaque', text: '{function}' };
      case 'void':
      case 'typedef':
      case 'qualifier':
      case 'tag':
        // Also what strip() makes of a chain of typedefs without an end.
        return { kind: 'opaque', text: 'void' };
      default:
        return this.#scalar(type, at);
    }
  }

  #aggregate(type: Aggregate, at: VirtualAddress, depth: number): CValue {
    const fields: NamedValue[] = [];
    for (const field of type.fields) {
      if (this.#isSpent()) break;
      const where = virtual(at + BigInt(field.bitOffset >> 3));
      const value =
        field.bitSize > 0
          ? this.bitField(field.type, where, field.bitOffset & 7, field.bitSize)
          : this.value(field.type, where, depth + 1);
      fields.push({ name: field.name, value });
    }
    return { kind: 'aggregate', fields };
  }

  #array(type: ArrayType, at: VirtualAddress, depth: number): CValue {
    const size = this.#types.sizeOf(type.of) ?? 0;
    // Without a length, or of nothing: gdb shows where it begins, as of a pointer to the first.
    if (type.length === 0 || size === 0) return this.#pointer(at, type.of);
    if (!Number.isSafeInteger(type.length * size))
      return this.#unreadable(new Fault('implausible', at, `an array of ${type.length}`), at);
    const count = Math.min(type.length, MAX_ELEMENTS);
    const element = this.#types.strip(type.of);
    if (isTextual(element)) return this.#chars(at, type.length, element.name === 'char');
    const items: CValue[] = [];
    for (let i = 0; i < count && !this.#isSpent(); i++)
      items.push(this.value(type.of, virtual(at + BigInt(i * size)), depth + 1));
    return { kind: 'array', items, isCut: items.length < type.length };
  }

  #chars(at: VirtualAddress, length: number, isText: boolean): CValue {
    const bytes = this.#dump.memory.read(at, Math.min(length, MAX_ELEMENTS));
    if (isFault(bytes)) return this.#unreadable(bytes, at);
    return { kind: 'string', bytes: bytes.slice(), isCut: length > MAX_ELEMENTS, isText };
  }

  #scalar(type: Scalar, at: VirtualAddress): CValue {
    const size = type.kind === 'pointer' ? 8 : type.size;
    if (size < 1 || size > 16)
      return this.#unreadable(new Fault('implausible', at, `a number of ${size} bytes`), at);
    const bytes = this.#dump.memory.read(at, size);
    if (isFault(bytes)) return this.#unreadable(bytes, at);
    if (type.kind === 'float') return float(bytes);
    return this.scalar(type, little(bytes));
  }

  scalar(type: Exclude<Scalar, { kind: 'float' }>, raw: bigint): CValue {
    return type.kind === 'pointer'
      ? this.#pointer(virtual(raw), type.to)
      : integer(type, raw, type.size * 8);
  }

  /** @param offset bits from the address, 0 to 7 */
  bitField(id: TypeId, at: VirtualAddress, offset: number, bits: number): CValue {
    this.#parts++;
    const type = this.#types.strip(id);
    if (type.kind !== 'int' && type.kind !== 'enum')
      return { kind: 'opaque', text: '<incomplete type>' };
    const bytes = this.#dump.memory.read(at, Math.ceil((offset + bits) / 8));
    if (isFault(bytes)) return this.#unreadable(bytes, at);
    return integer(type, BigInt.asUintN(bits, little(bytes) >> BigInt(offset)), bits);
  }

  #pointer(address: VirtualAddress, to: TypeId): CValue {
    const target = this.#types.strip(to);
    const text =
      isTextual(target) && address !== 0n
        ? readString(this.#dump.memory, address, MAX_ELEMENTS)
        : undefined;
    const symbol = this.#symbolOf(address, text !== undefined);
    return { kind: 'pointer', address, symbol, text };
  }

  /**
   * String constants lie between symbols, and kallsyms does not say where those end: a pointer to
   * characters is named only where a symbol begins, or among the kernel's variables.
   */
  #symbolOf(address: VirtualAddress, isString: boolean): string | undefined {
    const symbol = this.#dump.symbols.at(address);
    if (!symbol) return undefined;
    const offset = address - symbol.address;
    if (offset === 0n) return symbol.name;
    return isString && !this.#isVariable(address) ? undefined : `${symbol.name}+${offset}`;
  }

  /** Between `_sdata` and `_edata` lies what the kernel proper writes to: no constants. */
  #isVariable(address: VirtualAddress): boolean {
    const { symbols } = this.#dump;
    const start = symbols.address('_sdata', null);
    const end = symbols.address('_edata', null);
    return start !== undefined && end !== undefined && address >= start && address < end;
  }

  #unreadable(fault: Fault, at: VirtualAddress): CValue {
    const key = `${fault.reason} ${(fault.at as bigint | number | undefined) ?? at}`;
    this.faults.set(key, fault);
    return { kind: 'unreadable', fault };
  }

  /** Whether the value has become too large; said once. */
  #isSpent(): boolean {
    if (this.#parts < MAX_PARTS) return false;
    const detail = `only the first ${MAX_PARTS} parts of the value are shown`;
    this.faults.set('spent', new Fault('implausible', undefined, detail));
    return true;
  }
}

type Aggregate = Extract<Type, { kind: 'struct' | 'union' }>;
type ArrayType = Extract<Type, { kind: 'array' }>;
type Enum = Extract<Type, { kind: 'enum' }>;
type Int = Extract<Type, { kind: 'int' }>;
type Scalar = Extract<Type, { kind: 'int' | 'float' | 'pointer' | 'enum' }>;

function integer(type: Int | Enum, raw: bigint, bits: number): CValue {
  const value = type.signed ? BigInt.asIntN(bits, raw) : raw;
  if (type.kind === 'enum') return { kind: 'enum', value, name: enumText(type, value) };
  const form = type.isBool ? 'bool' : isTextual(type) ? 'char' : 'number';
  return { kind: 'int', value, bits, form };
}

/**
 * An enumerator's name. One of which every value is a bit at most stands for flags: `(A | unknown: 0x8)`.
 * DWARF does not mark those either: gdb tells them by their values, gdb/dwarf2/read.c.
 */
function enumText(type: Enum, value: bigint): string {
  const named = type.values.find((v) => v.value === value);
  if (named) return named.name;
  const isFlags = type.values.every((v) => v.value >= 0n && (v.value & (v.value - 1n)) === 0n);
  if (!isFlags || value === 0n) return `${value}`;
  let rest = BigInt.asUintN(type.size * 8, value);
  const parts: string[] = [];
  for (const flag of type.values) {
    if ((rest & flag.value) === 0n) continue;
    parts.push(flag.name);
    rest &= ~flag.value;
  }
  if (rest !== 0n) parts.push(`unknown: 0x${rest.toString(16)}`);
  return `(${parts.join(' | ')})`;
}

function float(bytes: Uint8Array): CValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length === 4) return { kind: 'float', value: view.getFloat32(0, true) };
  if (bytes.length === 8) return { kind: 'float', value: view.getFloat64(0, true) };
  return { kind: 'opaque', text: '<floating-point value of an unknown format>' };
}

function little(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  return value;
}
