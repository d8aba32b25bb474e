// Loops in the kernel, and those behind them.
import { expect, test } from 'vitest';
import { findings, testRule } from '../../testkit/rule-tester.ts';
import {
  ago,
  byHand,
  frame,
  inLine,
  panic,
  running,
  spinning,
  stuck,
  task,
  waiting,
} from '../../testkit/scene.ts';
import rule from './kernel-loop.ts';

const lockup = panic({ detector: 'softlockup', cpu: 0, pid: 1 });
const asleep = (pid: number) => task(pid, { isUninterruptible: true, state: 2 });
const tasks = [
  running(1, 0, 15),
  running(2, 1, 15, { startedNs: ago(60) }),
  waiting(3, 0, 14),
  waiting(4, 1, 13),
  asleep(5),
  asleep(6),
];

testRule(rule, {
  blames: [
    {
      when: 'a CPU goes round with a lock held on which the CPU that the log blames spins',
      given: {
        trigger: lockup,
        tasks,
        kernelLoops: [spinning(0, 1, 'a', [[1, 2]]), stuck(1, 2, 14)],
      },
      culprits: [2],
      victims: [1, 3, 4],
      confidence: 'likely',
      title: 'an endless loop in the kernel, with a lock held',
    },
    {
      when: 'one goes round alone, found by hand',
      given: { trigger: byHand(5), tasks, kernelLoops: [stuck(1, 2, 14)] },
      culprits: [2],
      victims: [4],
      confidence: 'likely',
      title: 'an endless loop in the kernel',
    },
    {
      when: 'tasks sleep for a mutex that it holds, one of them behind another',
      given: {
        trigger: panic({ detector: 'hung-task' }),
        tasks,
        kernelLoops: [stuck(1, 2, 14)],
        kernelWaits: [inLine(5, 'a', 2, 30), inLine(6, 'b', 5, 29)],
      },
      culprits: [2],
      victims: [4, 5, 6],
      title: 'an endless loop in the kernel, with a lock held',
    },
    {
      when: 'an interrupt goes round upon a task: not the task',
      given: {
        trigger: lockup,
        tasks,
        kernelLoops: [stuck(1, 2, 14, { context: 'softirq' })],
      },
      victims: [4],
      confidence: 'likely',
    },
    {
      when: 'the kernel was busy below that interrupt, too',
      given: {
        trigger: lockup,
        tasks,
        kernelLoops: [stuck(1, 2, 14, { context: 'softirq', isNested: true })],
      },
      confidence: 'possible',
    },
    {
      when: 'another CPU waits for an answer of one that goes round with interrupts off',
      given: {
        trigger: lockup,
        tasks,
        kernelLoops: [
          stuck(0, 1, 14, {
            frames: [frame('smp_call_function_many_cond', null, { isInterrupted: true })],
            loop: null,
            round: null,
            waitsFor: 'cpu',
          }),
          stuck(1, 2, 14, { shownBy: 'clock', isClosed: true }),
        ],
      },
      culprits: [2],
      victims: [1, 3, 4],
      confidence: 'likely',
    },
    {
      when: 'another CPU waits for an answer of somebody, and the one that goes round takes interrupts',
      given: {
        trigger: lockup,
        tasks,
        kernelLoops: [
          stuck(0, 1, 14, { loop: null, round: null, waitsFor: 'cpu' }),
          stuck(1, 2, 14, { isClosed: false }),
        ],
      },
      culprits: [2],
      waiters: [1],
      confidence: 'possible',
    },
    {
      when: 'another CPU spins on a lock that was not traced to it',
      given: {
        trigger: lockup,
        tasks,
        kernelLoops: [spinning(0, 1, 'a', []), stuck(1, 2, 14)],
      },
      culprits: [2],
      waiters: [1],
      confidence: 'possible',
    },
  ],
  troubles: [
    {
      when: 'the machine stopped for a fault',
      given: { trigger: panic({ kind: 'oops' }), tasks, kernelLoops: [stuck(1, 2, 14)] },
      culprits: [2],
    },
  ],
  doubts: [
    {
      when: 'a CPU only waits, and for whom is not known',
      given: { trigger: lockup, tasks, kernelLoops: [spinning(0, 1, 'a', [])] },
      about: /CPU 0 \(on a\) waited in the kernel/,
    },
  ],
  silent: [{ when: 'no CPU is stuck', given: { trigger: lockup, tasks } }],
});

test('whom a looping interrupt came upon is not accused: its CPU and its function are', () => {
  const kernelLoops = [stuck(1, 2, 14, { context: 'softirq' })];
  const [found] = findings(rule, { trigger: lockup, tasks, kernelLoops });
  const culprits =
    found?.says === 'blame' ? found.suspects.filter((s) => s.role === 'culprit') : [];
  expect(culprits).toMatchObject([
    { task: null, cpu: 1, function: { name: 'driver_scan', module: 'driver' } },
  ]);
});

test('the task and the CPU that the watchdog’s alarm came from are cleared when they only spin', () => {
  const kernelLoops = [spinning(0, 1, 'a', [[1, 2]]), stuck(1, 2, 14)];
  const cleared = findings(rule, { trigger: lockup, tasks, kernelLoops }).flatMap((f) =>
    f.says === 'exonerated' ? [f.name] : [],
  );
  expect(cleared).toEqual([
    'program-1 (pid 1)',
    'CPU 0',
    frame('native_queued_spin_lock_slowpath').function,
  ]);
});
