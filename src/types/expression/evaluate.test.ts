import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { Fault } from '../../bytes/fault.ts';
import { Memory, PAGE_SIZE } from '../../memory/memory.ts';
import { layOut } from '../c-print.ts';
import type { Dump } from '../dump.ts';
import { sizeOf, strip } from '../paths.ts';
import type { Type, TypeId, TypeTable } from '../table.ts';
import { ExpressionError } from './error.ts';
import { evaluate } from './evaluate.ts';
import { Scope, type Value } from './scope.ts';

/** One page of bytes at 0x1000; everything else was left out of the dump. */
class OnePage extends Memory {
  readonly bytes = new Uint8Array(PAGE_SIZE);
  page(number: number): Uint8Array | Fault {
    return number === 1 ? this.bytes : new Fault('excluded', virtual(BigInt(number) << 12n));
  }
}

const int = (name: string, size: number, signed: boolean): Type => ({
  kind: 'int',
  name,
  size,
  signed,
  isBool: false,
  isChar: name === 'char',
});
const field = (name: string, type: TypeId, bitOffset: number, bitSize = 0) => ({
  name,
  type,
  bitOffset,
  bitSize,
});
// struct node { int id; struct { unsigned a : 3; unsigned b : 5; }; char name[4]; u16 list[]; struct node *next; }
const types: readonly Type[] = [
  { kind: 'void' },
  int('int', 4, true),
  int('unsigned int', 4, false),
  int('char', 1, true),
  { kind: 'array', of: 3, length: 4 },
  {
    kind: 'struct',
    name: 'node',
    size: 24,
    fields: [
      field('id', 1, 0),
      field('', 6, 32),
      field('name', 4, 64),
      field('list', 8, 96),
      field('next', 9, 128),
    ],
  },
  { kind: 'struct', name: '', size: 4, fields: [field('a', 2, 0, 3), field('b', 2, 3, 5)] },
  int('short', 2, false),
  { kind: 'array', of: 7, length: 0 },
  { kind: 'pointer', to: 5 },
  { kind: 'typedef', name: 'u16', to: 7 },
  { kind: 'forward', name: 'hidden', of: 'struct' },
  { kind: 'pointer', to: 11 },
];
const names: Record<string, TypeId> = { 'struct node': 5, 'typedef u16': 10 };
const table = {
  type: (id: TypeId) => types[id] ?? { kind: 'void' },
  find: (kind: string, name: string) => names[`${kind} ${name}`],
  strip: (id: TypeId) => strip(table, id),
  sizeOf: (type: string | TypeId) => sizeOf(table, type),
} as TypeTable;

const symbolsAt: Record<string, bigint> = { head: 0x1000n, nobody: 0x1100n, gone: 0x9000n };

function scene() {
  const memory = new OnePage();
  // id −2, a 5, b 9, name "ab", list 7 and 8, next the node itself.
  memory.bytes.set([
    0xfe,
    0xff,
    0xff,
    0xff,
    5 | (9 << 3),
    0,
    0,
    0,
    97,
    98,
    0,
    0,
    7,
    0,
    8,
    0,
    0,
    0x10,
  ]);
  const memos = new Map<unknown, unknown>();
  const symbol = (name: string) =>
    Object.hasOwn(symbolsAt, name)
      ? { name, address: virtual(symbolsAt[name] ?? 0n), module: undefined }
      : undefined;
  const dump = {
    memory,
    types: table,
    moduleTypes: () => undefined,
    symbols: {
      modules: [],
      lookup: symbol,
      address: (name: string) => symbol(name)?.address,
      at: () => undefined,
      isText: () => false,
    },
    perCpuAddress: (at: VirtualAddress, cpu: number) => virtual(at + BigInt(cpu) * 0x10n),
    memo<T>(key: unknown, make: () => T): T {
      if (!memos.has(key)) memos.set(key, make());
      return memos.get(key) as T;
    },
  } as unknown as Dump;
  const knowledge = {
    typeOfVariable: (name: string) =>
      name === 'head' || name === 'gone' ? 'struct node' : undefined,
    isCpu: (cpu: bigint) => cpu >= 0n && cpu < 2n,
  };
  return new Scope(dump, knowledge);
}

const answer = (text: string): string => {
  const scope = scene();
  return layOut(scope.read(evaluate(scope, text)).value, 10).replace(/\s+/g, ' ');
};

test.each([
  ['head.id', '-2'],
  ['head.id + 3u', '1'],
  ['-head.id * 2', '4'],
  ['head.a', '5'],
  ['head.a + head.b', '14'],
  ['head.name', '"ab\\000"'],
  ['head.name[1]', "98 'b'"],
  ['head.list[1]', '8'],
  ['head.list[0]@2', '{7, 8}'],
  ['head.next->next->id', '-2'],
  ['*head.next == head.id', undefined],
  ['&head.next->name[2]', '0x100a ""'],
  ['&((struct node *)0)->next', '0x10'],
  ['(struct node *)0 + 2', '0x30'],
  ['(&head + 3) - &head', '3'],
  ['&head == head.next', '1'],
  ['!head.next', '0'],
  ['head.id < 0 && head.id < 0u', '0'],
  ['head.id ? 1 : 2', '1'],
  ['sizeof(struct node) + sizeof head.name + sizeof(u16)', '30'],
  ['(u16)head.id', '65534'],
  ['(u16)nobody', '0'],
  ['per_cpu(head, 1).id', '4096'],
  ['"text"', '"text"'],
  ["'a' + 1", '98'],
  ['1.5 + 1', '2.5'],
  ['7 / 2 * 2.0', '6'],
] as const)('%s', (text, expected) => {
  if (expected === undefined) expect(() => answer(text)).toThrow(ExpressionError);
  else expect(answer(text)).toBe(expected);
});

describe('what cannot be answered says why', () => {
  test.each([
    ['nobody', /'nobody' has unknown type .* cast it to its declared type/],
    ['nobody.id', /has unknown type/],
    ['missing', /No symbol "missing" in current context/],
    ['head.missing', /There is no member named missing/],
    ['gone.id + 1', /Cannot access memory at address 0x9000: page excluded/],
    ['1 / 0', /Division by zero/],
    ['&head.a', /address of a bit-field/],
    ['&1', /not located in memory/],
    ['*head', /is no number or pointer/],
    ['head(1)', /A dump runs no functions/],
    ['per_cpu(head, 2)', /invalid cpu specification: 2/],
    ['(struct other *)0', /No struct type named other/],
    ['(struct node)1', /Invalid cast/],
    ['$7', /History has not yet reached \$7/],
  ] as const)('%s', (text, message) => {
    expect(() => answer(text)).toThrow(message);
    expect(() => answer(text)).toThrow(ExpressionError);
  });
});

test('whatever is asked, it is a value or an ExpressionError', () => {
  const words = fc.constantFrom(
    ...[
      'head',
      'nobody',
      'gone',
      'id',
      'next',
      'list',
      'a',
      '.',
      '->',
      '[',
      ']',
      '(',
      ')',
      '*',
      '&',
    ],
    ...['+', '-', '/', '%', '<<', '@', '!', '~', '1', '0', '0xffffffffffffffff', '1.5', '"s"', ','],
    ...['(struct node *)', '(struct node)', '(u16)', '(char [4])', 'sizeof', 'per_cpu(head, 0)'],
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
      const scope = scene();
      let value: Value;
      try {
        value = evaluate(scope, parts.join(' '));
        scope.read(value);
      } catch (error) {
        expect(error).toBeInstanceOf(ExpressionError);
      }
    }),
    { numRuns: 5000 },
  );
});
