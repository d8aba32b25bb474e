import { describe, expect, test } from 'vitest';
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { Fault } from '../../bytes/fault.ts';
import { Memory, PAGE_SIZE } from '../../memory/memory.ts';
import { layOut, readBitField, readValue, toJson } from '../c-print.ts';
import type { Dump } from '../dump.ts';
import { sizeOf, strip } from '../paths.ts';
import type { Type, TypeId, TypeTable } from '../table.ts';

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
  isBool: name === '_Bool',
  isChar: name === 'char' || name === 'unsigned char',
});
const array = (of: TypeId, length: number): Type => ({ kind: 'array', of, length });
const CHAR = 1;
const U8 = 2;
const INT = 3;
const BOOL = 4;
const U64 = 5;
const CHAR_POINTER = 6;
const INT_POINTER = 7;
const FIRST_FREE = 8;
const common: readonly Type[] = [
  { kind: 'void' },
  int('char', 1, true),
  int('unsigned char', 1, false),
  int('int', 4, true),
  int('_Bool', 1, false),
  int('unsigned long', 8, false),
  { kind: 'pointer', to: CHAR },
  { kind: 'pointer', to: INT },
];

const AT = virtual(0x1000n);

/** @param more the types from number 8 on; the first is the value's */
function scene(bytes: readonly number[], ...more: Type[]) {
  const types = [...common, ...more];
  const table = {
    type: (id: TypeId) => types[id] ?? { kind: 'void' },
    strip: (id: TypeId) => strip(table, id),
    sizeOf: (type: string | TypeId) => sizeOf(table, type),
  } as TypeTable;
  const memory = new OnePage();
  memory.bytes.set(bytes);
  const symbols = {
    address: () => undefined,
    at: (address: VirtualAddress) =>
      address >= 0x5000n && address < 0x6000n ? { name: 'sym', address: 0x5000n } : undefined,
  };
  return { dump: { memory, symbols } as unknown as Dump, table };
}

function read(type: TypeId, bytes: readonly number[], ...more: Type[]) {
  const { dump, table } = scene(bytes, ...more);
  return readValue(dump, table, type, AT);
}
const text = (type: TypeId, bytes: readonly number[], ...more: Type[]) =>
  layOut(read(type, bytes, ...more).value, 10);
const hexText = (type: TypeId, bytes: readonly number[], ...more: Type[]) =>
  layOut(read(type, bytes, ...more).value, 16);
const json = (type: TypeId, bytes: readonly number[], ...more: Type[]) =>
  toJson(read(type, bytes, ...more).value);
const ascii = (s: string) => [...s].map((c) => c.charCodeAt(0));

describe('numbers', () => {
  test('decimal with their sign, hexadecimal with their width', () => {
    expect(text(INT, [0xff, 0xff, 0xff, 0xff])).toBe('-1');
    expect(hexText(INT, [0xff, 0xff, 0xff, 0xff])).toBe('0xffffffff');
    expect(text(U64, [255, 255, 255, 255, 255, 255, 255, 255])).toBe('18446744073709551615');
  });
  test('beyond 2^53 are strings in JSON', () => {
    expect(json(U64, [255, 255, 255, 255, 255, 255, 31, 0])).toBe(2 ** 53 - 1);
    expect(json(U64, [0, 0, 0, 0, 0, 0, 32, 0])).toBe('9007199254740992');
  });
  test('characters with what they stand for', () => {
    expect(text(CHAR, [0])).toBe("0 '\\000'");
    expect(text(CHAR, [0xff])).toBe("-1 '\\377'");
    expect(text(U8, [0x27])).toBe("39 '\\''");
    expect(text(U8, [10])).toBe("10 '\\n'");
    expect(hexText(U8, [107])).toBe('0x6b');
  });
  test('truth values', () => {
    expect([text(BOOL, [0]), text(BOOL, [1]), text(BOOL, [7])]).toEqual(['false', 'true', '7']);
    expect([json(BOOL, [1]), json(BOOL, [7])]).toEqual([true, 7]);
    expect(hexText(BOOL, [1])).toBe('0x1');
  });
  test('bit-fields, also with a sign', () => {
    const { dump, table } = scene([0b1101_0110]);
    const bits = (type: TypeId, offset: number, size: number) =>
      layOut(readBitField(dump, table, type, AT, { offset, size }).value, 10);
    expect(bits(U64, 1, 3)).toBe('3');
    expect(bits(INT, 4, 4)).toBe('-3');
    expect(bits(U8, 7, 1)).toBe("1 '\\001'");
  });
});

