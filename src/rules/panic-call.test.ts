// panic() called by whoever gave up.
import { expect, test } from 'vitest';
import { findings, testRule } from '../../testkit/rule-tester.ts';
import { byHand, frame, ipmi, lookAt, panic, running, task } from '../../testkit/scene.ts';
import { judge } from './judge.ts';
import type { Blame } from './kit/define.ts';
import rule from './panic-call.ts';

const callers = [frame('driver_check', 'driver'), frame('driver_write', 'driver')];
const given = (detector: string, frames = callers, message = 'driver: this cannot be') => ({
  trigger: panic({ detector, pid: 5, message }),
  tasks: [running(5, 0, 1), task(1, { comm: 'init' })],
  panicStack: { callers: frames, isWhole: true },
});
const smashed = [frame('__stack_chk_fail'), frame('driver_print', 'driver')];
const blamed = (scene: ReturnType<typeof given>): Blame =>
  findings(rule, scene).find((found) => found.says === 'blame') as Blame;

testRule(rule, {
  blames: [
    {
      when: 'a driver gave up',
      given: given('none'),
      confidence: 'likely',
      title: 'panic() called',
    },
    {
      when: 'it did in an interrupt: it may be a watchdog',
      given: given('none', [...callers, frame('asm_sysvec_apic_timer_interrupt')]),
      confidence: 'possible',
    },
    {
      when: 'the stack protector found a frame overwritten',
      given: given('stack-protector', smashed),
      confidence: 'likely',
      title: 'stack buffer overrun',
    },
    {
      when: 'the first program was killed',
      given: {
        ...given('init-exit', [frame('do_exit')], 'Attempted to kill init! exitcode=0x0000000b'),
        trigger: panic({
          detector: 'init-exit',
          pid: 1,
          message: 'Attempted to kill init! exitcode=0x0000000b',
        }),
      },
      culprits: [1],
      title: 'the first program ended',
    },
  ],
  doubts: [
    {
      when: 'the stack does not show who called',
      given: { ...given('none'), panicStack: null },
      about: /by whom/,
    },
    {
      when: 'the first program was ended because the kernel had faulted in it',
      given: given('init-exit', [frame('do_exit'), frame('make_task_dead')]),
      about: /because it had faulted/,
    },
  ],
  silent: [
    { when: 'a watchdog called', given: { ...given('none'), trigger: ipmi() } },
    { when: 'somebody asked for the crash', given: { ...given('none'), trigger: byHand(5) } },
    { when: 'the kernel ran out of memory', given: given('oom') },
  ],
});

test('the culprit is the caller; of the stack protector the function whose frame it was', () => {
  expect(blamed(given('none')).suspects[0]?.function).toEqual({
    name: 'driver_check',
    module: 'driver',
  });
  expect(blamed(given('stack-protector', smashed)).suspects[0]?.function).toEqual({
    name: 'driver_print',
    module: 'driver',
  });
});

test('how the first program ended is said', () => {
  const scene = (code: string) => ({
    ...given('init-exit', [frame('do_exit')]),
    trigger: panic({
      detector: 'init-exit',
      pid: 1,
      message: `Attempted to kill init! exitcode=0x${code}`,
    }),
  });
  expect(blamed(scene('0000000b')).headline).toContain('was killed by signal 11');
  expect(blamed(scene('00000100')).headline).toContain('exited with status 1');
});

test('whoever calls panic() is not cleared as a messenger', () => {
  const { exonerated } = judge([rule], lookAt(given('none')));
  expect(exonerated).toEqual([]);
});
