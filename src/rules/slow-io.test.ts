// Tasks that wait for a disk which answers too late.
import { testRule } from '../../testkit/rule-tester.ts';
import { byHand, disk, ipmi, panic, read, sleeper, task } from '../../testkit/scene.ts';
import rule from './slow-io.ts';

const stuck = task(7, { isUninterruptible: true, state: 2 });
const other = task(8, { isUninterruptible: true, state: 2 });
const hand = byHand(9);
const one = { tasks: [stuck, other], sleepers: [sleeper(7, 8)], trigger: hand };
const slow = {
  disks: [disk('vda', 300, 1), disk('vdb', 6, 5300, 1)],
  requests: [read('vdb', 8.3, [7])],
  accounts: [],
};

testRule(rule, {
  blames: [
    {
      when: 'a task waits for a read of a disk that took seconds for each before',
      given: { ...one, blockIo: slow },
      waiters: [7],
      confidence: 'likely',
      title: 'I/O slow: 1 disk answers far too late',
    },
    {
      when: 'the hung-task watchdog found it',
      given: { ...one, trigger: panic({ detector: 'hung-task' }), blockIo: slow },
      waiters: [7],
      confidence: 'likely',
    },
    {
      when: 'another task sleeps for another reason',
      given: { ...one, sleepers: [sleeper(7, 8), sleeper(8, 60)], blockIo: slow },
      waiters: [7],
      confidence: 'possible',
    },
  ],
  troubles: [
    {
      when: 'a disk that was quick before does not answer: slow or dead',
      given: {
        ...one,
        blockIo: { ...slow, disks: [disk('vda', 300, 1), disk('vdb', 5000, 1, 1)] },
      },
      waiters: [7],
      culprits: [],
    },
    {
      when: 'a disk never answered anything',
      given: { ...one, blockIo: { ...slow, disks: [disk('vdb', 0, 0, 1)] } },
      waiters: [7],
    },
    {
      when: 'a watchdog stopped the machine for another reason',
      given: { ...one, trigger: ipmi(), blockIo: slow },
      waiters: [7],
    },
  ],
  doubts: [],
  silent: [
    { when: 'nothing is under way', given: { ...one, blockIo: { ...slow, requests: [] } } },
    {
      when: 'the request is a moment old',
      given: { ...one, blockIo: { ...slow, requests: [read('vdb', 0.3, [7])] } },
    },
    {
      when: 'nobody waits for it',
      given: { ...one, blockIo: { ...slow, requests: [read('vdb', 8.3, [])] } },
    },
    { when: 'there is no clock', given: { ...one, nowNs: null, blockIo: slow } },
  ],
});
