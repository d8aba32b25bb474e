// Typed views of kernel memory: a struct in our words, whatever this kernel calls its members.
import { offsetInPage, pageOf, type VirtualAddress, virtual } from '../bytes/address.ts';
import { latin1 } from '../bytes/cursor.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import { type Memory, PAGE_SIZE } from '../memory/memory.ts';
import type { Dump } from './dump.ts';
import type { Member } from './table.ts';

/** A struct in our words: each field lists the member paths it has had, newest first. */
export interface Shape<F extends string> {
  readonly struct: string;
  readonly fields: Readonly<Record<F, readonly string[]>>;
}

/**
 * Says how a struct's fields are reached: by our names, each with its paths in the kernel, the newest first.
 *
 * @example
 * ```js
 * const clock = shape('rq', { now: ['clock'] });
 * class Clock extends View {
 *   shape = clock;
 * }
 * const rq = dump.perCpu('runqueues', 0);
 * console.log(isFault(rq) ? rq.explain() : new Clock(dump, rq).number('now')); // 91920049291
 * ```
 */
export const shape = <F extends string>(
  struct: string,
  fields: Record<F, readonly string[]>,
): Shape<F> => ({ struct, fields });

/** Of an offset in a page; loops use them in the place of a division. */
const PAGE_BITS = 12;

/** Every shape's fields found once a dump: which path it has, and where that lies. */
const found = new WeakMap<Dump, Map<Shape<string>, Map<string, FoundField | null>>>();

interface FoundField {
  readonly path: string;
  readonly member: Member;
}

function fieldsOf(dump: Dump, shape: Shape<string>): Map<string, FoundField | null> {
  let shapes = found.get(dump);
  if (!shapes) {
    shapes = new Map();
    found.set(dump, shapes);
  }
  let fields = shapes.get(shape);
  if (!fields) {
    fields = new Map();
    shapes.set(shape, fields);
  }
  return fields;
}

function findField(dump: Dump, shape: Shape<string>, field: string): FoundField | null {
  for (const path of shape.fields[field] ?? []) {
    const member = dump.types.member(shape.struct, path);
    if (member) return { path, member };
  }
  return null;
}

/** A kernel struct at an address. Subclasses give its fields meaning. */
export abstract class View<F extends string> {
  protected abstract readonly shape: Shape<F>;

  readonly dump: Dump;
  readonly address: VirtualAddress;
  #fields: Map<string, FoundField | null> | undefined;
  /** The address as page number and offset in that page: tables of thousands read dozens of fields of each. */
  #page = 0;
  #offset = 0;

  constructor(dump: Dump, address: VirtualAddress) {
    this.dump = dump;
    this.address = address;
  }

  /** Which of a field's historic paths this kernel has. */
  via(field: F): string | undefined {
    return this.#find(field)?.path;
  }

  /** Whether this kernel has the field at all. */
  has(field: F): boolean {
    return this.#find(field) !== null;
  }

  /** Where a field lies in memory. */
  addressOf(field: F): VirtualAddress | Fault {
    const at = this.#find(field);
    return at ? virtual(this.address + BigInt(at.member.offset)) : this.#missing(field);
  }

  /** The same in bytes from the start of the struct. */
  protected offsetOf(field: F): number | Fault {
    return this.#find(field)?.member.offset ?? this.#missing(field);
  }

  /** A field of up to 8 bytes, unsigned, whole. */
  word(field: F): bigint | Fault {
    const value = this.#integer(field);
    return isFault(value) ? value : BigInt.asUintN(64, value);
  }

  /** A pointer field. */
  pointer(field: F): VirtualAddress | Fault {
    return this.word(field) as VirtualAddress | Fault;
  }

  /**
   * An integer field as a number, with the width and sign its type has on this kernel. 64-bit values
   * beyond 2^53 lose their lowest bits: right for times, wrong for addresses and masks.
   */
  number(field: F): number | Fault {
    const at = this.#find(field);
    if (!at) return this.#missing(field);
    const { member } = at;
    if (!member.bits && member.size === 4) {
      const value = this.i32In(member.offset);
      return member.signed || isFault(value) ? value : value >>> 0;
    }
    const value = this.#integer(field);
    return isFault(value) ? value : Number(value);
  }

  /** A char array, up to its NUL, one character a byte. */
  text(field: F): string | Fault {
    const at = this.#find(field);
    if (!at) return this.#missing(field);
    const { offset, size } = at.member;
    const bytes = this.dump.memory.read(virtual(this.address + BigInt(offset)), size);
    return isFault(bytes) ? bytes : latin1(bytes);
  }

  /** 32 signed bits, so many bytes from the start of the struct. */
  protected i32In(offset: number): number | Fault {
    this.#fields ??= this.#open();
    const at = this.#offset + offset;
    return this.dump.memory.i32In(this.#page + (at >>> PAGE_BITS), at & (PAGE_SIZE - 1));
  }

  #find(field: string): FoundField | null {
    const fields = this.#fields ?? this.#open();
    let at = fields.get(field);
    if (at === undefined) {
      at = findField(this.dump, this.shape, field);
      fields.set(field, at);
    }
    return at;
  }

  #open(): Map<string, FoundField | null> {
    this.#page = pageOf(this.address);
    this.#offset = offsetInPage(this.address);
    this.#fields = fieldsOf(this.dump, this.shape);
    return this.#fields;
  }

  #integer(field: F): bigint | Fault {
    const at = this.#find(field);
    if (!at) return this.#missing(field);
    const { member } = at;
    // Pointers and times, by far the most of what is read: a word at once.
    if (member.bits || member.size !== 8) return readInteger(this.dump, this.address, member);
    const from = this.#offset + member.offset;
    const page = this.#page + (from >>> PAGE_BITS);
    const word = this.dump.memory.u64In(page, from & (PAGE_SIZE - 1));
    return isFault(word) || !member.signed ? word : BigInt.asIntN(64, word);
  }

  #missing(field: F): Fault {
    return new Fault('no-member', this.address, `${this.shape.struct}.${field}`);
  }
}

/** An integer member of at most 8 bytes, bit-fields too, with its sign. */
export function readInteger(
  dump: { readonly memory: Memory },
  base: VirtualAddress,
  member: Member,
): bigint | Fault {
  const at = virtual(base + BigInt(member.offset));
  const { bits } = member;
  const length = bits ? Math.min(8, Math.ceil((bits.offset + bits.size) / 8)) : member.size;
  if (length > 8) return new Fault('implausible', at, `${length} bytes are no integer`);
  const bytes = dump.memory.read(at, length);
  if (isFault(bytes)) return bytes;
  let value = 0n;
  for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  if (bits) value = BigInt.asUintN(bits.size, value >> BigInt(bits.offset));
  const width = bits ? bits.size : length * 8;
  return member.signed ? BigInt.asIntN(width, value) : value;
}
