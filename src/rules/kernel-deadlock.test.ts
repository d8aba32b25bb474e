// Rings of locks in the kernel.
import { expect, test } from 'vitest';
import { findings, testRule } from '../../testkit/rule-tester.ts';
import { asleepIn, byHand, inLine, panic, task } from '../../testkit/scene.ts';
import rule from './kernel-deadlock.ts';

const hung = panic({ detector: 'hung-task' });
const tasks = [1, 2, 3, 4, 5].map((pid) => task(pid, { isUninterruptible: true, state: 2 }));
const ring = [inLine(1, 'a', 2, 30), inLine(2, 'b', 1, 30)];

testRule(rule, {
  blames: [
    {
      when: 'two tasks hold what the other wants, and others stand behind them, directly or not',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [...ring, inLine(3, 'a', 2, 29), inLine(4, 'c', 3, 28)],
      },
      culprits: [1, 2],
      victims: [3, 4],
      confidence: 'proven',
      title: 'two locks taken in opposite order (AB-BA)',
    },
    {
      when: 'a task flushes work with a lock held that the work wants',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [
          inLine(1, 'done', 2, 30, {
            kind: 'completion',
            queue: { holder: { pid: 2, address: task(2).address, from: 'work' } },
          }),
          inLine(2, 'a', 1, 30),
        ],
      },
      culprits: [1],
      holders: [2],
      title: 'a task waits for work that wants a lock which the task holds',
    },
    {
      when: 'three make a ring',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [inLine(1, 'a', 2, 30), inLine(2, 'b', 3, 30), inLine(3, 'c', 1, 30)],
      },
      culprits: [1, 2, 3],
      confidence: 'proven',
      title: 'a ring of 3 locks',
    },
    {
      when: 'a task waits for what it holds itself',
      given: { trigger: hung, tasks, kernelWaits: [inLine(1, 'a', 1, 30)] },
      culprits: [1],
      confidence: 'proven',
      title: 'a task waits for a lock that it holds itself',
    },
    {
      when: 'a lock names one in line as its holder, who never took it: another may have ended at that place',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [inLine(1, 'a', 1, 30, { takenIn: null }), inLine(2, 'a', 1, 29)],
      },
      waiters: [1],
      victims: [2],
      confidence: 'possible',
      title: 'a lock whose holder waits for it itself, or has ended',
    },
    {
      when: 'somebody asked for the dump of a machine with a ring',
      given: { trigger: byHand(5), tasks, kernelWaits: ring },
      culprits: [1, 2],
      confidence: 'proven',
    },
    {
      when: 'one link is the only reader that a lock had',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [
          inLine(1, 'a', 2, 30, {
            queue: { readers: 1, holder: { pid: 2, address: '0x1', from: 'last-reader' } },
          }),
          inLine(2, 'b', 1, 30),
        ],
      },
      confidence: 'likely',
    },
    {
      when: 'one link is one of many readers',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [
          inLine(1, 'a', 2, 30, {
            queue: { readers: 3, holder: { pid: 2, address: '0x1', from: 'last-reader' } },
          }),
          inLine(2, 'b', 1, 30),
        ],
      },
      confidence: 'possible',
    },
    {
      when: 'the ring is of this very moment',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [inLine(1, 'a', 2, 0.01), inLine(2, 'b', 1, 0.01)],
      },
      confidence: 'likely',
    },
    {
      when: 'a work waits for another that may only begin when it has ended',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [
          inLine(1, 'done', 1, 30, {
            kind: 'completion',
            takenIn: null,
            queue: { holder: { pid: 1, address: task(1).address, from: 'turn' } },
          }),
        ],
      },
      culprits: [1],
      confidence: 'proven',
      title: 'a work waits for another of its own queue',
    },
  ],
  troubles: [
    {
      when: 'the machine stopped for another reason',
      given: { trigger: panic({ detector: 'softlockup' }), tasks, kernelWaits: ring },
      culprits: [1, 2],
    },
  ],
  doubts: [],
  silent: [
    {
      when: 'the last in line waits for a holder that waits for nobody',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [inLine(1, 'a', 2, 30), inLine(2, 'b', 3, 30), asleepIn(3, 'msleep', 30)],
      },
    },
    {
      when: 'a lock does not say who holds it',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [inLine(1, 'a', null, 30), inLine(2, 'b', 1, 30)],
      },
    },
    { when: 'nobody sleeps', given: { trigger: hung, tasks } },
  ],
});

test('who merely stands in line is cleared, and the log’s first is told as such', () => {
  const alarms = [
    {
      kind: 'hung task',
      text: 'INFO: task program-3:3 blocked for more than 12 seconds.',
      timestampNs: 5e9,
      count: 4,
    },
  ];
  const kernelWaits = [...ring, inLine(3, 'a', 2, 29), inLine(4, 'c', 3, 28)];
  const found = findings(rule, { trigger: hung, tasks, kernelWaits, alarms });
  const cleared = found.flatMap((f) => (f.says === 'exonerated' ? [f.name] : []));
  // 3 holds what 4 waits for.
  expect(cleared).toEqual(['program-4 (pid 4)']);
  const without = findings(rule, {
    trigger: hung,
    tasks,
    kernelWaits: kernelWaits.slice(0, 3),
    alarms,
  });
  expect(without.flatMap((f) => (f.says === 'exonerated' ? [f.reason] : []))).toEqual([
    expect.stringContaining('the log names it first'),
  ]);
});
