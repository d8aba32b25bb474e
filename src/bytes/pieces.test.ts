import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pieces } from './pieces.ts';

const owner = (pieces: Pieces, position: number): number | undefined => {
  const i = pieces.after(position);
  return (pieces.starts[i] ?? Infinity) <= position ? pieces.owners[i] : undefined;
};

test('the later interval wins wherever intervals overlap, and gaps stay gaps', () => {
  const interval = fc.tuple(fc.nat(40), fc.nat(12));
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 12 }), fc.array(fc.nat(60)), (list, asked) => {
      const starts = list.map(([start]) => start);
      const ends = list.map(([start, length]) => start + length);
      const pieces = new Pieces(starts, ends);
      for (const at of [...asked, ...Array(60).keys()]) {
        const wanted = list.findLastIndex(([start, length]) => start <= at && at < start + length);
        expect(owner(pieces, at)).toBe(wanted < 0 ? undefined : wanted);
      }
    }),
  );
});

test('pieces are ascending, disjoint, and never more than twice the intervals', () => {
  const interval = fc.tuple(fc.nat(1000), fc.nat(300));
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 60 }), (list) => {
      const pieces = new Pieces(
        list.map(([start]) => start),
        list.map(([start, length]) => start + length),
      );
      expect(pieces.starts.length).toBeLessThanOrEqual(2 * list.length);
      for (let i = 0; i < pieces.starts.length; i++) {
        expect(pieces.starts[i]).toBeLessThan(pieces.ends[i] as number);
        if (i > 0) expect(pieces.starts[i]).toBeGreaterThanOrEqual(pieces.ends[i - 1] as number);
      }
    }),
  );
});
