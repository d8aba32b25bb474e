// Faults of the kernel.
import { expect, test } from 'vitest';
import { findings, testRule } from '../../testkit/rule-tester.ts';
import { frame, panic, running } from '../../testkit/scene.ts';
import type { FaultSite } from '../facts/fault-site.ts';
import type { Blame } from './kit/define.ts';
import rule from './oops.ts';

const trigger = panic({ kind: 'oops', pid: 5, function: 'driver_look', module: 'driver' });
const site = (about: Partial<FaultSite> = {}): FaultSite => ({
  exception: 'page_fault',
  at: frame('driver_look', 'driver', { isInterrupted: true }),
  offset: 28,
  callers: [frame('driver_write', 'driver'), frame('vfs_write')],
  access: {
    address: '0x28',
    kind: 'read',
    base: { register: 'rax', value: '0x0', displacement: 0x28 },
  },
  loggedAddress: '0x28',
  source: { object: '0xffff888000001000', offset: 0x18 },
  isWhole: true,
  ...about,
});
const given = (about: Partial<FaultSite> = {}) => ({
  trigger,
  tasks: [running(5, 0, 1)],
  site: site(about),
});
const blamed = (about: Partial<FaultSite>) =>
  findings(rule, given(about)).find((found) => found.says === 'blame') as Blame;

testRule(rule, {
  blames: [
    {
      when: 'a NULL pointer was read through, and where it came from is seen',
      given: given(),
      confidence: 'proven',
      title: 'NULL pointer dereference',
    },
    {
      when: 'the NULL came from nowhere that is seen',
      given: given({ source: null }),
      confidence: 'likely',
    },
    {
      when: 'the log names another address',
      given: given({ loggedAddress: '0x40' }),
      confidence: 'likely',
    },
    { when: 'the stack is not whole', given: given({ isWhole: false }), confidence: 'likely' },
    {
      when: 'the pointer was wild: another may have damaged it',
      given: given({
        access: { address: '0xdead000000000100', kind: 'write', base: null },
        loggedAddress: '0xdead000000000100',
      }),
      confidence: 'likely',
      title: 'bad pointer',
    },
    {
      when: 'a check failed',
      given: given({ exception: 'invalid_op', access: null, loggedAddress: null }),
      confidence: 'likely',
      title: 'BUG: a check failed',
    },
  ],
  doubts: [
    {
      when: 'the registers of the fault were not found',
      given: { ...given(), site: null },
      about: /registers/,
    },
    {
      when: 'it happened where no symbol is known',
      given: given({ at: frame('f', null, { function: null }), callers: [] }),
      about: /no symbol/,
    },
  ],
  silent: [{ when: 'the kernel did not fault', given: { ...given(), trigger: panic() } }],
});

test('the culprit is a function; the task only triggered it', () => {
  const { suspects } = blamed({});
  expect(suspects.map(({ role, function: f, task }) => [role, f?.name, task?.pid])).toEqual([
    ['culprit', 'driver_look', undefined],
    ['trigger', undefined, 5],
  ]);
});

test('where a function that everyone calls faulted, its caller is blamed, less surely', () => {
  const { suspects, confidence } = blamed({ at: frame('memcpy', null, { isInterrupted: true }) });
  expect(suspects[0]?.function).toEqual({ name: 'driver_write', module: 'driver' });
  expect(confidence).not.toBe('proven');
});

test('a fault in an interrupt is not laid at the door of the task it came upon', () => {
  const { headline, suspects } = blamed({
    callers: [frame('driver_intr', 'driver'), frame('asm_common_interrupt'), frame('vfs_write')],
  });
  expect(headline).toContain('in an interrupt that came while program-5 (pid 5) ran');
  expect(suspects[1]?.why).toContain('an interrupt broke in on it');
});
