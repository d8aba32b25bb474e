// A fault that the kernel went on after.
import { expect, test } from 'vitest';
import { findings, testRule } from '../../testkit/rule-tester.ts';
import { ago, byHand, panic, task } from '../../testkit/scene.ts';
import type { EarlierOops } from '../facts/earlier-oopses.ts';
import rule from './earlier-oops.ts';
import type { Blame } from './kit/define.ts';

const oops = (about: Partial<EarlierOops> = {}): EarlierOops => ({
  text: 'BUG: kernel NULL pointer dereference, address: 0000000000000004',
  timestampNs: ago(4),
  cpu: 1,
  pid: 7,
  comm: 'program-7',
  function: 'driver_price',
  module: 'driver',
  symbol: 'driver_price',
  ...about,
});
const given = (...earlierOopses: EarlierOops[]) => ({
  trigger: byHand(5),
  tasks: [task(5)],
  earlierOopses,
});

testRule(rule, {
  blames: [
    {
      when: 'somebody asked for the dump later',
      given: given(oops()),
      confidence: 'likely',
      title: 'earlier oops: NULL pointer dereference',
    },
    {
      when: 'a watchdog stopped the machine later: it has a reason of its own',
      given: { ...given(oops()), trigger: panic({ detector: 'softlockup' }) },
      confidence: 'possible',
    },
    {
      when: 'the first program was ended for it',
      given: { ...given(oops({ pid: 1 })), trigger: panic({ detector: 'init-exit', pid: 1 }) },
      confidence: 'likely',
    },
  ],
  doubts: [
    {
      when: 'another fault stopped the machine',
      given: { ...given(oops()), trigger: panic({ kind: 'oops' }) },
      about: /may only follow from that/,
    },
    {
      when: 'the log does not tell where it was',
      given: given(oops({ function: null })),
      about: /the log does not tell/,
    },
  ],
  silent: [{ when: 'there was none', given: given() }],
});

test('the first of several is the one that counts', () => {
  const [blame] = findings(rule, given(oops(), oops({ function: 'other', timestampNs: ago(2) })));
  expect((blame as Blame).suspects[0]?.function).toEqual({
    name: 'driver_price',
    module: 'driver',
  });
  expect((blame as Blame).headline).toContain('4.00 s before the dump was asked for');
});
