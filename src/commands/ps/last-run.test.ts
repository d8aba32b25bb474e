import { expect, test } from 'vitest';
import { duration, type PsLastRunTask, renderLastRun } from './last-run.ts';

const task = (cpu: number, lastRunNs: number, agoNs: number): PsLastRunTask => ({
  pid: 7,
  task: '0xffff888000000000',
  cpu,
  comm: 'x',
  state: 'IN',
  lastRunNs,
  agoNs,
  cpuClockNs: lastRunNs + agoNs,
});
const line = (time: string, cpu: number) =>
  `[${time}] [IN]  PID: 7        TASK: ffff888000000000  CPU: ${cpu}    COMMAND: "x"`;
const data = { show: 'last-run', cpus: null, newestNs: 12_000_000_000, radix: 10 } as const;

test('a duration has days, and milliseconds', () => {
  expect(duration(0)).toBe('0 00:00:00.000');
  expect(duration(91_920_999_999)).toBe('0 00:01:31.920');
  expect(duration((400 * 86_400 + 3_600) * 1e9)).toBe('400 01:00:00.000');
});

test('-l pads to the time of the task that ran last, shown or not', () => {
  expect([...renderLastRun({ ...data, tasks: [task(0, 999, 1)] }, false)]).toEqual([
    line('        999', 0),
  ]);
});

test('-l in hexadecimal', () => {
  expect([...renderLastRun({ ...data, radix: 16, tasks: [task(0, 255, 1)] }, false)]).toEqual([
    line('       ff', 0),
  ]);
});

test('-m pads days to those of the clock', () => {
  const tasks = [task(0, 12 * 86_400e9, 1e9)];
  expect([...renderLastRun({ ...data, tasks }, true)]).toEqual([line(' 0 00:00:01.000', 0)]);
});

test('-C: a block for each CPU, an empty one too', () => {
  const blocks = { ...data, cpus: [0, 1, 2], tasks: [task(2, 0, 1e9), task(0, 0, 0)] };
  expect([...renderLastRun(blocks, true)]).toEqual([
    'CPU: 0',
    line('0 00:00:00.000', 0),
    '',
    'CPU: 1',
    '',
    'CPU: 2',
    line('0 00:00:01.000', 2),
  ]);
});

test('what cannot be read is marked', () => {
  const broken = { ...task(0, 0, 0), lastRunNs: null, agoNs: null, cpuClockNs: null };
  expect([...renderLastRun({ ...data, tasks: [broken] }, true)]).toEqual([line('?', 0)]);
});
