import { expect, test } from 'vitest';
import { hint } from './hint.ts';

test('a wrong word: what was meant, or where the commands are', () => {
  expect(hint('crash: command not found: forech', [])).toBe('did you mean foreach?');
  expect(hint('crash: command not found: blokced', ['blocked'])).toBe('did you mean blocked?');
  expect(hint('crash: command not found: frobnicate', [])).toBe('`help` lists the commands');
  expect(hint('ps: invalid task or pid value: 77777', [])).toBeUndefined();
});
