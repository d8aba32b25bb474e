// Locks of the kernel's whose holder does not let go.
import { expect, test } from 'vitest';
import { findings, testRule } from '../../testkit/rule-tester.ts';
import {
  asleepIn,
  byHand,
  cpu,
  frame,
  inLine,
  panic,
  running,
  stuck,
  task,
  waiting,
} from '../../testkit/scene.ts';
import rule from './kernel-lock-held.ts';

const hung = panic({ detector: 'hung-task' });
const tasks = [1, 2, 3, 4, 5].map((pid) => task(pid, { isUninterruptible: true, state: 2 }));
/** 2 and 3 wait for a lock that 1 holds, 4 for one that 3 holds. */
const line = [inLine(2, 'a', 1, 20), inLine(3, 'a', 1, 19), inLine(4, 'b', 3, 18)];
const reader = (readers: number) =>
  inLine(2, 'a', 1, 20, {
    kind: 'rwsem',
    queue: { readers, holder: { pid: 1, address: task(1).address, from: 'last-reader' } },
  });

testRule(rule, {
  blames: [
    {
      when: 'the holder sleeps for something that does not come; the log names a victim first',
      given: { trigger: hung, tasks, kernelWaits: [asleepIn(1, 'driver_wait', 21), ...line] },
      culprits: [1],
      victims: [2, 3, 4],
      confidence: 'likely',
      title: 'a task sleeps with a lock held',
    },
    {
      when: 'somebody asked for the dump of such a machine by hand',
      given: { trigger: byHand(5), tasks, kernelWaits: [asleepIn(1, 'driver_wait', 21), ...line] },
      culprits: [1],
      confidence: 'likely',
    },
    {
      when: 'the only reader of a lock sleeps, since before others waited',
      given: { trigger: hung, tasks, kernelWaits: [asleepIn(1, 'driver_wait', 21), reader(1)] },
      culprits: [1],
      confidence: 'likely',
    },
    {
      when: 'one of several readers sleeps',
      given: { trigger: hung, tasks, kernelWaits: [asleepIn(1, 'driver_wait', 21), reader(3)] },
      confidence: 'possible',
    },
    {
      when: 'the only reader known fell asleep after others already waited',
      given: { trigger: hung, tasks, kernelWaits: [asleepIn(1, 'driver_wait', 3), reader(1)] },
      confidence: 'possible',
    },
    {
      when: 'the holder has ended',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [
          inLine(2, 'a', null, 20, {
            queue: { holder: { pid: null, address: '0xffff888000001000', from: 'owner' } },
          }),
        ],
      },
      culprits: [undefined as unknown as number],
      victims: [2],
      title: 'a task ended with a lock held',
    },
    {
      when: 'the holder has ended, and its parent has not looked yet',
      given: {
        trigger: hung,
        tasks: [task(1, { state: 0x80 }), ...tasks.slice(1)],
        kernelWaits: [inLine(2, 'a', 1, 20)],
      },
      victims: [2],
      title: 'a task ended with a lock held',
    },
    {
      when: 'another task was born at the place of a holder that has ended',
      given: {
        trigger: hung,
        tasks: [task(1, { startedNs: 95e9 }), ...tasks.slice(1)],
        kernelWaits: [inLine(2, 'a', 1, 20), asleepIn(1, 'do_wait', 1)],
      },
      victims: [2],
      title: 'a task ended with a lock held',
    },
    {
      when: 'so it was, and more stand in line',
      given: {
        trigger: hung,
        tasks: [task(1, { startedNs: 95e9 }), ...tasks.slice(1)],
        kernelWaits: [
          inLine(2, 'a', 1, 20),
          inLine(3, 'a', 1, 19, { queue: inLine(2, 'a', 1, 20).queue ?? {} }),
          asleepIn(1, 'do_nanosleep', 1, { kind: 'sleep' }),
        ],
      },
      victims: [2, 3],
      title: 'a task ended with a lock held',
    },
    {
      when: 'the holder goes on and on, and gives way to others',
      given: {
        trigger: hung,
        tasks: [running(1, 0, 30), ...tasks.slice(1)],
        cpus: [cpu(0, 1, 0, { mode: 'kernel', executing: [frame('driver_scan', 'driver')] })],
        kernelWaits: line,
      },
      culprits: [1],
      confidence: 'possible',
      title: 'a task goes on and on with a lock held',
    },
    {
      when: 'the holder pauses',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [asleepIn(1, 'msleep', 21, { kind: 'sleep' }), ...line],
      },
      culprits: [1],
      title: 'a task pauses with a lock held',
    },
    {
      when: 'the holder pauses again and again',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [asleepIn(1, 'msleep', 0.01, { kind: 'sleep' }), ...line],
      },
      culprits: [1],
      confidence: 'likely',
      title: 'a task looks again and again, with a lock held',
    },
    {
      when: 'the holder sleeps for something that comes again and again',
      given: { trigger: hung, tasks, kernelWaits: [asleepIn(1, 'driver_wait', 0.01), ...line] },
      culprits: [1],
      confidence: 'possible',
    },
    {
      when: 'the holder waits for a completion, which nobody holds',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [inLine(1, 'done', null, 21, { kind: 'completion' }), ...line],
      },
      culprits: [1],
      confidence: 'likely',
    },
    {
      when: 'the work that is flushed sleeps',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [
          asleepIn(1, 'driver_wait', 21),
          inLine(2, 'done', 1, 20, {
            kind: 'completion',
            queue: { holder: { pid: 1, address: task(1).address, from: 'work' } },
          }),
        ],
      },
      culprits: [1],
      title: 'the work that is waited for sleeps',
    },
  ],
  troubles: [
    {
      when: 'somebody gets no CPU: it may be who would wake the holder',
      given: {
        trigger: byHand(9),
        tasks: [...tasks, waiting(7, 0, 20)],
        kernelWaits: [asleepIn(1, 'driver_wait', 21), ...line],
      },
      culprits: [1],
    },
    {
      when: 'the machine stopped for a fault',
      given: {
        trigger: panic({ kind: 'oops' }),
        tasks,
        kernelWaits: [asleepIn(1, 'driver_wait', 21), ...line],
      },
      culprits: [1],
    },
  ],
  doubts: [
    {
      when: 'the holder waits for a disk: slow, no deadlock',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [asleepIn(1, 'folio_wait_bit_common', 21, { kind: 'io' }), ...line],
      },
      about: /waits for a disk/,
    },
    {
      when: 'the holder waits for the answer of a program that serves a file system',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [
          asleepIn(1, 'request_wait_answer', 21, { calledBy: frame('fuse_get_req', 'fuse') }),
          ...line,
        ],
      },
      about: /another machine or a program serves/,
    },
    {
      when: 'the holder goes round in the kernel and lets nothing else run',
      given: {
        trigger: hung,
        tasks: [running(1, 0, 30), ...tasks.slice(1)],
        kernelWaits: line,
        kernelLoops: [stuck(0, 1, 30)],
      },
      about: /kernel-loop/,
    },
    {
      when: 'the holder would go on, but gets no CPU',
      given: { trigger: hung, tasks: [waiting(1, 0, 20), ...tasks.slice(1)], kernelWaits: line },
      about: /wants a CPU and gets none/,
    },
    {
      when: 'the holder waits for a semaphore, which names nobody',
      given: {
        trigger: hung,
        tasks,
        kernelWaits: [inLine(1, 's', null, 21, { kind: 'semaphore' }), ...line],
      },
      about: /whose holder is not known/,
    },
  ],
  silent: [
    {
      when: 'a lock is contended, and changes hands: everybody was awake a moment ago',
      given: {
        trigger: byHand(5),
        tasks: [running(1, 0, 30), ...tasks.slice(1)],
        kernelWaits: [inLine(2, 'a', 1, 0.1), inLine(3, 'a', 1, 0.3)],
      },
    },
    {
      when: 'they wait in a ring',
      given: { trigger: hung, tasks, kernelWaits: [inLine(1, 'a', 2, 30), inLine(2, 'b', 1, 30)] },
    },
    { when: 'nobody waits', given: { trigger: hung, tasks } },
  ],
});

