// Arithmetic on 64-bit words: values as crash 9.0.2's `eval` has them, and what must not throw.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate, numberOf } from './arithmetic.ts';

const none = () => undefined;

test.each([
  ['128m', 0x8000000n],
  ['0x10k', 0x4000n],
  ['(1 << 32)', 0x100000000n],
  ['ff', 0xffn],
  ['-1', 0xffffffffffffffffn],
  ['~5', 0xfffffffffffffffan],
  ['10 - 15', 0xfffffffffffffffbn],
  ['99999999999999999999', 0xffffffffffffffffn],
  ['ffff88c941ea2100 - ffff88c941244200', 0xc5df00n],
  ['2 + 3 * (4 - 1)', 11n],
  ['1 << 64', 0n],
  ['1/0', undefined],
  ['1.5', undefined],
  ['1t', undefined],
  ['10 =+ 5', undefined],
  ['10 +', undefined],
  ['(1', undefined],
  ['nosuch', undefined],
])('%s', (text, expected) => {
  expect(evaluate(text, none)).toBe(expected);
});

test('symbols are their addresses, before numbers', () => {
  expect(evaluate('abc + 1', (name) => (name === 'abc' ? 0x1000n : undefined))).toBe(0x1001n);
});

test('digits are hexadecimal where an argument says so', () => {
  expect(numberOf('10', 16)).toBe(16n);
});

test('no text throws', () => {
  fc.assert(
    fc.property(fc.string(), fc.stringMatching(/^[()\d~+*/-]{0,300}$/), (a, b) => {
      for (const text of [a, b]) {
        const value = evaluate(text, none);
        expect(value === undefined || (value >= 0n && value < 1n << 64n)).toBe(true);
      }
    }),
  );
});
