// One image, every format: the same pages and notes come back, and what is absent says why.
import { expect, test } from 'vitest';
import { elfFile } from '../../testkit/elf-file.ts';
import { flatten } from '../../testkit/flatten.ts';
import { type Image, smallImage } from '../../testkit/image.ts';
import { kdumpFile } from '../../testkit/kdump-file.ts';
import { memoryFile } from '../../testkit/memory-file.ts';
import { loadZstd } from '../bytes/codec/zstd.ts';
import { isFault } from '../bytes/fault.ts';
import type { PageSource } from './format.ts';
import { recognise } from './recognise.ts';

const image = smallImage();

async function opened(...files: Uint8Array[]): Promise<PageSource> {
  const source = recognise(
    files.map((bytes, i) => memoryFile(bytes, `file${i}`)),
    {},
  );
  if (typeof source === 'string' || isFault(source)) throw new Error(String(source));
  await source.ready();
  return source;
}

function expectAlike(source: PageSource, from: Image): void {
  const pages = new Map(from.pages);
  for (let pfn = -1; pfn <= from.endPfn; pfn++) {
    const page = source.page(pfn);
    const wanted = pages.get(pfn);
    const state = pfn >= 0 && pfn < from.endPfn ? from.state(pfn) : 'unsaved';
    expect([pfn, source.state(pfn)]).toEqual([pfn, state]);
    if (isFault(page)) expect([pfn, page.reason, page.detail]).toEqual([pfn, state, '']);
    else expect([pfn, Buffer.compare(page, wanted ?? new Uint8Array())]).toEqual([pfn, 0]);
  }
  const inRanges = new Set<number>();
  for (const [first, end] of source.ranges())
    for (let pfn = first; pfn < end; pfn++) inRanges.add(pfn);
  expect([...inRanges]).toEqual(from.pages.map(([pfn]) => pfn));
  expect(source.warnings).toEqual([]);
}

const zstdCompress = async () => {
  await loadZstd();
  const { compress } = await import('@bokuweb/zstd-wasm');
  return (plain: Uint8Array) => compress(Buffer.from(plain));
};

test.each(['none', 'zlib', 'lzo', 'snappy', 'zstd'] as const)(
  'kdump, %s pages',
  async (compression) => {
    const zstd = await zstdCompress();
    expectAlike(await opened(kdumpFile(image, { compression, zstd })), image);
  },
);

test.each([0, 1, 2, 3, 4, 5, 6])('kdump, header version %d', async (version) => {
  const source = await opened(kdumpFile(image, { version }));
  expectAlike(source, image);
  const names = source.notes.map((note) => note.name);
  expect(names).toEqual(
    version >= 4 ? ['CORE', 'VMCOREINFO'] : version === 3 ? ['VMCOREINFO'] : [],
  );
  if (version > 0) expect(BigInt.asIntN(64, source.physBase ?? 0n)).toBe(image.physBase);
});

test.each([2, 6])('kdump, split into parts in any order, version %d', async (version) => {
  const ranges = [
    [0, 100],
    [100, 101],
    [101, 480],
    [480, 480],
    [480, 1000],
  ] as const;
  const parts = ranges.map((part) => kdumpFile(image, { version, part }));
  expectAlike(await opened(...parts), image);
  expectAlike(await opened(...parts.toReversed()), image);
});

test('kdump, a split set without one of its parts says which pages are missing', async () => {
  const part = (first: number, end: number) => kdumpFile(image, { part: [first, end] });
  const source = await opened(part(0, 100), part(300, 1000));
  const missing = image.pages.filter(([pfn]) => pfn >= 100 && pfn < 300);
  expect(source.warnings.join()).toContain(`${missing.length} pages, frames 0x64 to 0x12b`);
  expect(source.page(missing[0]?.[0] ?? 0)).toMatchObject({ reason: 'unsaved' });
});

test.each([false, true])('elf, its segments counted in a section: %s', async (hasSection) => {
  const source = await opened(elfFile(image, { hasSection }));
  expectAlike(source, image);
  expect(source.notes.map((note) => note.name)).toEqual(['CORE', 'VMCOREINFO']);
});

test.each([300, 5000, 100_000])(
  'flattened in records of %d bytes: kdump, elf, parts',
  async (size) => {
    const parts = (
      [
        [0, 99],
        [99, 1000],
      ] as const
    ).map((part) => kdumpFile(image, { part }));
    expectAlike(await opened(flatten(kdumpFile(image, { compression: 'lzo' }), size)), image);
    expectAlike(await opened(flatten(elfFile(image), size)), image);
    expectAlike(await opened(...parts.map((part) => flatten(part, size))), image);
  },
);

test('raw memory', () => {
  const bytes = Buffer.alloc(1000 * 4096);
  for (const [pfn, page] of image.pages) bytes.set(page, pfn * 4096);
  const source = recognise([memoryFile(bytes)], { raw: true });
  if (typeof source === 'string' || isFault(source)) throw new Error(String(source));
  for (const [pfn, page] of image.pages)
    expect(Buffer.compare(source.page(pfn) as Uint8Array, page)).toBe(0);
  expect(source.page(1000)).toMatchObject({ reason: 'unsaved' });
});

test('a dump is not taken for raw memory', () => {
  expect(recognise([memoryFile(kdumpFile(image), 'x')], { raw: true })).toBe(
    'x: not raw memory but kdump; leave out --raw',
  );
});
