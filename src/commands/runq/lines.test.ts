import { expect, test } from 'vitest';
import type { RunqCpu, RunqGroup, RunqTask } from './cpu.ts';
import { groupLines } from './groups.ts';
import { clockLines, lagLines, queueLines, sinceLines } from './lines.ts';

const task = (pid: number, more: Partial<RunqTask> = {}): RunqTask => ({
  pid,
  task: `0xffff888000000${pid}00`,
  cpu: 0,
  comm: `t${pid}`,
  prio: 120,
  policy: 'NORMAL',
  schedClass: 'fair',
  isCurrent: false,
  lastArrivalNs: 5_000_000_000,
  lastQueuedNs: 0,
  groups: [],
  ...more,
});

const cpu = (number: number, more: Partial<RunqCpu> = {}): RunqCpu => ({
  cpu: number,
  runqueue: '0xffff888100000000',
  current: task(7, { isCurrent: true }),
  runningForNs: 5_000_000_000,
  stop: [],
  deadline: [],
  rt: [],
  fair: [],
  ext: [],
  nrRunning: 1,
  clockNs: 10_000_000_000,
  rtArray: '0xffff888100000100',
  fairRoot: '0xffff888100000200',
  fairQueue: '0xffff888100000300',
  rootGroup: '0xffffffff81000000',
  ...more,
});

test('the classes that crash leaves out are shown only where somebody waits in them', () => {
  const plain = [...queueLines([cpu(0)])];
  expect(plain.some((line) => /STOP|DEADLINE|EXT/.test(line))).toBe(false);
  const stop = [task(8, { prio: 0 })];
  const rare = [
    ...queueLines([cpu(0, { stop, deadline: [task(9, { prio: -1 })], ext: [task(6)] })]),
  ];
  expect(rare.slice(2, 6)).toEqual([
    '  STOP:',
    '     [  0] PID: 8      TASK: ffff888000000800  COMMAND: "t8"',
    '  DEADLINE:',
    '     [ -1] PID: 9      TASK: ffff888000000900  COMMAND: "t9"',
  ]);
  expect(rare.slice(-2)[0]).toBe('  EXT:');
});

test('what runs is in no tree: only -g lists it', () => {
  const fair = [task(7, { isCurrent: true })];
  expect([...queueLines([cpu(0, { fair })])].at(-1)).toBe('     [no tasks queued]');
  expect([...groupLines([cpu(0, { fair })])].at(-1)).toMatch(/"t7" \[CURRENT\]$/);
});

test('-g opens a group where it begins and an inner one inside it', () => {
  const group = (n: number, more: Partial<RunqGroup> = {}): RunqGroup => ({
    group: `0xffff88820000000${n}`,
    queue: `0xffff88830000000${n}`,
    throttled: false,
    name: null,
    ...more,
  });
  const outer = group(1, { name: 'system.slice', throttled: true });
  const fair = [
    task(1, { groups: [outer] }),
    task(2, { groups: [outer, group(2)] }),
    task(3, { groups: [group(3)] }),
    task(4),
  ];
  expect([...groupLines([cpu(0, { fair })])].slice(3).map((line) => line.slice(0, 41))).toEqual(
    [
      '     TASK_GROUP: ffff888200000001  CFS_RQ:',
      '        [120] PID: 1      TASK: ffff88800',
      '        TASK_GROUP: ffff888200000002  CFS',
      '           [120] PID: 2      TASK: ffff88',
      '     TASK_GROUP: ffff888200000003  CFS_RQ:',
      '        [120] PID: 3      TASK: ffff88800',
      '     [120] PID: 4      TASK: ffff888000000',
    ].map((line) => line.slice(0, 41)),
  );
  expect([...groupLines([cpu(0, { fair })])][3]).toMatch(/ {2}<system.slice> \(THROTTLED\)$/);
});

test('clocks line up with the digits of their own, and CPUs with one another', () => {
  expect([...clockLines([cpu(3), cpu(12)])]).toEqual([
    ' CPU 3: 10000000000',
    '        05000000000  PID: 7      TASK: ffff888000000700  COMMAND: "t7"',
    'CPU 12: 10000000000',
    '        05000000000  PID: 7      TASK: ffff888000000700  COMMAND: "t7"',
  ]);
  expect([...sinceLines([cpu(3), cpu(12)])].map((line) => line.slice(0, 14))).toEqual([
    '  CPU 3: [0 00',
    ' CPU 12: [0 00',
  ]);
  expect([...lagLines([cpu(0, { clockNs: 9.5e9 }), cpu(1)])]).toEqual([
    '  CPU 1: 0.00 secs',
    '  CPU 0: 0.50 secs',
  ]);
});

test('an unreadable clock is no zero', () => {
  const lost = cpu(1, { clockNs: null, runningForNs: null, current: null });
  expect([...lagLines([cpu(0), lost])][1]).toBe('  CPU 1: ? secs');
  expect([...sinceLines([lost])][0]).toMatch(/\[ *\?\] {2}\(unreadable\)$/);
});
