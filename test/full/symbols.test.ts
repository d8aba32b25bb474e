// Names and types looked up one by one are those of a plain decode of everything, on every dump.
import { describe, expect, test } from 'vitest';
import { isFault } from '../../src/bytes/fault.ts';
import { keyedTables, openDump, rodataOf } from '../../src/doors/open.ts';
import { Kallsyms } from '../../src/symbols/kallsyms.ts';
import { findKallsyms } from '../../src/symbols/kallsyms-scan.ts';
import type { KallsymsTables } from '../../src/symbols/kallsyms-tables.ts';
import { Btf } from '../../src/types/btf.ts';
import type { Dump } from '../../src/types/dump.ts';
import type { TypeKind } from '../../src/types/table.ts';

const folder = process.env.INQUEST_DUMPS ?? '';
const dumps = [
  'rt-loop',
  'rt-loop-510',
  'kernel-abba',
  'soft-lockup',
  'null-deref',
  'mtd-slow',
  'user-deadlock',
  'healthy',
];

interface Plain {
  readonly name: string;
  readonly type: string;
  readonly address: bigint;
}

/** All of kallsyms from its first byte to its last, with nothing found by search. */
function decodeSymbols({ memory }: Dump, tables: KallsymsTables): Plain[] {
  const read = (at: bigint, length: number): Buffer => {
    const bytes = memory.read(at as never, length);
    if (isFault(bytes)) throw new Error(bytes.explain());
    return Buffer.from(bytes);
  };
  const index = read(tables.tokenIndex, 512);
  const text = read(tables.tokenTable, index.readUInt16LE(510) + 64).toString('latin1');
  const tokens = Array.from({ length: 256 }, (_, i) => {
    const from = index.readUInt16LE(i * 2);
    return text.slice(from, text.indexOf('\0', from));
  });
  const names = read(tables.names, Number(tables.tokenTable - tables.names));
  const offsets = read(tables.offsets, tables.count * 4);
  const symbols: Plain[] = [];
  let at = 0;
  for (let i = 0; i < tables.count; i++) {
    let length = names[at++] as number;
    if (length & 0x80) length = (length & 0x7f) | ((names[at++] as number) << 7);
    let name = '';
    for (let end = at + length; at < end; at++) name += tokens[names[at] as number];
    const offset = BigInt(offsets.readInt32LE(i * 4));
    const address =
      tables.relativeBase === undefined
        ? tables.offsets + BigInt(i * 4) + offset
        : offset < 0n
          ? tables.relativeBase - 1n - offset
          : offset;
    symbols.push({ name: name.slice(1), type: name.slice(0, 1), address });
  }
  return symbols;
}

/** By shape; where VMCOREINFO has the keys, they must say the same. */
function tablesOf(dump: Dump): KallsymsTables {
  const found = findKallsyms(dump.memory, rodataOf(dump.memory, dump.vmcoreinfo));
  if (isFault(found)) throw new Error(found.explain());
  const keyed = keyedTables(dump.vmcoreinfo, dump.memory);
  if (keyed) expect(found).toMatchObject(keyed);
  return keyed ?? found;
}