describe('enumerations', () => {
  const values = (...list: [string, bigint][]): Type => ({
    kind: 'enum',
    name: 'e',
    size: 4,
    signed: false,
    values: list.map(([name, value]) => ({ name, value })),
  });
  test('by name, or the number that has none', () => {
    const e = values(['A', 0n], ['C', 3n]);
    expect([text(8, [3], e), text(8, [9], e)]).toEqual(['C', '9']);
    expect(hexText(8, [3], e)).toBe('C');
  });
  test('of single bits, as flags', () => {
    const e = values(['A', 1n], ['B', 2n], ['D', 8n]);
    expect(text(8, [3], e)).toBe('(A | B)');
    expect(text(8, [7], e)).toBe('(A | B | unknown: 0x4)');
    expect(text(8, [16], e)).toBe('(unknown: 0x10)');
    expect(text(8, [0], e)).toBe('0');
  });
});

describe('arrays', () => {
  test('of numbers in one line', () => {
    expect(text(8, [1, 0, 0, 0, 2, 0, 0, 0], array(INT, 2))).toBe('{1, 2}');
  });
  test('of characters as a string without its last NUL', () => {
    expect(text(8, ascii('hi\0x"\n'), array(CHAR, 8))).toBe('"hi\\000x\\"\\n\\000"');
    expect(json(8, ascii('hi\0x'), array(CHAR, 8))).toBe('hi');
    expect(json(8, [1, 0, 255], array(U8, 3))).toEqual([1, 0, 255]);
  });
  test('stop after 256 elements', () => {
    expect(text(8, [], array(CHAR, 300))).toBe(`"${'\\000'.repeat(256)}"...`);
    expect(text(8, [], array(INT, 300))).toBe(`{${Array(256).fill('0').join(', ')}...}`);
  });
  test('without a length are where they begin', () => {
    expect(text(8, [], array(INT, 0))).toBe('0x1000');
    expect(text(8, [], array(CHAR, 0))).toBe('0x1000 ""');
  });
  test('of arrays of arrays cost no more than what is shown', () => {
    const nested = [array(FIRST_FREE + 1, 1000), array(FIRST_FREE + 2, 1000), array(INT, 1000)];
    const { faults } = read(FIRST_FREE, [], ...nested);
    expect(faults.map((f) => f.detail)).toContain(
      'only the first 100000 parts of the value are shown',
    );
  });
  test('of a length that no memory has are not read', () => {
    const nested = Array.from({ length: 4 }, (_, i) => array(FIRST_FREE + 1 + i, 0xffffffff));
    const { value, faults } = read(FIRST_FREE, [], ...nested, array(INT, 9));
    expect(toJson(value)).toBeNull();
    expect(faults[0]?.reason).toBe('implausible');
  });
});

describe('pointers', () => {
  test('with the symbol they point into', () => {
    expect(text(INT_POINTER, [0x10, 0x50])).toBe('0x5010 <sym+16>');
    expect(text(INT_POINTER, [0, 0x50])).toBe('0x5000 <sym>');
    expect(json(INT_POINTER, [0, 0x50])).toBe('0x5000');
  });
  test('to characters with the string, and no symbol in whose middle it would lie', () => {
    expect(text(CHAR_POINTER, [0x08, 0x10, 0, 0, 0, 0, 0, 0, ...ascii('PCI IO')])).toBe(
      '0x1008 "PCI IO"',
    );
    expect(text(CHAR_POINTER, [0x10, 0x50])).toBe(
      '0x5010 <error: Cannot access memory at address 0x5010>',
    );
    expect(text(CHAR_POINTER, [])).toBe('0x0');
  });
});

