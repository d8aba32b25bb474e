import { expect, test } from 'vitest';
import { cpusNamed } from './select.ts';

test('CPUs: one, several, ranges, all', () => {
  const known = [0, 1, 2, 3, 5];
  expect(cpusNamed('1', known)).toEqual([1]);
  expect(cpusNamed('3,0', known)).toEqual([0, 3]);
  expect(cpusNamed('1-3,1', known)).toEqual([1, 2, 3]);
  expect(cpusNamed('a', known)).toEqual(known);
  expect(cpusNamed('all', known)).toEqual(known);
});

test.each([
  ['4', 'ps: invalid cpu specification: 4'],
  ['3-5', 'ps: invalid cpu specification: 3-5'],
  ['2-1', 'ps: invalid cpu specification: 2-1'],
  ['1-2-3', 'ps: invalid cpu specification: 1-2-3'],
  ['0-99999999999', 'ps: invalid cpu specification: 0-99999999999'],
  ['x', 'ps: x: "x" is not a digit 0 - 9'],
  ['', 'ps: : "" is not a digit 0 - 9'],
])('CPUs: %s is refused', (text, message) => {
  expect(() => cpusNamed(text, [0, 1, 2, 3, 5])).toThrow(message);
});
