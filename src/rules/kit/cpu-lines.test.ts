// Who had each CPU, and who wanted it.
import { expect, test } from 'vitest';
import { cpu, idleCpu, running, task, waiting } from '../../../testkit/scene.ts';
import { cpuLines } from './cpu-lines.ts';

test('a CPU that was kept, with those who wanted it; one that idled', () => {
  const tasks = [running(1, 0, 30), waiting(2, 0, 20), waiting(3, 0, 25), task(4)];
  expect(cpuLines([cpu(0, 1, 30), idleCpu(1)], tasks)).toEqual([
    {
      cpu: 0,
      task: { pid: 1, tgid: 1, comm: 'program-1', task: tasks[0]?.address },
      mode: 'user',
      sinceSeconds: 70,
      waiting: 2,
      waitingSinceSeconds: 75,
    },
    {
      cpu: 1,
      task: null,
      mode: 'idle',
      sinceSeconds: null,
      waiting: 0,
      waitingSinceSeconds: null,
    },
  ]);
});

test('since when is told by the latest it can be; unknown stays unknown', () => {
  const tasks = [running(1, 0, 30), waiting(2, 0, 20, { lastQueuedNs: null })];
  const [line] = cpuLines([cpu(0, 1, 30, { since: { fromNs: 40e9, toNs: 50e9 } })], tasks);
  expect(line).toMatchObject({ sinceSeconds: 50, waiting: 1, waitingSinceSeconds: null });
  const [open] = cpuLines([cpu(0, 1, 30, { since: { fromNs: 40e9, toNs: null } })], tasks);
  expect(open?.sinceSeconds).toBe(40);
  const [none] = cpuLines([cpu(0, 1, 30, { since: null })], tasks);
  expect(none?.sinceSeconds).toBeNull();
});
