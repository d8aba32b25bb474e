// Small tables made here: what each form of offset means, and that damage is a Fault or a gap, never a hang.
import { expect, test } from 'vitest';
import { virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import { Memory, PAGE_SIZE } from '../memory/memory.ts';
import { Kallsyms } from './kallsyms.ts';
import type { KallsymsTables } from './kallsyms-tables.ts';

const NAMES = 0x100000n;
const TEXT = 0xffffffff81000000n;
/** Letter and name, by address; every code stands for its own character. */
const symbols = Array.from({ length: 3000 }, (_, i) => `T${i === 2999 ? '_end' : `f${i}`}`);

class Bytes extends Memory {
  readonly bytes = new Uint8Array(0x40000);
  readonly missing = new Set<number>();

  page(pageNumber: number): Uint8Array | Fault {
    const at = pageNumber * PAGE_SIZE - Number(NAMES);
    if (at < 0 || at >= this.bytes.length || this.missing.has(pageNumber))
      return new Fault('excluded', virtual(BigInt(pageNumber) << 12n));
    return this.bytes.subarray(at, at + PAGE_SIZE);
  }
}

/** names, markers, token_table, token_index, offsets: the order of 6.12. */
function made(offset: (index: number) => number, hasBase = true, hasOrder = true) {
  const memory = new Bytes();
  const { bytes } = memory;
  const view = new DataView(bytes.buffer);
  const markers: number[] = [];
  let at = 0;
  for (const [i, name] of symbols.entries()) {
    if (i % 256 === 0) markers.push(at);
    bytes[at++] = name.length;
    for (const char of name) bytes[at++] = char.charCodeAt(0);
  }
  at = Math.ceil(at / 8) * 8;
  const end = at;
  for (const marker of markers) {
    view.setUint32(at, marker, true);
    at += 4;
  }
  at = Math.ceil(at / 8) * 8;
  const tokenTable = at;
  const tokenIndex = tokenTable + 512;
  for (let code = 0; code < 256; code++) {
    bytes[tokenTable + code * 2] = code;
    view.setUint16(tokenIndex + code * 2, code * 2, true);
  }
  const offsets = tokenIndex + 512;
  for (let i = 0; i < symbols.length; i++) view.setInt32(offsets + i * 4, offset(i), true);
  const order = symbols.map((name, i) => [name, i] as const);
  order.sort(([a], [b]) => (a < b ? -1 : 1));
  const seqs = offsets + symbols.length * 4 + (hasBase ? 8 : 0);
  if (hasOrder)
    for (const [place, [, i]] of order.entries()) {
      bytes[seqs + place * 3 + 1] = i >> 8;
      bytes[seqs + place * 3 + 2] = i & 0xff;
    }
  const place = (from: number) => virtual(NAMES + BigInt(from));
  const tables: KallsymsTables = {
    names: NAMES as never,
    count: symbols.length,
    tokenTable: place(tokenTable),
    tokenIndex: place(tokenIndex),
    offsets: place(offsets),
    relativeBase: hasBase ? TEXT : undefined,
  };
  return { memory, tables, end };
}

function load(of: { memory: Memory; tables: KallsymsTables }): Kallsyms {
  const kallsyms = Kallsyms.load(of.memory, of.tables);
  if (isFault(kallsyms)) throw new Error(kallsyms.explain());
  return kallsyms;
}

const absolute = (i: number) => (i < 10 ? i * 16 : -1 - (i - 10) * 16);

test.each([
  ['absolute per-CPU', made(absolute), 3, 3n * 16n],
  ['absolute per-CPU', made(absolute), 600, TEXT + 590n * 16n],
  ['from the base', made((i) => i * 16), 3, TEXT + 48n],
  ['from the base, by no order', made((i) => i * 16, true, false), 600, TEXT + 9600n],
])('%s', (_, of, index, address) => {
  const kallsyms = load(of);
  expect(kallsyms.lookup(`f${index}`)).toMatchObject([{ name: `f${index}`, address, size: 16 }]);
  expect(kallsyms.lookup('f')).toEqual([]);
  if (address >= TEXT) expect(kallsyms.at(virtual(address + 5n))?.name).toBe(`f${index}`);
});

test('offsets from their own place', () => {
  const of = made((i) => i * 16 - i * 4, false);
  const found = load(of).lookup('f600');
  expect(found).toMatchObject([{ address: of.tables.offsets + 9600n, size: 16 }]);
});

test('markers that are damaged are done without; names that are damaged are a Fault', () => {
  const of = made((i) => i * 16);
  of.memory.bytes.fill(0xff, of.end, of.end + 12);
  expect(load(of).lookup('f600')).toHaveLength(1);
  of.memory.bytes.fill(0, 1000, 1100);
  expect(Kallsyms.load(of.memory, of.tables)).toBeInstanceOf(Fault);
});

test('a hole hides the symbols in it and no others', () => {
  const of = made((i) => i * 16);
  of.memory.missing.add(Number(NAMES) / PAGE_SIZE);
  // The first block cannot be checked any more, and nothing tells where the others begin.
  expect(Kallsyms.load(of.memory, of.tables)).toBeInstanceOf(Fault);
  const damaged = made((i) => i * 16);
  damaged.memory.bytes.fill(0, 2200, 2210);
  const kallsyms = load(damaged);
  const left = [...kallsyms.all()].length;
  expect(left).toBeGreaterThan(symbols.length - 256);
  expect(left).toBeLessThan(symbols.length);
  expect(kallsyms.lookup('f20')).toHaveLength(1);
});

test('an address whose symbol a hole hides has none, not the nearest that is left', () => {
  const of = made((i) => i * 16);
  const first = Number(of.tables.offsets >> 12n);
  const last = Number((of.tables.offsets + BigInt(symbols.length * 4 - 1)) >> 12n);
  expect(last).toBeGreaterThan(first);
  for (let page = first; page < last; page++) {
    const kallsyms = load(of);
    expect(kallsyms.at(virtual(TEXT))?.name).toBe('f0');
    of.memory.missing.add(page);
    const names = symbols.map((_, i) => kallsyms.at(virtual(TEXT + BigInt(i * 16 + 5)))?.name);
    of.memory.missing.clear();
    for (const [i, name] of names.entries())
      expect([undefined, symbols[i]?.slice(1)]).toContain(name);
    expect(names.filter((name) => name === undefined).length).toBeGreaterThan(100);
    expect(names.filter((name) => name !== undefined).length).toBeGreaterThan(100);
  }
});

test('an absurd count is refused', () => {
  const of = made((i) => i * 16);
  for (const count of [0, 3_000_000])
    expect(Kallsyms.load(of.memory, { ...of.tables, count })).toBeInstanceOf(Fault);
});
