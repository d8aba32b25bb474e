// Tasks in uninterruptible sleep.
import { testRule } from '../../testkit/rule-tester.ts';
import { ago, frame, task } from '../../testkit/scene.ts';
import rule from './uninterruptible.ts';

const asleep = (pid: number, seconds: number) =>
  task(pid, { isUninterruptible: true, lastArrivalNs: ago(seconds), state: 2 });
const sleeper = (pid: number, seconds: number, isForChild = false) => ({
  pid,
  sinceNs: ago(seconds),
  waitsIn: frame('some_wait'),
  calledBy: frame('driver_write', 'driver'),
  isForChild,
});

testRule(rule, {
  troubles: [
    {
      when: 'two tasks sleep so',
      given: {
        tasks: [asleep(1, 9), asleep(2, 8), task(3)],
        sleepers: [sleeper(1, 9), sleeper(2, 8)],
      },
      waiters: [1, 2],
      culprits: [],
      title: '2 tasks in uninterruptible sleep',
    },
  ],
  doubts: [],
  silent: [
    { when: 'none does', given: { tasks: [task(1)] } },
    {
      when: 'the only one waits for its vfork child',
      given: { tasks: [asleep(1, 9)], sleepers: [sleeper(1, 9, true)] },
    },
  ],
});
