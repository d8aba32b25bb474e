// How many warnings a person sees.
import { expect, test } from 'vitest';
import { warningLines } from './warning-lines.ts';

const some = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`);

test.each([
  [0, 0, undefined],
  [21, 21, 'WARNING: w20'],
  [22, 21, 'WARNING: and 2 more; --json has them'],
  [1001, 21, 'WARNING: and 981 more; --json has them'],
])('%d warnings: %d lines', (count, lines, last) => {
  const printed = [...warningLines(some(count))];
  expect(printed).toHaveLength(lines);
  expect(printed.at(-1)).toBe(last);
});

test('what comes from the dump is escaped', () => {
  expect([...warningLines(['\u001b[2J\n'])]).toEqual(['WARNING: \\x1b[2J\\x0a']);
});
