import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binaryOperators, type Derivation, type Expression, type TypeName } from './ast.ts';
import { ExpressionError } from './error.ts';
import { parseExpression, parseTypeName } from './parser.ts';
import { printExpression, printTypeName } from './print.ts';

const types = ['pid_t', 'u64', 'gfp_t'];
const isTypeName = (name: string): boolean => types.includes(name);
const parse = (text: string): Expression => parseExpression(text, isTypeName);

const derivation: fc.Arbitrary<Derivation> = fc.oneof(
  fc.constant<Derivation>({ kind: 'pointer' }),
  fc.nat(1000).map((length): Derivation => ({ kind: 'array', length })),
);
const name = fc.constantFrom('init_task', 'x', 'per_cpu', 'a1', '_b');
const typeName: fc.Arbitrary<TypeName> = fc.record({
  keyword: fc.constantFrom('struct', 'union', 'enum', undefined),
  name: fc.constantFrom(...types),
  derived: fc.array(derivation, { maxLength: 4 }),
});
const plainType: fc.Arbitrary<TypeName> = fc.record({
  keyword: fc.constant(undefined),
  name: fc.constantFrom('unsigned long', 'char', 'int', 'unsigned int', 'signed char', 'void'),
  derived: fc.array(derivation, { maxLength: 4 }),
});
const anyType = fc.oneof(typeName, plainType);

const expressions = fc.letrec<{ expression: Expression }>((tie) => {
  const inner = tie('expression');
  const leaf: fc.Arbitrary<Expression> = fc.oneof(
    fc.record({
      kind: fc.constant('number' as const),
      value: fc.bigInt(1n, (1n << 64n) - 1n),
      isDecimal: fc.boolean(),
      suffix: fc.constantFrom('', 'u', 'l', 'ul'),
    }),
    fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map(
      (value): Expression => ({
        kind: 'float',
        value: value + 0,
      }),
    ),
    fc.record({ kind: fc.constant('character' as const), byte: fc.nat(255) }),
    fc.record({
      kind: fc.constant('string' as const),
      bytes: fc.array(fc.nat(255), { maxLength: 5 }),
    }),
    fc.record({ kind: fc.constant('name' as const), name }),
    fc.record({ kind: fc.constant('history' as const), number: fc.nat(99) }),
    fc.record({ kind: fc.constant('sizeofType' as const), type: anyType }),
  );
  return {
    expression: fc.oneof(
      { maxDepth: 6 },
      leaf,
      fc.record({
        kind: fc.constant('unary' as const),
        operator: fc.constantFrom('*', '&', '-', '+', '!', '~'),
        operand: inner,
      }),
      fc.record({
        kind: fc.constant('binary' as const),
        operator: fc.constantFrom(...binaryOperators),
        left: inner,
        right: inner,
      }),
      fc.record({
        kind: fc.constant('conditional' as const),
        condition: inner,
        yes: inner,
        no: inner,
      }),
      fc.record({
        kind: fc.constant('member' as const),
        operand: inner,
        name,
        arrow: fc.boolean(),
      }),
      fc.record({ kind: fc.constant('index' as const), operand: inner, index: inner }),
      fc.record({
        kind: fc.constant('call' as const),
        callee: inner,
        operands: fc.array(inner, { maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('cast' as const), type: anyType, operand: inner }),
      fc.record({ kind: fc.constant('sizeof' as const), operand: inner }),
    ),
  };
}).expression;

test('what is printed parses to the same', () => {
  fc.assert(
    fc.property(expressions, (expression) => {
      expect(parse(printExpression(expression))).toEqual(expression);
    }),
    { numRuns: 2000 },
  );
});

test('a type too', () => {
  fc.assert(
    fc.property(anyType, (type) => {
      expect(parseTypeName(printTypeName(type), isTypeName)).toEqual(type);
    }),
  );
});

/** Pieces of C in any order: nearer to an expression than any text. */
const pieces = fc
  .array(
    fc.constantFrom(
      ...['(', ')', '[', ']', '*', '&', '->', '.', '@', ',', '?', ':', '-', '<<', '1', '0x', '08'],
      ...['1.', '.5e', "'", '"', "'\\x", '$', '$9', 'x', 'struct', 'pid_t', 'unsigned', 'sizeof'],
      ...['const', 'enum', ' ', '\\', '\n', '\u0000', 'ä', '=', '{'],
    ),
    { maxLength: 30 },
  )
  .map((words) => words.join(''));

test('whatever the text, it is parsed or an ExpressionError', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), pieces), (text) => {
      try {
        const expression = parse(text);
        expect(parse(printExpression(expression))).toEqual(expression);
      } catch (error) {
        expect(error).toBeInstanceOf(ExpressionError);
      }
    }),
    { numRuns: 5000 },
  );
});

describe('deep and long texts end, too', () => {
  test.each([
    ['('.repeat(100_000)],
    [`${'-'.repeat(100_000)}1`],
    [`a${'.a'.repeat(100_000)}`],
    [`1${'+1'.repeat(100_000)}`],
    [`${'1?1:'.repeat(100_000)}1`],
    [`${'(pid_t)'.repeat(100_000)}1`],
    ['(int (*'.repeat(100_000)],
    ['9'.repeat(100_000)],
  ])('%.20s…', (text) => {
    expect(() => parse(text)).toThrow(ExpressionError);
  });
});

test.each([
  ['1+2*3', '1 + 2 * 3'],
  ['(1+2)*3', '(1 + 2) * 3'],
  ['a-b-c', 'a - b - c'],
  ['a-(b-c)', 'a - (b - c)'],
  ['*a.b', '* a.b'],
  ['(*a).b', '(* a).b'],
  ['(pid_t)-1', '(pid_t)- 1'],
  ['(x)-1', 'x - 1'],
  ['&((struct pid_t *)0)->x', '& ((struct pid_t *)0x0)->x'],
  ['*x@3', '* x @ 3'],
  ['long unsigned sizeof', undefined],
  ['sizeof(unsigned long)*2', 'sizeof(unsigned long) * 2'],
  ['(char (*)[10])x', '(char (*)[10])x'],
  ['(long int unsigned)x', '(unsigned long)x'],
  ['a ? b : c, d', 'a ? b : c, d'],
])('%s', (text, printed) => {
  if (printed === undefined) expect(() => parse(text)).toThrow(ExpressionError);
  else expect(printExpression(parse(text))).toBe(printed.replace('c, d', 'c , d'));
});
