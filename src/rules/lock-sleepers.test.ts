// Threads asleep on locks of their own program.
import { testRule } from '../../testkit/rule-tester.ts';
import { ago, task } from '../../testkit/scene.ts';
import rule from './lock-sleepers.ts';

const on = (pid: number, futex: string, seconds: number) => ({
  pid,
  tgid: 1,
  futex,
  sinceNs: ago(seconds),
});

testRule(rule, {
  troubles: [
    {
      when: 'two threads wait for 12 s on two locks',
      given: {
        tasks: [task(1), task(2)],
        lockSleepers: [on(1, '0x1000', 12), on(2, '0x2000', 12)],
      },
      waiters: [1, 2],
      culprits: [],
      title: '2 threads asleep on 2 locks of their own program',
    },
  ],
  doubts: [],
  silent: [
    { when: 'nobody does', given: { tasks: [task(1)] } },
    {
      when: 'one does for a moment',
      given: { tasks: [task(1)], lockSleepers: [on(1, '0x1000', 0.4)] },
    },
  ],
});
