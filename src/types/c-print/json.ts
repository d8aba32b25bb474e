// A value as plain JSON: what `--json` gives programs.
import { latin1 } from '../../bytes/cursor.ts';
import { hex } from '../../print/hex.ts';
import type { CValue, NamedValue } from './value.ts';

/**
 * A C value as JSON.
 *
 * - an integer, also a character, is a number; beyond ±(2^53 − 1) the decimal digits as a string
 * - `bool` is true or false
 * - a pointer is its address, `"0xffff…"`
 * - an enumeration is its enumerator's name, or its value's digits where it has none
 * - an array of `char` is a string up to its NUL, one character a byte; of `unsigned char`, numbers
 * - another array is an array, at most its first 256 elements
 * - a struct or union is an object; members of anonymous ones stand among those around them
 * - null: cannot be read (a warning says why), or has no value
 */
export type CJson =
  | number
  | string
  | boolean
  | null
  | readonly CJson[]
  | { readonly [member: string]: CJson };

/** Plain data: structs as objects, enumerators as their names, addresses as `"0x…"`, what cannot be read as `null`. */
export function toJson(value: CValue): CJson {
  switch (value.kind) {
    case 'aggregate':
      return objectOf(value.fields);
    case 'array':
      return value.items.map(toJson);
    case 'string':
      return value.isText ? latin1(value.bytes) : [...value.bytes];
    case 'int':
      if (value.form === 'bool' && value.value <= 1n) return value.value === 1n;
      return integer(value.value);
    case 'float':
      return Number.isFinite(value.value) ? value.value : null;
    case 'enum':
      return value.name;
    case 'pointer':
      return hex(value.address);
    case 'opaque':
    case 'unreadable':
      return null;
  }
}

const integer = (value: bigint): number | string => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : `${value}`;
};

/** Member names come from the dump: `__proto__` is one like any other. */
function objectOf(fields: readonly NamedValue[]): { readonly [member: string]: CJson } {
  return Object.fromEntries(entriesOf(fields));
}

function* entriesOf(fields: readonly NamedValue[]): Generator<[string, CJson]> {
  for (const { name, value } of fields)
    if (name !== '') yield [name, toJson(value)];
    else if (value.kind === 'aggregate') yield* entriesOf(value.fields);
}
