// Programs held back by a quota.
import { testRule } from '../../testkit/rule-tester.ts';
import { byHand, onFile, panic, running, waiting } from '../../testkit/scene.ts';
import rule from './cpu-quota.ts';

const quota = {
  address: '0xffff888001000000',
  name: 'office',
  quotaNs: 1e6,
  periodNs: 1e8,
  periods: 200,
  throttled: 198,
  pids: [1, 2],
};
const tasks = [waiting(1, 0, 6), running(3, 0, 1)];

testRule(rule, {
  blames: [
    {
      when: 'a program of a group that is held back all the time waits for seconds',
      given: { trigger: byHand(3), tasks, cpuQuotas: [quota] },
      victims: [1],
      confidence: 'likely',
    },
  ],
  troubles: [
    {
      when: 'the machine stopped for a fault',
      given: { trigger: panic({ kind: 'oops' }), tasks, cpuQuotas: [quota] },
    },
  ],
  doubts: [],
  silent: [
    {
      when: 'it is held back now and then, as is meant',
      given: { trigger: byHand(3), tasks, cpuQuotas: [{ ...quota, throttled: 100 }] },
    },
    {
      when: 'it waits for tenths of a second only',
      given: { trigger: byHand(3), tasks: [waiting(1, 0, 0.2)], cpuQuotas: [quota] },
    },
    {
      when: 'it holds a lock that others wait for: another rule’s',
      given: { trigger: byHand(3), tasks, cpuQuotas: [quota], fileLocks: [onFile(5, '/a', 1, 6)] },
    },
    { when: 'no group has a quota', given: { trigger: byHand(3), tasks } },
  ],
});