test('whoever only stands in line is cleared, the one that the log names first among them', () => {
  const alarms = [
    {
      kind: 'hung task',
      text: 'INFO: task b:2 blocked for more than 8 seconds.',
      timestampNs: 1,
      count: 1,
    },
  ];
  const kernelWaits = [asleepIn(1, 'driver_wait', 21), ...line];
  const cleared = findings(rule, { trigger: hung, tasks, kernelWaits, alarms }).flatMap((f) =>
    f.says === 'exonerated' ? [[f.name, /names it first/.test(f.reason)]] : [],
  );
  expect(cleared).toEqual([
    ['program-2 (pid 2)', true],
    ['program-4 (pid 4)', false],
  ]);
});

test('a fault that killed a task before the others began to wait is named with the lock it left behind', () => {
  const oops = {
    text: 'BUG: kernel NULL pointer dereference, address: 0000000000000008',
    timestampNs: 79e9,
    cpu: 1,
    pid: 8,
    comm: 'program-8',
    function: 'driver_audit',
    module: 'driver',
    symbol: 'driver_audit',
  };
  const kernelWaits = [
    inLine(2, 'a', null, 20, {
      queue: { holder: { pid: null, address: '0xffff888000001000', from: 'owner' } },
    }),
  ];
  const culprits = (earlierOopses: readonly (typeof oops)[]) =>
    findings(rule, { trigger: hung, tasks, kernelWaits, earlierOopses }).flatMap((found) =>
      found.says === 'blame'
        ? found.suspects.flatMap((s) =>
            s.role === 'culprit' ? (s.function?.name ?? 'the lock') : [],
          )
        : [],
    );
  expect(culprits([oops])).toEqual(['driver_audit', 'the lock']);
  const asked = { trigger: byHand(9), tasks, kernelWaits, earlierOopses: [oops] };
  expect(findings(rule, asked).map(({ says }) => says)).toContain('trouble');
  expect(culprits([{ ...oops, timestampNs: 95e9 }])).toEqual(['the lock']);
});
