// A struct's definition as text: as C, or with its members' offsets.
import type { VirtualAddress } from '../../bytes/address.ts';
import { hex } from '../../print/hex.ts';
import { type DefinitionLine, declare, define, typeName } from '../../types/c-declare.ts';
import type { TypeSpace } from '../../types/expression.ts';
import type { FoundMember, StructType } from '../kit/members.ts';
import { byteOffset } from '../kit/members.ts';
import type { StructMember } from './data.ts';

/** With `SIZE: n` below. */
export function definitionText(types: TypeSpace, struct: StructType): string {
  return [...define(types, struct.id).map(({ text }) => text), `SIZE: ${struct.size}`].join('\n');
}

/** How offsets are written: from the struct's start, or from an address. */
export interface OffsetForm {
  readonly address: VirtualAddress | undefined;
  readonly radix: 10 | 16;
}

/** `struct -o`: each member behind its offset or address. */
export function offsetText(types: TypeSpace, struct: StructType, form: OffsetForm): string {
  const lines = define(types, struct.id);
  const texts = lines.map((line, i) => offsetLine(line, i, lines.length, struct, form));
  return [...texts, `SIZE: ${numeral(struct.size, form.radix)}`].join('\n');
}

/** The same of one member alone, without the size. */
export function memberOffsetText(
  types: TypeSpace,
  struct: StructType,
  member: FoundMember,
  form: OffsetForm,
): string {
  const lines = define(types, struct.id);
  const offset = byteOffset(member);
  // The reference is words, dots and brackets.
  const name = new RegExp(`\\b${member.reference.replace(/[.[\]]/g, '\\$&')}(?!\\w)`);
  const found = lines.find((line) => line.offset === offset && name.test(line.text));
  const own = { text: `    ${declare(types, member.type, member.reference)};`, offset };
  return [
    lines[0]?.text ?? '',
    offsetLine(found ?? own, 1, lines.length, struct, form),
    lines.at(-1)?.text ?? '',
  ].join('\n');
}

function offsetLine(
  { text, offset }: DefinitionLine,
  i: number,
  count: number,
  { size }: StructType,
  { address, radix }: OffsetForm,
): string {
  if (i === 0 || i === count - 1) return text;
  const spell = (value: number): string =>
    address !== undefined
      ? BigInt.asUintN(64, address + BigInt(value)).toString(16)
      : numeral(value, radix);
  const place =
    offset === undefined ? '' : `${address === undefined ? '' : '  '}[${spell(offset)}]`;
  return `${place.padStart(numeral(size, radix).length + 4)} ${text.slice(4)}`;
}

const numeral = (value: number, radix: 10 | 16): string =>
  radix === 16 ? hex(BigInt(value)) : `${value}`;

/** The members of the first level, as data. */
export function membersOf(types: TypeSpace, struct: StructType): StructMember[] {
  const type = types.strip(struct.id);
  if (type.kind !== 'struct' && type.kind !== 'union') return [];
  return type.fields.map(({ name, type: id, bitOffset, bitSize }) => ({
    name,
    type: typeName(types, id),
    offset: Math.floor(bitOffset / 8),
    bits: bitSize > 0 ? { offset: bitOffset & 7, size: bitSize } : null,
  }));
}