describe.each(dumps)('%s', (name) => {
  test('every symbol, by name and by address', { timeout: 120_000 }, async () => {
    const dump = await openDump([`${folder}/${name}/vmcore`]);
    const tables = tablesOf(dump);
    const plain = decodeSymbols(dump, tables);
    const kallsyms = Kallsyms.load(dump.memory, tables);
    if (isFault(kallsyms)) throw new Error(kallsyms.explain());
    expect(kallsyms.count).toBe(plain.length);
    const text = (s: Plain): string => `${s.name} ${s.type} ${s.address.toString(16)}`;
    expect([...kallsyms.all()].map(text).join('\n')).toBe(plain.map(text).join('\n'));

    const byName = new Map<string, Plain[]>();
    for (const symbol of plain)
      byName.set(symbol.name, [...(byName.get(symbol.name) ?? []), symbol]);
    const wrong: string[] = [];
    for (const [name, wanted] of byName) {
      const got = kallsyms.lookup(name);
      if (got.map(text).join() !== wanted.map(text).join()) wrong.push(name);
    }
    for (let i = 0; i < plain.length; i += 97)
      if (kallsyms.lookup(`${plain[i]?.name}?`).length > 0) wrong.push(`${plain[i]?.name}?`);
    expect(wrong).toEqual([]);

    const addresses = [...new Set(plain.map((s) => s.address))].sort((a, b) => (a < b ? -1 : 1));
    const names = new Map<bigint, Set<string>>();
    for (const s of plain) names.set(s.address, (names.get(s.address) ?? new Set()).add(s.name));
    const first = kallsyms.lookup('_text')[0]?.address as bigint;
    const end = kallsyms.lookup('_end')[0]?.address as bigint;
    for (const [i, address] of addresses.entries()) {
      if (address < first || address > end) continue;
      const next = addresses[i + 1];
      for (const inside of [address, next === undefined ? address : next - 1n]) {
        if (inside > end) continue;
        const got = kallsyms.at(inside as never);
        if (!got || got.address !== address || !names.get(address)?.has(got.name))
          wrong.push(inside.toString(16));
        else if (next !== undefined && got.size !== Number(next - address))
          wrong.push(`${got.name} size ${got.size}`);
      }
    }
    expect(wrong).toEqual([]);
    dump.close();
  });

  test('every type by name', { timeout: 120_000 }, async () => {
    const dump = await openDump([`${folder}/${name}/vmcore`]);
    const start = dump.symbols.address('__start_BTF', null) as bigint;
    const stop = dump.symbols.address('__stop_BTF', null) as bigint;
    const bytes = dump.memory.read(start as never, Number(stop - start));
    if (isFault(bytes)) throw new Error(bytes.explain());
    const plain = decodeTypes(Buffer.from(bytes));
    const btf = dump.types as Btf;
    const wrong: string[] = [];
    // From the last to the first, then missing ones: the index is asked in an order it was not made in.
    for (const [key, id] of [...plain.first].reverse()) {
      const [kind, name] = split(key);
      if (btf.find(kind, name) !== id) wrong.push(key);
      if (btf.find(kind, `${name}?`) !== undefined) wrong.push(`${key}?`);
    }
    expect(wrong).toEqual([]);
    expect(btf.verify()).toBeUndefined();
    expect(btf.count).toBe(plain.count);
    // And each lookup as the first one, with nothing indexed yet.
    const keys = [...plain.first];
    for (let i = 0; i < keys.length; i += Math.ceil(keys.length / 40)) {
      const [key, id] = keys[i] as (typeof keys)[0];
      const [kind, name] = split(key);
      const fresh = Btf.parse(bytes);
      if (isFault(fresh)) throw new Error(fresh.explain());
      expect([key, fresh.find(kind, name)]).toEqual([key, id]);
    }
    dump.close();
  });
});

const split = (key: string): [TypeKind, string] => {
  const space = key.indexOf(' ');
  return [key.slice(0, space) as TypeKind, key.slice(space + 1)];
};

const kinds: Record<number, TypeKind> = {
  1: 'int',
  4: 'struct',
  5: 'union',
  6: 'enum',
  8: 'typedef',
  12: 'function',
  19: 'enum',
};
/** Bytes behind the three words of a type: fixed, and for each of its vlen. include/uapi/linux/btf.h (7.2). */
const tails: Record<number, readonly [number, number]> = {
  1: [4, 0],
  3: [12, 0],
  4: [0, 12],
  5: [0, 12],
  6: [0, 8],
  13: [0, 8],
  14: [4, 0],
  15: [0, 12],
  17: [4, 0],
  19: [0, 12],
};

/** The first type of each kind and name, from one pass over the whole section. */
function decodeTypes(btf: Buffer): { first: Map<string, number>; count: number } {
  const header = btf.readUInt32LE(4);
  const strings = header + btf.readUInt32LE(16);
  const first = new Map<string, number>();
  let id = 0;
  let at = header + btf.readUInt32LE(8);
  const end = at + btf.readUInt32LE(12);
  while (at < end) {
    id++;
    const info = btf.readUInt32LE(at + 4);
    const kind = kinds[(info >>> 24) & 0x1f];
    const from = strings + btf.readUInt32LE(at);
    const name = btf.toString('latin1', from, btf.indexOf(0, from));
    const key = `${kind} ${name}`;
    if (kind && name && !first.has(key)) first.set(key, id);
    const [fixed, each] = tails[(info >>> 24) & 0x1f] ?? [0, 0];
    at += 12 + fixed + each * (info & 0xffff);
  }
  return { first, count: id };
}
