// Counts larger than anyone reads: an answer all the same, cut, and said to be.
import { expect, test } from 'vitest';
import { answers } from './kit.ts';

test.each([
  ['dis schedule 99999999', /only 50000 instructions of 99999999/, 50_000],
  ['rd -p 1000000 99999999999', /only 524288 words of 99999999999/, 1 << 18],
] as const)('%s', async (line, warning, lines) => {
  const [answer] = await answers('rt-loop', line);
  if (!answer?.ok) throw new Error(answer?.error.message);
  expect(answer.warnings.join('\n')).toMatch(warning);
  expect(answer.text.split('\n').length - 1).toBeLessThanOrEqual(lines);
});

test('a PID where an address is wanted: the command that takes one is named', async () => {
  const [answer] = await answers('rt-loop', 'struct task_struct.comm,pid 237');
  expect(answer?.ok).toBe(false);
  expect(answer?.warnings).toEqual(['struct: a PID is no address; ask for its task by: task 237']);
});
