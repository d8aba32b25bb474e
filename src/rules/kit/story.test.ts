import { expect, test } from 'vitest';
import { ago, NOW_NS, task } from '../../../testkit/scene.ts';
import { isStarving } from './story.ts';

const hungry = task(5, { state: 0, isWaitingForCpu: true, lastQueuedNs: ago(20) });
const quota = {
  address: '0xffff888000001000',
  name: 'small',
  quotaNs: 1e6,
  periodNs: 1e8,
  periods: 200,
  throttled: 190,
  pids: [5],
};

test('who has wanted a CPU for long starves; whom the quota of its group holds back does not', () => {
  expect(isStarving([hungry], [], [], NOW_NS)).toBe(true);
  expect(isStarving([hungry], [quota], [], NOW_NS)).toBe(false);
  expect(isStarving([hungry], [{ ...quota, throttled: 0 }], [], NOW_NS)).toBe(true);
  expect(isStarving([hungry, task(6, { ...hungry, pid: 6 })], [quota], [], NOW_NS)).toBe(true);
});

test('a CPU that the kernel does not let go starves others', () => {
  expect(isStarving([], [], [{}], NOW_NS)).toBe(true);
});
