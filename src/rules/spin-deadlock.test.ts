// Spinlocks that can never be let go.
import { testRule } from '../../testkit/rule-tester.ts';
import {
  byHand,
  frame,
  panic,
  running,
  spinning,
  stuck,
  task,
  waiting,
} from '../../testkit/scene.ts';
import rule from './spin-deadlock.ts';

const lockup = panic({ detector: 'softlockup', cpu: 0, pid: 1 });
const tasks = [running(1, 0, 15), running(2, 1, 15), running(3, 2, 15), waiting(4, 1, 13), task(5)];
const a = { address: '0xffffffffc0002000', name: 'a', type: 'spinlock_t', module: 'driver' };
const b = { ...a, address: '0xffffffffc0003000', name: 'b' };
/** CPU 0 wants a, which CPU 1 has; CPU 1 wants b, which CPU 0 has. */
const abba = [
  spinning(0, 1, 'a', [[1, 2]], { object: a }),
  spinning(1, 2, 'b', [[0, 1]], { object: b }),
];
const asleep = {
  cpu: null,
  pid: 5,
  from: 'code' as const,
  function: frame('driver_send', 'driver'),
  taking: { argument: 5, call: 12 },
};

testRule(rule, {
  blames: [
    {
      when: 'two CPUs spin for each other’s locks, a third behind them',
      given: {
        trigger: lockup,
        tasks,
        kernelLoops: [...abba, spinning(2, 3, 'a', [[1, 2]], { object: a })],
      },
      culprits: [1, 2],
      victims: [3, 4],
      confidence: 'likely',
      title: 'two spinlocks taken in opposite order (AB-BA)',
    },
    {
      when: 'a CPU wants what its own code has taken',
      given: { trigger: lockup, tasks, kernelLoops: [spinning(0, 1, 'a', [[0, 1]])] },
      culprits: [1],
      title: 'a spinlock taken twice',
    },
    {
      when: 'an interrupt wants what it broke in on',
      given: {
        trigger: byHand(5),
        tasks,
        kernelLoops: [{ ...spinning(0, 1, 'a', [[0, 1]]), context: 'interrupt' as const }],
      },
      culprits: [1],
      title: 'a spinlock wanted in an interrupt, held by what it interrupted',
    },
    {
      when: 'the holder sleeps',
      given: {
        trigger: lockup,
        tasks,
        kernelLoops: [spinning(0, 1, 'a', [], { holders: [asleep] })],
      },
      culprits: [5],
      victims: [1],
      confidence: 'likely',
      title: 'a task sleeps with a spinlock held',
    },
    {
      when: 'nobody holds it any more',
      given: { trigger: lockup, tasks, kernelLoops: [spinning(0, 1, 'a', [])] },
      victims: [1],
      confidence: 'possible',
      title: 'a spinlock was left locked',
    },
  ],
  troubles: [
    {
      when: 'the machine stopped for a fault',
      given: { trigger: panic({ kind: 'oops' }), tasks, kernelLoops: abba },
      culprits: [1, 2],
    },
  ],
  exonerates: [],
  doubts: [],
  silent: [
    {
      when: 'the holder goes round: it may let go, and is another rule’s',
      given: {
        trigger: lockup,
        tasks,
        kernelLoops: [spinning(0, 1, 'a', [[1, 2]]), stuck(1, 2, 14)],
      },
    },
    {
      when: 'nobody’s code holds the lock, but a CPU goes round that may',
      given: { trigger: lockup, tasks, kernelLoops: [spinning(0, 1, 'a', []), stuck(1, 2, 14)] },
    },
    {
      when: 'somebody’s register has the lock’s address',
      given: {
        trigger: lockup,
        tasks,
        kernelLoops: [
          spinning(0, 1, 'a', [], {
            holders: [{ cpu: 1, pid: 2, from: 'word', function: null, taking: null }],
          }),
        ],
      },
    },
    {
      when: 'the lock’s word says it is free by now',
      given: { trigger: lockup, tasks, kernelLoops: [spinning(0, 1, 'a', [], { isTaken: false })] },
    },
    { when: 'no CPU is stuck', given: { trigger: lockup, tasks } },
  ],
});
