// A search in parts beside a look at all of memory at once.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fault } from '../../bytes/fault.ts';
import { partsOf, type SearchJob, scan } from './scan.ts';

const everywhere = { start: 0n, end: 1n << 40n };

test('strings across the seams of parts and runs are found once', () => {
  const pages = 2048 * 2 + 100;
  const memory = Buffer.alloc(pages * 4096, '.');
  const seam = 2048 * 4096;
  const text = 'needle';
  for (const at of [0, seam - 3, seam * 2 - 5, seam * 2 + 1, memory.length - text.length, 5000])
    memory.write(text, at, 'latin1');
  const expected: bigint[] = [];
  for (let at = memory.indexOf(text); at >= 0; at = memory.indexOf(text, at + 1))
    expected.push(BigInt(at));
  const runs = [
    { page: 0, frame: 0, count: 2047 },
    { page: 2047, frame: 2047, count: 1 },
    { page: 2048, frame: 2048, count: pages - 2048 },
  ];
  const job: SearchJob = { needles: { texts: [text] }, place: everywhere, limit: 100 };
  const page = (frame: number) => memory.subarray(frame * 4096, (frame + 1) * 4096);
  const found = [...partsOf(runs)].flatMap((part) => scan(page, job, part).hits);
  expect(found.map(({ address }) => address)).toEqual(expected);
  expect(expected).toHaveLength(6);
});

test('every page of any runs is in one part, in order', () => {
  const run = fc.record({
    page: fc.nat(1e6),
    frame: fc.nat(1e6),
    count: fc.integer({ min: 1, max: 5000 }),
  });
  fc.assert(
    fc.property(fc.array(run, { maxLength: 6 }), (runs) => {
      const pagesOf = (all: typeof runs) =>
        all.flatMap(({ page, frame, count }) =>
          Array.from({ length: count }, (_, i) => `${page + i} ${frame + i}`),
        );
      const parts = [...partsOf(runs)];
      expect(parts.flatMap((part) => pagesOf([...part.runs]))).toEqual(pagesOf(runs));
      for (const part of parts.slice(0, -1)) expect(pagesOf([...part.runs])).toHaveLength(2048);
    }),
    { numRuns: 30 },
  );
});

test('pages that are missing are counted, and the limit ends it', () => {
  const page = new Uint8Array(4096);
  const needles = { values: [{ value: 0n, care: ~0n, label: '' }], bits: 64 } as const;
  const part = { runs: [{ page: 5, frame: 0, count: 3 }], before: undefined };
  const pageOf = (frame: number) => (frame === 0 ? new Fault('excluded', undefined) : page);
  const all = scan(pageOf, { needles, place: everywhere, limit: 2000 }, part);
  expect(all).toMatchObject({ pages: 3, missing: 1 });
  expect(all.hits).toHaveLength(1024);
  expect(all.hits[0]?.address).toBe(6n * 4096n);
  expect(scan(pageOf, { needles, place: everywhere, limit: 7 }, part).hits).toHaveLength(7);
});
