// `struct -p`: pointers with what they point to.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { hex } from '../../print/hex.ts';
import { declare } from '../../types/c-declare.ts';
import {
  type CJson,
  layOut,
  type Radix,
  readValue,
  toJson,
  type ValueSource,
} from '../../types/c-print.ts';
import type { TypeSpace } from '../../types/expression.ts';
import {
  type FoundMember,
  memberOf,
  type OnFault,
  readMember,
  type Shown,
  type StructType,
  showMember,
} from '../kit/members.ts';

/** Whole, or the members asked for; JSON has the pointers' targets under `*NAME`. */
export function showFollowed(
  source: ValueSource,
  types: TypeSpace,
  struct: StructType,
  members: readonly FoundMember[],
  at: VirtualAddress,
  radix: Radix,
  onFault: OnFault,
): Shown {
  const json: Record<string, CJson> = {};
  const wanted = members.length > 0 ? members : firstLevel(types, struct);
  const lines = wanted.map((member) => {
    const shown = showMember(source, types, member, at, radix, onFault);
    json[member.reference] = shown.json;
    const target = targetOf(types, member);
    if (target === undefined) return shown.text;
    const value = readMember(source, types, member, at, onFault);
    if (value.kind !== 'pointer') return shown.text;
    const line = `  ${declare(types, member.type, member.reference)} = ${hex(value.address)}`;
    if (value.address === 0n) return line;
    const read = readValue(source, types, target, virtual(value.address));
    for (const fault of read.faults) onFault(fault.explain());
    json[`*${member.reference}`] = toJson(read.value);
    const name =
      value.symbol === undefined || value.symbol.includes('+') ? '' : `<${value.symbol}> `;
    const text = layOut(read.value, radix).replaceAll('\n', '\n     ');
    return `${line}\n  -> ${name}${text}`;
  });
  if (members.length > 0) return { text: lines.join('\n'), json };
  return { text: `${struct.keyword} ${struct.name} {\n${lines.join('\n')}\n}`, json };
}

function firstLevel(types: TypeSpace, struct: StructType): FoundMember[] {
  const type = types.strip(struct.id);
  if (type.kind !== 'struct' && type.kind !== 'union') return [];
  return type.fields
    .map((field) => (field.name === '' ? undefined : memberOf(types, struct.id, field.name)))
    .filter((member) => member !== undefined);
}

/** What a pointer to a struct points to; undefined for everything else. */
function targetOf(types: TypeSpace, member: FoundMember): number | undefined {
  const type = types.strip(member.type);
  if (type.kind !== 'pointer') return undefined;
  const target = types.strip(type.to);
  return target.kind === 'struct' || target.kind === 'union' ? type.to : undefined;
}
