// Types that only damage makes end, too.
import { expect, test } from 'vitest';
import { typeName } from './c-declare.ts';
import type { Type, TypeTable } from './table.ts';

const table = (...list: readonly Type[]): TypeTable => {
  const type = (id: number): Type => list[id] as Type;
  return { type } as Partial<TypeTable> as TypeTable;
};
const taking = (...ids: readonly number[]) =>
  ({
    kind: 'function',
    returns: 0,
    parameters: ids.map((type) => ({ name: '', type })),
    isVariadic: false,
  }) as Type;

test('a function that takes itself', () => {
  expect(typeName(table({ kind: 'void' } as Type, taking(1, 1)), 1)).toBe(
    'void (void (…), void (…))',
  );
});

test('two that take each other', () => {
  const types = table({ kind: 'void' } as Type, taking(2), taking(1));
  expect(typeName(types, 1)).toBe('void (void (void (…)))');
});

test('a long chain of functions that take functions', () => {
  const chain = Array.from({ length: 5000 }, (_, i) => taking(i + 2, i + 2));
  const types = table({ kind: 'void' } as Type, ...chain, taking());
  expect(typeName(types, 1).length).toBeLessThan(1000);
});
