// When output is coloured.
import { expect, test } from 'vitest';
import { isColoured } from './colour.ts';

test.each([
  ['auto', true, {}, true],
  ['auto', false, {}, false],
  ['auto', true, { NO_COLOR: '1' }, false],
  ['auto', true, { NO_COLOR: '' }, true],
  ['auto', true, { TERM: 'dumb' }, false],
  ['always', false, { NO_COLOR: '1' }, true],
  ['never', true, {}, false],
] as const)('--color %s, terminal %s, %o: %s', (wish, isTTY, environment, expected) => {
  expect(isColoured(wish, { isTTY }, environment)).toBe(expected);
});
