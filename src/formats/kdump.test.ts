import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryFile } from '../../testkit/memory-file.ts';
import { isFault } from '../bytes/fault.ts';
import type { PageSource } from './format.ts';
import { kdump } from './kdump.ts';
import { writeKdump } from './kdump-writer.ts';

const pageOf = (fill: number) => new Uint8Array(4096).fill(fill);
const noise = Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919 + (i >> 3) * 104729) & 0xff);

function smallDump(endPfn = 3000): Uint8Array {
  const header = new Uint8Array(8192);
  header.set(Buffer.from('KDUMP   '));
  new DataView(header.buffer).setUint32(428, 4096, true);
  return writeKdump({
    header,
    endPfn,
    pages: [
      [1, pageOf(1)],
      [7, noise],
      [1025, pageOf(2)],
      [2999, pageOf(3)],
    ],
    exists: (pfn) => pfn < 2048,
    notes: [{ name: 'VMCOREINFO', type: 0, desc: Buffer.from('OSRELEASE=test\n') }],
  });
}

function opened(bytes: Uint8Array): PageSource {
  const source = kdump.open([memoryFile(bytes)]);
  if (isFault(source)) throw new Error(source.explain());
  return source;
}

test('pages written are the pages read, compressed or stored', () => {
  const source = opened(smallDump());
  expect(source.page(1)).toEqual(pageOf(1));
  expect(Buffer.from(source.page(7) as Uint8Array).equals(noise)).toBe(true);
  expect(Buffer.from(source.page(1025) as Uint8Array).equals(pageOf(2))).toBe(true);
  expect(Buffer.from(source.page(2999) as Uint8Array).equals(pageOf(3))).toBe(true);
});

test('an absent page says whether it was left out or never there', () => {
  const source = opened(smallDump());
  expect(source.page(2)).toMatchObject({ reason: 'excluded' });
  expect(source.page(2100)).toMatchObject({ reason: 'unsaved' });
  expect(source.page(3000)).toMatchObject({ reason: 'unsaved' });
  expect(source.page(2 ** 40)).toMatchObject({ reason: 'unsaved' });
});

test('a bitmap that memory fills to its last bit counts its pages', () => {
  const source = opened(smallDump(32768));
  expect(source.warnings).toEqual([]);
  expect(Buffer.from(source.page(2999) as Uint8Array).equals(pageOf(3))).toBe(true);
});

test('the note is found again', () => {
  const [note] = opened(smallDump()).notes;
  expect(note?.name).toBe('VMCOREINFO');
  expect(Buffer.from(note?.desc ?? []).toString()).toBe('OSRELEASE=test\n');
});

test('a dump cut anywhere, or with any byte changed, answers pages or faults and never throws', () => {
  const whole = smallDump();
  fc.assert(
    fc.property(
      fc.nat(whole.length),
      fc.array(fc.tuple(fc.nat(16384), fc.nat(255)), { maxLength: 8 }),
      (length, changes) => {
        const bytes = whole.slice(0, length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const source = kdump.open([memoryFile(bytes)]);
        if (isFault(source)) return;
        for (const pfn of [0, 1, 7, 1025, 2999, 5000]) {
          const page = source.page(pfn);
          if (!isFault(page)) expect(page.length).toBe(4096);
        }
      },
    ),
    { numRuns: 300 },
  );
});
