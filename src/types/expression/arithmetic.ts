// C's arithmetic on numbers of 32 and 64 bits, as gdb does it.
import type { BinaryOperator, Expression, UnaryOperator } from './ast.ts';
import { ExpressionError } from './error.ts';

/** A number with the type that arithmetic gives it. */
export interface Num {
  readonly value: bigint;
  readonly bits: 32 | 64;
  readonly signed: boolean;
}

/** Cut to its type. */
export const num = (value: bigint, bits: 32 | 64, signed: boolean): Num => ({
  value: signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value),
  bits,
  signed,
});

export const int = (value: bigint): Num => num(value, 32, true);

/** C's usual arithmetic conversions: the wider one, and unsigned where both are as wide. */
function common(left: Num, right: Num): Pick<Num, 'bits' | 'signed'> {
  const bits = left.bits === 64 || right.bits === 64 ? 64 : 32;
  const isUnsigned = [left, right].some((side) => side.bits === bits && !side.signed);
  return { bits, signed: !isUnsigned };
}

/** @throws ExpressionError `Division by zero` */
export function compute(operator: BinaryOperator, left: Num, right: Num): Num {
  if (operator === '<<' || operator === '>>') return shift(operator, left, right.value);
  const { bits, signed } = common(left, right);
  const a = num(left.value, bits, signed).value;
  const b = num(right.value, bits, signed).value;
  const result = (value: bigint) => num(value, bits, signed);
  const truth = (is: boolean) => int(is ? 1n : 0n);
  switch (operator) {
    case '+':
      return result(a + b);
    case '-':
      return result(a - b);
    case '*':
      return result(a * b);
    case '/':
    case '%':
      if (b === 0n) throw new ExpressionError('value', 'Division by zero');
      return result(operator === '/' ? a / b : a % b);
    case '&':
      return result(a & b);
    case '|':
      return result(a | b);
    case '^':
      return result(a ^ b);
    case '==':
      return truth(a === b);
    case '!=':
      return truth(a !== b);
    case '<':
      return truth(a < b);
    case '>':
      return truth(a > b);
    case '<=':
      return truth(a <= b);
    case '>=':
      return truth(a >= b);
    default:
      throw new ExpressionError('value', `No arithmetic: ${operator}`);
  }
}

function shift(operator: '<<' | '>>', { value, bits, signed }: Num, by: bigint): Num {
  if (by < 0n || by >= BigInt(bits)) return num(0n, bits, signed);
  return num(operator === '<<' ? value << by : value >> by, bits, signed);
}

/** The same of numbers with a fraction; undefined where C has none. */
export function computeFloat(operator: BinaryOperator, a: number, b: number): number | undefined {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    default:
      return undefined;
  }
}

/** As C types a constant: the first of int, long and their unsigned ones that holds it. */
export function literal({
  value,
  isDecimal,
  suffix,
}: Extract<Expression, { kind: 'number' }>): Num {
  const isUnsigned = suffix.includes('u');
  const isLong = suffix.includes('l');
  if (!isLong && !isUnsigned && value < 1n << 31n) return num(value, 32, true);
  if (!isLong && (isUnsigned || !isDecimal) && value < 1n << 32n) return num(value, 32, false);
  if (!isUnsigned && value < 1n << 63n) return num(value, 64, true);
  return num(value, 64, false);
}

/** `-`, `~` and `+` of a number. */
export function negated(operator: UnaryOperator, { value, bits, signed }: Num): Num {
  if (operator === '-') return num(-value, bits, signed);
  return operator === '~' ? num(~value, bits, signed) : num(value, bits, signed);
}

/** A number without its fraction, as 64 bits. */
export const truncated = (value: number): bigint =>
  Number.isFinite(value) ? BigInt.asUintN(64, BigInt(Math.trunc(value))) : 0n;
