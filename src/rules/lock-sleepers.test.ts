// Threads asleep on locks of their own program.
import { testRule } from '../../testkit/rule-tester.ts';
import { onLock, task } from '../../testkit/scene.ts';
import rule from './lock-sleepers.ts';

testRule(rule, {
  troubles: [
    {
      when: 'two threads wait for 12 s on two locks, and their memory is not in the dump',
      given: {
        tasks: [task(1), task(2)],
        futexWaits: [onLock(1, '0x1000', null, 12), onLock(2, '0x2000', null, 12)],
      },
      waiters: [1, 2],
      culprits: [],
      title: '2 threads asleep on 2 locks of their own program',
    },
    {
      when: 'a thread waits for one that sleeps with the lock held',
      given: { tasks: [task(1), task(2)], futexWaits: [onLock(1, '0x1000', 2, 12)] },
      waiters: [1],
      holders: [2],
      culprits: [],
    },
  ],
  doubts: [],
  silent: [
    { when: 'nobody does', given: { tasks: [task(1)] } },
    {
      when: 'one does for a moment',
      given: { tasks: [task(1)], futexWaits: [onLock(1, '0x1000', null, 0.4)] },
    },
    {
      when: 'one waits for work, however long',
      given: { tasks: [task(1)], futexWaits: [onLock(1, '0x1000', null, 60, { kind: 'other' })] },
    },
    {
      when: 'they wait for each other: user-deadlock says so',
      given: {
        tasks: [task(1), task(2), task(3)],
        futexWaits: [
          onLock(1, '0x1000', 2, 12),
          onLock(2, '0x2000', 1, 12),
          onLock(3, '0x1000', 2, 10),
        ],
      },
    },
  ],
});
