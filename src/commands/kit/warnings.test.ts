// Complaints are bounded, whatever a dump does.
import { expect, test } from 'vitest';
import { collectWarnings } from './warnings.ts';

test('the same is said once', () => {
  const { warnings, warn } = collectWarnings();
  for (const text of ['a', 'b', 'a']) warn(text);
  expect(warnings).toEqual(['a', 'b']);
});

test('a flood ends with a line that says so', () => {
  const { warnings, warn } = collectWarnings();
  for (let i = 0; i < 5000; i++) warn(`CPU ${i}`);
  expect(warnings).toHaveLength(1001);
  expect(warnings.at(-1)).toBe('and more, which is left out here');
});
