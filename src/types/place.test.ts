// Members by their offset: the way back from what an instruction added to what the source said.
import { expect, test } from 'vitest';
import { placeAt } from './place.ts';
import type { Field, Type, TypeId, TypeTable } from './table.ts';

const field = (name: string, type: number, byte: number, bitSize = 0): Field => ({
  name,
  type: type as TypeId,
  bitOffset: byte * 8,
  bitSize,
});
const int = (size: number): Type => ({
  kind: 'int',
  name: `u${size * 8}`,
  size,
  signed: false,
  isBool: false,
  isChar: false,
});

/**
 * struct list { u64 next, prev; };
 * struct parcel { struct list link; union { u32 id; u8 bytes[4]; }; u32 tags[3]; u32 flag : 3; struct parcel *peer; };
 */
const TYPES: readonly Type[] = [
  { kind: 'void' },
  int(8),
  int(4),
  int(1),
  { kind: 'struct', name: 'list', size: 16, fields: [field('next', 1, 0), field('prev', 1, 8)] },
  { kind: 'array', of: 3 as TypeId, length: 4 },
  { kind: 'union', name: '', size: 4, fields: [field('id', 2, 0), field('bytes', 5, 0)] },
  { kind: 'array', of: 2 as TypeId, length: 3 },
  { kind: 'pointer', to: 9 as TypeId },
  {
    kind: 'struct',
    name: 'parcel',
    size: 48,
    fields: [
      field('link', 4, 0),
      field('', 6, 16),
      field('tags', 7, 20),
      field('flag', 2, 32, 3),
      field('peer', 8, 40),
    ],
  },
];
const types = { type: (id: TypeId) => TYPES[id] ?? { kind: 'void' } } as TypeTable;
const PARCEL = 9 as TypeId;

test.each([
  [0, 'link.next'],
  [8, 'link.prev'],
  // In the middle of a member it is still that member.
  [12, 'link.prev'],
  // An anonymous union has no name, and its first member is taken.
  [16, 'id'],
  [24, 'tags[1]'],
  [32, 'flag'],
  [40, 'peer'],
])('at %d lies %s', (offset, path) => expect(placeAt(types, PARCEL, offset)?.path).toBe(path));

test.each([-8, 36, 48, 4096])('at %d lies nothing', (offset) =>
  expect(placeAt(types, PARCEL, offset)).toBeUndefined(),
);

test('a pointer has no members', () => expect(placeAt(types, 8 as TypeId, 0)).toBeUndefined());
