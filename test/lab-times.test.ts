// The guest's times against those of a verdict.
import { expect, test } from 'vitest';
import { judged } from '../lab/judged.mjs';

const answer = (uptimeSeconds: number, since: number) => ({
  verdict: { where: 'user', kind: 'loop', confidence: 'likely', rule: 'r' },
  headline: 'h',
  trigger: { uptimeSeconds },
  suspects: [{ role: 'culprit', task: { comm: 'c' }, why: `since ${since} s of uptime` }],
});
const truth = {
  verdict: { where: 'user', kind: 'loop' },
  times: { begins: '10.00', dump: '30.00' },
};

test('a verdict whose times fit what the guest wrote down is right, else it is so in part', () => {
  expect(judged(truth, answer(30.5, 11))).toMatchObject({ mark: 'right', reasons: [] });
  expect(judged(truth, answer(40, 11))).toMatchObject({
    mark: 'partly',
    reasons: ['time of dump: 40 s, where the guest said 30 s'],
  });
  expect(judged(truth, answer(30.5, 2)).reasons).toEqual([
    'time of begins: 2 s, where the guest said 10 s',
  ]);
});
