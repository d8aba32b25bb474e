// Complaints in the log.
import { testRule } from '../../testkit/rule-tester.ts';
import { byHand, panic, sleeper } from '../../testkit/scene.ts';
import rule from './alarms.ts';

const alarm = (kind: string, text: string) => ({ kind, text, timestampNs: 5e9, count: 2 });
const hung = alarm('hung task', 'INFO: task x:1 blocked for more than 120 seconds.');

testRule(rule, {
  troubles: [
    {
      when: 'the log told of a hung task before somebody asked for a dump',
      given: { alarms: [hung], sleepers: [sleeper(1, 150)], trigger: byHand(1) },
      title: 'the log complains of hung task (2 times)',
    },
    {
      when: 'a panic for another reason came after it',
      given: {
        alarms: [hung, alarm('out of memory', 'Out of memory: Killed process 1 (x)')],
        trigger: panic({ detector: 'hung-task' }),
      },
      title: 'the log complains of out of memory (2 times)',
    },
  ],
  doubts: [
    {
      when: 'the log told of a hung task, and none sleeps like that any more',
      given: { alarms: [hung], trigger: byHand(1) },
      about: /no task sleeps like that any more/,
    },
    {
      when: 'the kernel warned, and went on',
      given: {
        alarms: [alarm('kernel warning', 'WARNING: CPU: 0 PID: 1 at driver.c:3 f+0x1/0x2')],
        trigger: byHand(1),
      },
      about: /warned of something at 5\.00 s of uptime, and went on/,
    },
  ],
  silent: [
    { when: 'the log has none', given: {} },
    {
      when: 'they only announce what then stopped the machine',
      given: { alarms: [hung], trigger: panic({ detector: 'hung-task' }) },
    },
  ],
});
