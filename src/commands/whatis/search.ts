// Types by their size, and structs by what their members are or point to.
import type { TypeSpace } from '../../types/expression.ts';
import type { TypeId } from '../../types/table.ts';

export interface Range {
  readonly first: number;
  readonly last: number;
}

/** A type with a name. */
export interface FoundType {
  readonly size: number;
  readonly name: string;
  readonly declaration: string;
  readonly id: TypeId;
}

/** `192`, `256-512`; undefined: none given, or none. Hexadecimal with 0x. */
export function parseRange(text: string | undefined): Range | undefined {
  if (text === undefined) return { first: 0, last: Number.POSITIVE_INFINITY };
  const number = '(\\d+|0x[0-9a-fA-F]+)';
  const [, first, last = first] = new RegExp(`^${number}(?:-${number})?$`).exec(text) ?? [];
  return first === undefined ? undefined : { first: Number(first), last: Number(last) };
}

/**
 * By size, then by name; each name once.
 *
 * @param member the type that one of its members, or of theirs, is of or points to
 */
export function search(
  types: TypeSpace,
  { first, last }: Range,
  member: string | undefined,
): FoundType[] {
  const holds = member === undefined ? undefined : holderOf(types, member);
  const found = new Map<string, FoundType>();
  for (const kind of ['struct', 'union', 'enum', 'typedef', 'int'] as const)
    for (const [name, id] of types.named(kind)) {
      const size = types.sizeOf(id) ?? 0;
      if (size === 0 || size < first || size > last || holds?.(id) === false) continue;
      const declaration = kind === 'typedef' || kind === 'int' ? name : `${kind} ${name}`;
      const key = `${size} ${name}`;
      if (!found.has(key)) found.set(key, { size, name, declaration, id });
    }
  return [...found.values()].sort((a, b) => a.size - b.size || (a.name < b.name ? -1 : 1));
}

/** Structs in structs, arrays of pointers to … */
const MAX_DEPTH = 32;

/** Whether a struct has a member of a type of that name, or one that points to it, at any depth by value. */
function holderOf(types: TypeSpace, name: string): (id: TypeId) => boolean {
  const known = new Map<TypeId, boolean>();
  const isOf = (id: TypeId): boolean => {
    let at = id;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const type = types.type(at);
      if ('name' in type && type.name === name && type.kind !== 'tag') return true;
      if (type.kind === 'array') at = type.of;
      else if ('to' in type) at = type.to;
      else return false;
    }
    return false;
  };
  const holds = (id: TypeId, depth: number): boolean => {
    let type = types.strip(id);
    while (type.kind === 'array') type = types.strip(type.of);
    if ((type.kind !== 'struct' && type.kind !== 'union') || depth > MAX_DEPTH) return false;
    const before = known.get(id);
    if (before !== undefined) return before;
    const found = type.fields.some((field) => isOf(field.type) || holds(field.type, depth + 1));
    known.set(id, found);
    return found;
  };
  return (id) => holds(id, 0);
}
