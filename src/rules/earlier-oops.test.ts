// A fault that the kernel went on after.
import { expect, test } from 'vitest';
import { findings, testRule } from '../../testkit/rule-tester.ts';
import { ago, byHand, inLine, panic, task } from '../../testkit/scene.ts';
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

/** 5 waits for a lock whose holder has ended. */
const behind = (seconds: number) => ({
  kernelWaits: [
    inLine(5, 'a', null, seconds, {
      queue: { holder: { pid: null, address: '0xffff888000001000', from: 'owner' } },
    }),
  ],
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
  troubles: [
    {
      when: 'sleepers for what it left behind stopped the machine: kernel-lock-held tells that',
      given: { ...given(oops()), ...behind(3), trigger: panic({ detector: 'hung-task' }) },
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

const blameOf = (about: Parameters<typeof findings>[1]): Blame =>
  findings(rule, about).find((found): found is Blame => found.says === 'blame') as Blame;

test('the lock that it left behind, its dead holder and who waits for it are in the verdict', () => {
  const { headline, suspects, chain } = blameOf({ ...given(oops()), ...behind(3) });
  expect(headline).toContain(
    'program-7 died with a lock held (a), and 1 task waits for it for ever',
  );
  expect(suspects.map(({ role, object, task: t }) => [role, object?.name ?? null, t?.pid])).toEqual(
    [
      ['culprit', null, undefined],
      ['holder', 'a', undefined],
      ['victim', 'a', 5],
    ],
  );
  expect(chain?.[0]?.waitsFor).toMatch(/a .*left behind by program-7 \(pid 7\)/);
});

test('one in line that was born at the place of the dead holder does not hide it', () => {
  const own = { ...given(oops()), kernelWaits: [inLine(5, 'a', 5, 3, { takenIn: null })] };
  expect(blameOf(own).chain).toHaveLength(1);
});

test('who waited before the fault, or behind one of several, waits for something else', () => {
  expect(blameOf({ ...given(oops()), ...behind(30) }).chain).toEqual([]);
  expect(blameOf({ ...given(oops(), oops()), ...behind(3) }).chain).toEqual([]);
});
