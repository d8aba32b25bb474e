// What a mistyped word was meant to be.
import { expect, test } from 'vitest';
import { similar } from './similar.ts';

const ways = ['why', 'info', 'run', 'slim'];

test.each([
  ['whi', 'why'],
  ['wyh', 'why'],
  ['inof', 'info'],
  ['slimm', 'slim'],
  ['slm', 'slim'],
  ['x', undefined],
  ['frobnicate', undefined],
  ['', undefined],
])('%s: %s', (word, meant) => {
  expect(similar(word, ways)).toBe(meant);
});
