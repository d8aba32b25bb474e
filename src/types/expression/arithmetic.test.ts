import { expect, test } from 'vitest';
import { compute, int, num } from './arithmetic.ts';
import type { BinaryOperator } from './ast.ts';
import { ExpressionError } from './error.ts';

const unsigned = (value: bigint) => num(value, 32, false);
const long = (value: bigint) => num(value, 64, true);

// What a C compiler makes of the same constants on x86-64.
test.each([
  ['2147483647 + 1 wraps', int(2147483647n), '+', int(1n), -2147483648n, 32],
  ['5u - 6u has no sign', unsigned(5n), '-', unsigned(6n), 4294967295n, 32],
  ['-1 < 1u is false', int(-1n), '<', unsigned(1n), 0n, 32],
  ['-1l < 1u is true: a long holds both', long(-1n), '<', unsigned(1n), 1n, 32],
  ['-5 / 3 goes to zero', int(-5n), '/', int(3n), -1n, 32],
  ['-5 % 3 has the sign of the first', int(-5n), '%', int(3n), -2n, 32],
  ['-5 >> 1 keeps the sign', int(-5n), '>>', int(1n), -3n, 32],
  ['1 << 31', int(1n), '<<', int(31n), -2147483648n, 32],
  ['1 << 64 is gone', int(1n), '<<', int(64n), 0n, 32],
  ['int + long is long', int(1n), '+', long(1n << 40n), (1n << 40n) + 1n, 64],
] as const)('%s', (_what, left, operator, right, value, bits) => {
  expect(compute(operator as BinaryOperator, left, right)).toMatchObject({ value, bits });
});

test('division by zero is an error of ours', () => {
  expect(() => compute('/', int(1n), int(0n))).toThrow(ExpressionError);
  expect(() => compute('%', int(1n), int(0n))).toThrow(ExpressionError);
});
