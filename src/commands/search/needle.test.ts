// Finding values and strings in pages, beside looking at every position.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Hit, StringFinder, valueFinder } from './needle.ts';

const ALL = (1n << 64n) - 1n;
const page = () => new Uint8Array(4096);

const offsets = (hits: readonly Hit[]) => hits.map((hit) => hit.offset);

test.each([16, 32, 64] as const)('%d-bit words are those that a look at each finds', (bits) => {
  const size = bits / 8;
  const word = fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n });
  const range = fc
    .tuple(fc.nat(4096), fc.nat(4096))
    .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  fc.assert(
    fc.property(
      word,
      word,
      range,
      fc.array(fc.nat(4096 / size - 1)),
      (value, care, [from, to], places) => {
        const bytes = page();
        const view = new DataView(bytes.buffer);
        const put = { 16: 2, 32: 4, 64: 8 }[bits];
        for (const place of places)
          for (let i = 0; i < put; i++)
            bytes[place * put + i] = Number((value >> BigInt(i * 8)) & 0xffn);
        const at = (offset: number) =>
          bits === 64
            ? view.getBigUint64(offset, true)
            : BigInt(bits === 32 ? view.getUint32(offset, true) : view.getUint16(offset, true));
        const expected: number[] = [];
        for (let offset = Math.ceil(from / size) * size; offset + size <= to; offset += size)
          if ((at(offset) & care) === (value & care)) expected.push(offset);
        const hits: Hit[] = [];
        valueFinder([{ value: value & care, care, label: '' }], bits)(bytes, from, to, hits);
        expect(offsets(hits)).toEqual(expected);
        for (const hit of hits) expect(hit.value).toBe(at(hit.offset));
      },
    ),
  );
});

test('several values come in the order of their addresses, also from bytes that are not aligned', () => {
  const bytes = new Uint8Array(4099).subarray(3);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setBigUint64(8, 2n, true);
  view.setBigUint64(16, 1n, true);
  const hits: Hit[] = [];
  const needles = [1n, 2n].map((value) => ({ value, care: ALL, label: `${value}` }));
  valueFinder(needles, 64)(bytes, 0, 4096, hits);
  expect(hits.map(({ offset, label }) => [offset, label])).toEqual([
    [8, '2'],
    [16, '1'],
  ]);
});

test('a string that goes on in the next page is found once, and not across a gap', () => {
  const [first, second] = [page(), page()];
  first.set(Buffer.from('watch'), 4091);
  second.set(Buffer.from('dog watchdog'), 0);
  const found = (hasGap: boolean): number[] => {
    const finder = new StringFinder(['watchdog']);
    const hits: Hit[] = [];
    finder.find(first, 0, 4096, hits);
    if (hasGap) finder.gap();
    finder.find(second, 0, 4096, hits);
    return offsets(hits);
  };
  expect(found(false)).toEqual([-5, 4]);
  expect(found(true)).toEqual([4]);
});
