// Which member lies at an offset of a struct.
import { sizeOf, strip } from './paths.ts';
import type { Field, TypeId, TypeTable } from './table.ts';

export interface Place {
  /** `link.next`, `tags[2].value`; unions by their first member that is there. */
  readonly path: string;
  readonly type: TypeId;
}

/** Structs nest a few deep; a damaged table may nest for ever. */
const MAX_DEPTH = 16;

/** The innermost member that an offset lies in; undefined: none, as between members. */
export function placeAt(types: TypeTable, type: TypeId, offset: number): Place | undefined {
  let place: Place = { path: '', type };
  let rest = offset;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const at = strip(types, place.type);
    if (at.kind === 'array') {
      const each = sizeOf(types, at.of) ?? 0;
      if (each <= 0 || rest < 0 || rest >= each * at.length) return undefined;
      const index = Math.floor(rest / each);
      place = { path: `${place.path}[${index}]`, type: at.of };
      rest -= index * each;
      continue;
    }
    if (at.kind !== 'struct' && at.kind !== 'union')
      return depth > 0 && rest >= 0 ? place : undefined;
    const field = at.fields.find((one) => covers(types, one, rest));
    if (!field) return undefined;
    const dot = place.path && field.name ? '.' : '';
    place = { path: `${place.path}${dot}${field.name}`, type: field.type };
    rest -= Math.floor(field.bitOffset / 8);
  }
  return undefined;
}

function covers(types: TypeTable, { bitOffset, bitSize, type }: Field, offset: number): boolean {
  const size = bitSize > 0 ? Math.ceil(((bitOffset & 7) + bitSize) / 8) : sizeOf(types, type);
  const start = Math.floor(bitOffset / 8);
  return size !== undefined && offset >= start && offset < start + size;
}
