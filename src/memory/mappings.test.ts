// Walking all of the page tables.
import { expect, test } from 'vitest';
import { paging } from '../arch/x86_64/paging.ts';
import { physical } from '../bytes/address.ts';
import { Fault } from '../bytes/fault.ts';
import type { PageSource } from '../formats/format.ts';
import { mappings } from './mappings.ts';
import { PhysicalMemory } from './physical.ts';
import { AddressSpace } from './space.ts';

const PRESENT = 0x63n;
const LARGE = 0x80n;

/** Page tables by frame number: entries by index. The topmost lies in frame 1. */
function spaceOf(tables: Readonly<Record<number, Readonly<Record<number, bigint>>>>): AddressSpace {
  const source = {
    pageSize: 4096,
    page(pfn: number) {
      const entries = tables[pfn];
      if (!entries) return new Fault('excluded', physical(pfn * 4096));
      const words = new BigUint64Array(512);
      for (const [index, entry] of Object.entries(entries)) words[Number(index)] = entry;
      return new Uint8Array(words.buffer);
    },
  } as unknown as PageSource;
  return new AddressSpace(new PhysicalMemory(source), paging(4), physical(4096));
}

const table = (frame: number): bigint => (BigInt(frame) << 12n) | PRESENT;

test('pages and large pages in order, cut to what is asked for; absent tables are passed over', () => {
  const space = spaceOf({
    1: { 0: table(2), 511: table(3), 510: table(99) },
    2: { 0: table(4) },
    3: { 511: 0x40000000n | PRESENT | LARGE },
    4: { 0: table(5), 1: 0x200000n | PRESENT | LARGE },
    5: { 7: table(70), 8: table(71) },
  });
  const top = 2 ** 52 - 2 ** 18;
  expect([...mappings(space, 0, 2 ** 52)]).toEqual([
    { page: 7, frame: 70, count: 1 },
    { page: 8, frame: 71, count: 1 },
    { page: 512, frame: 512, count: 512 },
    { page: top, frame: 0x40000, count: 2 ** 18 },
  ]);
  expect([...mappings(space, 8, 520)]).toEqual([
    { page: 8, frame: 71, count: 1 },
    { page: 512, frame: 512, count: 8 },
  ]);
});

test('tables that point at each other end', () => {
  const loop = Object.fromEntries(Array.from({ length: 512 }, (_, i) => [i, table(1)]));
  const space = spaceOf({ 1: loop });
  expect([...mappings(space, 0, 2 ** 52)].length).toBeLessThanOrEqual(512);
});
