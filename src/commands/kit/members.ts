// Structs by name and their members by reference, as `struct`, `list` and `tree` show them.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import {
  type CJson,
  type CValue,
  layOut,
  type Radix,
  readBitField,
  readValue,
  toJson,
  type ValueSource,
} from '../../types/c-print.ts';
import type { TypeSpace } from '../../types/expression.ts';
import type { Field, Type, TypeId } from '../../types/table.ts';

export interface StructType {
  readonly keyword: 'struct' | 'union';
  /** As it was asked for: a tag, or a typedef's name. */
  readonly name: string;
  readonly id: TypeId;
  readonly size: number;
}

export type NotStruct = 'unknown' | 'mismatch';

/**
 * A struct or union by tag or typedef.
 *
 * @param keyword only one of these; undefined: either
 * @returns `mismatch` where the name is another kind of type
 */
export function structNamed(
  types: TypeSpace,
  name: string,
  keyword?: 'struct' | 'union',
): StructType | NotStruct {
  const id =
    (keyword ? types.find(keyword, name) : undefined) ??
    types.find('struct', name) ??
    types.find('union', name) ??
    types.find('typedef', name);
  if (id === undefined) return types.find('enum', name) === undefined ? 'unknown' : 'mismatch';
  const type = types.strip(id);
  if (type.kind !== 'struct' && type.kind !== 'union') return 'mismatch';
  if (keyword && type.kind !== keyword) return 'mismatch';
  return { keyword: type.kind, name, id, size: type.size };
}

export interface FoundMember {
  readonly reference: string;
  readonly type: TypeId;
  readonly bitOffset: number;
  /** 0: no bit-field. */
  readonly bitSize: number;
  /** How many braces of the struct's own text it stands in: more than 1 in anonymous structs. */
  readonly depth: number;
  /** The last of the braces it stands in: has no comma. */
  readonly isLast: boolean;
}

/** Anonymous members nest a few deep. */
const MAX_DEPTH = 24;

/** A member by reference: `comm`, `se.load.weight`, `pid_links[1].next`. */
export function memberOf(
  types: TypeSpace,
  struct: TypeId,
  reference: string,
): FoundMember | undefined {
  let found: FoundMember | undefined;
  let at = struct;
  let bitOffset = 0;
  for (const part of reference.split('.')) {
    const [, name, indices = ''] = /^([A-Za-z_]\w*)((?:\[\d{1,9}\])*)$/.exec(part) ?? [];
    const field = name === undefined ? undefined : fieldOf(types, at, name, 1);
    if (!field) return undefined;
    bitOffset += field.bitOffset;
    at = field.field.type;
    let { bitSize } = field.field;
    for (const [, index] of indices.matchAll(/\[(\d+)\]/g)) {
      const array = types.strip(at);
      if (array.kind !== 'array' || (array.length > 0 && Number(index) >= array.length))
        return undefined;
      bitOffset += Number(index) * (types.sizeOf(array.of) ?? 0) * 8;
      at = array.of;
      bitSize = 0;
    }
    const depth = found ? 1 : field.depth;
    found = { reference, type: at, bitOffset, bitSize, depth, isLast: field.isLast };
  }
  return found;
}

interface FoundField {
  readonly field: Field;
  readonly bitOffset: number;
  readonly depth: number;
  readonly isLast: boolean;
}

function fieldOf(
  types: TypeSpace,
  id: TypeId,
  name: string,
  depth: number,
): FoundField | undefined {
  const type = types.strip(id);
  if (depth > MAX_DEPTH || (type.kind !== 'struct' && type.kind !== 'union')) return undefined;
  for (const [i, field] of type.fields.entries()) {
    const isLast = i === type.fields.length - 1;
    if (field.name === name) return { field, bitOffset: field.bitOffset, depth, isLast };
    if (field.name !== '') continue;
    const inner = fieldOf(types, field.type, name, depth + 1);
    if (inner) return { ...inner, bitOffset: inner.bitOffset + field.bitOffset };
  }
  return undefined;
}

/** Bytes from the struct's start. */
export const byteOffset = (member: FoundMember): number => Math.floor(member.bitOffset / 8);

export interface Shown {
  readonly text: string;
  readonly json: CJson;
}

/** What of a value could not be read. */
export type OnFault = (why: string) => void;

/** A whole struct: `struct list_head {` … `}`. */
export function showStruct(
  source: ValueSource,
  types: TypeSpace,
  struct: StructType,
  at: VirtualAddress,
  radix: Radix,
  onFault: OnFault,
): Shown {
  const { value, faults } = readValue(source, types, struct.id, at);
  for (const fault of faults) onFault(fault.explain());
  return { text: `${struct.keyword} ${struct.name} ${layOut(value, radix)}`, json: toJson(value) };
}

/** A member as its line in the struct: `  pid = 0,`. */
export function showMember(
  source: ValueSource,
  types: TypeSpace,
  member: FoundMember,
  struct: VirtualAddress,
  radix: Radix,
  onFault: OnFault,
): Shown {
  const value = readMember(source, types, member, struct, onFault);
  const indent = '  '.repeat(member.depth);
  const text = `${indent}${member.reference} = ${layOut(value, radix, member.depth)}${comma(member)}`;
  return { text, json: toJson(value) };
}

/** What follows a member in its struct's text. */
const comma = (member: FoundMember): string => (member.isLast ? '' : ',');

export function readMember(
  source: ValueSource,
  types: TypeSpace,
  member: FoundMember,
  struct: VirtualAddress,
  onFault: OnFault,
): CValue {
  const at = virtual(BigInt.asUintN(64, struct + BigInt(byteOffset(member))));
  const bits = { offset: member.bitOffset & 7, size: member.bitSize };
  const { value, faults } =
    member.bitSize > 0
      ? readBitField(source, types, member.type, at, bits)
      : readValue(source, types, member.type, at);
  for (const fault of faults) onFault(fault.explain());
  return value;
}

/** Whether a value is shown on several lines. */
export const isAggregate = (type: Type): boolean => type.kind === 'struct' || type.kind === 'union';