describe('structs', () => {
  const pair: Type = {
    kind: 'struct',
    name: 'pair',
    size: 8,
    fields: [
      { name: 'a', type: INT, bitOffset: 0, bitSize: 0 },
      { name: '', type: FIRST_FREE + 2, bitOffset: 32, bitSize: 0 },
    ],
  };
  const inner: Type = {
    kind: 'union',
    name: '',
    size: 4,
    fields: [
      { name: 'low', type: INT, bitOffset: 0, bitSize: 4 },
      { name: 'whole', type: INT, bitOffset: 0, bitSize: 0 },
    ],
  };
  const bytes = [1, 0, 0, 0, 0x21, 0, 0, 0, 3];
  test('one member a line, anonymous ones in their place', () => {
    expect(text(9, bytes, array(9, 2), pair, inner).split('\n')).toEqual([
      '{',
      '  a = 1,',
      '  {',
      '    low = 1,',
      '    whole = 33',
      '  }',
      '}',
    ]);
    expect(json(9, bytes, array(9, 2), pair, inner)).toEqual({ a: 1, low: 1, whole: 33 });
  });
  test('in an array, as gdb indents them', () => {
    expect(text(8, bytes, array(9, 2), { ...pair, fields: pair.fields.slice(0, 1) })).toBe(
      '{{\n    a = 1\n  }, {\n    a = 3\n  }}',
    );
  });
  test('without members say so', () => {
    expect(text(8, [], { ...pair, fields: [] })).toBe('{<No data fields>}');
  });
  test('of which a page is missing show the rest, and say it once', () => {
    const far: Type = {
      ...pair,
      size: 4104,
      fields: [
        { name: 'here', type: INT, bitOffset: 0, bitSize: 0 },
        { name: 'gone', type: INT, bitOffset: 4096 * 8, bitSize: 0 },
        { name: 'too', type: INT, bitOffset: 4100 * 8, bitSize: 0 },
      ],
    };
    const { value, faults } = read(8, [5], far);
    expect(toJson(value)).toEqual({ here: 5, gone: null, too: null });
    expect(layOut(value, 10)).toContain('gone = <error: page excluded when the dump was written');
    expect(faults).toHaveLength(1);
  });
  test('that contain themselves come to an end', () => {
    const self: Type = {
      ...pair,
      fields: [{ name: 'me', type: FIRST_FREE, bitOffset: 0, bitSize: 0 }],
    };
    expect(text(8, [], self).match(/me = /g)).toHaveLength(20);
    expect(text(8, [], self)).toContain('me = {...}');
  });
  test('that fan out for ever cost no more than their budget', () => {
    const field = (name: string) => ({ name, type: FIRST_FREE, bitOffset: 0, bitSize: 0 });
    const fan: Type = { ...pair, fields: ['a', 'b', 'c', 'd'].map(field) };
    expect(read(8, [], fan).faults).toHaveLength(1);
  });
});

test('a chain of typedefs without an end comes to one', () => {
  expect(text(8, [], { kind: 'typedef', name: 't', to: FIRST_FREE })).toBe('void');
});

test.each([
  // Each as crash 9.0.2 prints it.
  [0.1, '0.10000000000000001'],
  [1 / 3, '0.33333333333333331'],
  [0.1 + 0.2, '0.30000000000000004'],
  [91.92 - 60, '31.920000000000002'],
  [3, '3'],
  [12345678.125, '12345678.125'],
  [0.0001, '0.0001'],
  [0.00001, '1.0000000000000001e-05'],
  [1.5e-7, '1.4999999999999999e-07'],
  [1e17, '1e+17'],
  [123456789012345680, '1.2345678901234568e+17'],
  [1e23, '9.9999999999999992e+22'],
  [1e100, '1e+100'],
  [1 / 0, 'inf'],
])('a double: %s', (value, printed) => {
  expect(layOut({ kind: 'float', value }, 10)).toBe(printed);
});
