// Structs and unions by their size, and by what their members are or point to.
import type { TypeSpace } from '../../types/expression.ts';
import type { TypeId } from '../../types/table.ts';

export interface Range {
  readonly first: number;
  readonly last: number;
}

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

/** By size, then by name. @param member the type that one of its members is of or points to */
export function search(
  types: TypeSpace,
  { first, last }: Range,
  member: string | undefined,
): FoundType[] {
  const found: FoundType[] = [];
  for (const keyword of ['struct', 'union'] as const)
    for (const [name, id] of types.named(keyword)) {
      const type = types.type(id);
      if (type.kind !== keyword || type.size < first || type.size > last) continue;
      if (member !== undefined && !type.fields.some((f) => mentions(types, f.type, member)))
        continue;
      found.push({ size: type.size, name, declaration: `${keyword} ${name}`, id });
    }
  found.sort((a, b) => a.size - b.size || (a.name < b.name ? -1 : 1));
  return found;
}

/** Pointers to pointers to arrays of … */
const MAX_DEPTH = 16;

/** Whether a member is of a type of that name, or points to it, or an array of either. */
function mentions(types: TypeSpace, id: TypeId, name: string): boolean {
  let at = id;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const type = types.type(at);
    if ('name' in type && type.name === name && type.kind !== 'tag') return true;
    if (type.kind === 'array') at = type.of;
    else if ('to' in type) at = type.to;
    else return false;
  }
  return false;
}
