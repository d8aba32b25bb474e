// Finding members by path, and sizes, in any TypeTable.
import type { Field, Member, Type, TypeId, TypeTable } from './table.ts';

/** Typedefs and anonymous members nest a few deep; a damaged table may nest for ever. */
const MAX_DEPTH = 32;

type Aggregate = Extract<Type, { kind: 'struct' | 'union' }>;

export function strip(types: TypeTable, id: TypeId): Type {
  let type = types.type(id);
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (type.kind !== 'typedef' && type.kind !== 'qualifier' && type.kind !== 'tag') return type;
    type = types.type(type.to);
  }
  return { kind: 'void' };
}

export function sizeOf(types: TypeTable, type: string | TypeId): number | undefined {
  const id = typeof type === 'string' ? aggregateId(types, type) : type;
  if (id === undefined) return undefined;
  let count = 1;
  let at = strip(types, id);
  for (let depth = 0; at.kind === 'array' && depth < MAX_DEPTH; depth++) {
    count *= at.length;
    at = strip(types, at.of);
  }
  if (at.kind === 'pointer') return count * 8;
  return 'size' in at ? count * at.size : undefined;
}

export function enumeratorOf(types: TypeTable, enumName: string, name: string): number | undefined {
  const id = types.find('enum', enumName);
  const type = id === undefined ? undefined : types.type(id);
  if (type?.kind !== 'enum') return undefined;
  const found = type.values.find((value) => value.name === name);
  return found && Number(found.value);
}

export function memberOf(types: TypeTable, struct: string, path: string): Member | undefined {
  let id = aggregateId(types, struct);
  let bitOffset = 0;
  let bitSize = 0;
  for (const [name, index] of splitPath(path)) {
    if (id === undefined) return undefined;
    const aggregate = strip(types, id);
    if (aggregate.kind !== 'struct' && aggregate.kind !== 'union') return undefined;
    const found = findField(types, aggregate, name, 0);
    if (!found) return undefined;
    bitOffset += found.bitOffset;
    bitSize = found.bitSize;
    id = found.type;
    if (index === undefined) continue;
    const array = strip(types, id);
    if (array.kind !== 'array' || index >= array.length) return undefined;
    bitOffset += index * (sizeOf(types, array.of) ?? 0) * 8;
    id = array.of;
  }
  if (id === undefined) return undefined;
  const type = strip(types, id);
  const size = sizeOf(types, id) ?? 0;
  const signed = (type.kind === 'int' || type.kind === 'enum') && type.signed;
  if (bitSize === 0) return { offset: bitOffset / 8, size, type: id, signed, bits: undefined };
  const offset = bitOffset >> 3;
  return { offset, size, type: id, signed, bits: { offset: bitOffset & 7, size: bitSize } };
}

/** A struct, union, or a typedef of one, by name. */
export function aggregateId(types: TypeTable, name: string): TypeId | undefined {
  return (
    types.find('struct', name) ??
    types.find('union', name) ??
    types.find('typedef', name) ??
    types.find('enum', name) ??
    types.find('int', name)
  );
}

/** `a.b[2].c` → `[a], [b, 2], [c]`. */
function splitPath(path: string): [name: string, index: number | undefined][] {
  return path.split('.').map((part) => {
    const bracket = part.indexOf('[');
    if (bracket < 0) return [part, undefined];
    return [part.slice(0, bracket), Number(part.slice(bracket + 1, -1))];
  });
}

/** A field by name, anonymous structs and unions looked through. */
function findField(
  types: TypeTable,
  aggregate: Aggregate,
  name: string,
  depth: number,
): Field | undefined {
  if (depth > MAX_DEPTH) return undefined;
  for (const field of aggregate.fields) {
    if (field.name === name) return field;
    if (field.name !== '') continue;
    const inner = strip(types, field.type);
    if (inner.kind !== 'struct' && inner.kind !== 'union') continue;
    const found = findField(types, inner, name, depth + 1);
    if (found) return { ...found, bitOffset: found.bitOffset + field.bitOffset };
  }
  return undefined;
}
