import { expect, test } from 'vitest';
import { memoryFile } from '../../testkit/memory-file.ts';
import { isFault } from '../bytes/fault.ts';
import { raw } from '../formats/raw.ts';
import { PhysicalMemory } from './physical.ts';
import { findVmcoreinfo } from './vmcoreinfo-scan.ts';

const BASE = 8 << 20; // where the kernel image lies: phys_base
const ROOT = 0x3000; // offset of swapper_pg_dir in it

const text = (name: string, physBase: number, more = ''): string =>
  `OSRELEASE=${name}\nPAGESIZE=4096\nSYMBOL(swapper_pg_dir)=${(0xffffffff80000000n + BigInt(ROOT)).toString(16)}\n` +
  `SYMBOL(_stext)=ffffffff80000000\nNUMBER(phys_base)=${physBase}\nKERNELOFFSET=0\n${more}`;

/** 12 MiB with page tables that map the kernel image to BASE, and these texts at these places. */
function memory(texts: readonly (readonly [at: number, text: string])[]): PhysicalMemory {
  const bytes = Buffer.alloc(12 << 20);
  const entry = (table: number, index: number, value: number) =>
    bytes.writeBigUInt64LE(BigInt(value), table + index * 8);
  entry(BASE + ROOT, 511, (BASE + 0x4000) | 1);
  entry(BASE + 0x4000, 510, (BASE + 0x5000) | 1);
  entry(BASE + 0x5000, 0, BASE | 0x81); // present, large
  for (const [at, text] of texts) bytes.write(text, at);
  const source = raw.open([memoryFile(bytes)]);
  if (isFault(source)) throw new Error(source.explain());
  return new PhysicalMemory(source);
}

const found = (...texts: (readonly [number, string])[]) =>
  findVmcoreinfo(memory(texts))?.text('OSRELEASE');

test('the copy whose page tables agree is taken, wherever a stale one lies', () => {
  expect(found([0x1000, text('stale', 4 << 20)], [0x5000, text('right', BASE)])).toBe('right');
  expect(found([0x5000, text('right', BASE)], [0x7000, text('stale', 4 << 20)])).toBe('right');
});

test('behind the header of a note it is found too, elsewhere in a page it is not', () => {
  expect(found([0x1018, text('right', BASE)])).toBe('right');
  expect(found([0x1100, text('wrong', BASE)])).toBeUndefined();
});

test('a kernel that crashed comes before the one that captures', () => {
  expect(
    found([0x1000, text('capture', BASE)], [0x9000, text('crashed', BASE, 'CRASHTIME=1\n')]),
  ).toBe('crashed');
});

test('a torn copy is none', () => {
  expect(found([0x1000, 'OSRELEASE=torn\nPAGESIZE=4096\n'])).toBeUndefined();
});
