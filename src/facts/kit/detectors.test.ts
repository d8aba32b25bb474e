// Who stopped the machine, from the frames above panic().
import { expect, test } from 'vitest';
import { frame } from '../../../testkit/scene.ts';
import { detect } from './detectors.ts';

const of = (names: readonly (string | readonly [string, string])[], comm: string | null = null) => {
  const frames = names.map((name) =>
    typeof name === 'string' ? frame(name) : frame(name[0], name[1]),
  );
  const { kind, detector, frame: found } = detect(frames, comm);
  return [kind, detector, found?.function ?? null];
};

/** Stacks of real panics, shortened. */
test.each([
  [
    [
      '__crash_kexec',
      'panic',
      ['ipmi_wdog_pretimeout_handler', 'ipmi_watchdog'],
      ['handle_new_recv_msgs', 'ipmi_msghandler'],
    ],
    null,
    ['panic', 'ipmi-watchdog', 'ipmi_wdog_pretimeout_handler'],
  ],
  [
    ['__crash_kexec', 'vpanic', 'panic', 'watchdog_timer_fn', '__hrtimer_run_queues'],
    'x',
    ['panic', 'softlockup', 'watchdog_timer_fn'],
  ],
  [
    ['__crash_kexec', 'panic', 'watchdog', 'kthread'],
    'khungtaskd',
    ['panic', 'hung-task', 'watchdog'],
  ],
  [['__crash_kexec', 'panic', 'watchdog', 'kthread'], 'other', ['panic', 'none', 'watchdog']],
  [
    ['panic', 'sysrq_handle_crash', '__handle_sysrq', 'write_sysrq_trigger'],
    'sh',
    ['sysrq', 'none', 'sysrq_handle_crash'],
  ],
  [
    ['crash_kexec', 'oops_end', 'page_fault_oops', 'exc_page_fault'],
    'sh',
    ['oops', 'none', 'oops_end'],
  ],
  [['panic', 'oops_end', 'die'], 'sh', ['oops', 'none', 'oops_end']],
  [['panic', 'out_of_memory'], 'sh', ['panic', 'oom', 'out_of_memory']],
  [['panic', 'rcu_sched_clock_irq'], 'sh', ['panic', 'rcu-stall', 'rcu_sched_clock_irq']],
  [
    ['vpanic', 'panic', 'check_panic_on_warn', '__warn', '__report_bug', 'exc_invalid_op'],
    'sh',
    ['panic', 'warning', 'check_panic_on_warn'],
  ],
  [
    ['panic', '__stack_chk_fail', 'driver_print'],
    'sh',
    ['panic', 'stack-protector', '__stack_chk_fail'],
  ],
  [['panic', 'mce_panic', 'do_machine_check'], 'sh', ['machine-check', 'none', 'mce_panic']],
  [['panic', '__ghes_panic', 'ghes_proc'], 'sh', ['machine-check', 'firmware', '__ghes_panic']],
  [
    ['panic', 'nmi_panic', 'unknown_nmi_error', 'exc_nmi'],
    'sh',
    ['nmi', 'none', 'unknown_nmi_error'],
  ],
  [
    ['panic', ['softdog_fire', 'softdog'], '__hrtimer_run_queues'],
    'sh',
    ['panic', 'softdog', 'softdog_fire'],
  ],
  [['panic', 'do_exit', 'do_group_exit'], 'init', ['panic', 'init-exit', 'do_exit']],
  [['panic', ['driver_check', 'driver'], 'vfs_write'], 'sh', ['panic', 'none', 'driver_check']],
  [['machine_kexec', 'some_driver'], 'sh', ['unknown', 'none', null]],
] as const)('%j in %s', (names, comm, expected) => expect(of(names, comm)).toEqual(expected));

test('a function of that name in another module is another’s', () =>
  expect(of(['panic', ['ipmi_wdog_pretimeout_handler', 'mine']])).toEqual([
    'panic',
    'none',
    'ipmi_wdog_pretimeout_handler',
  ]));

/** Where a watchdog broke in says nothing of the cause; where a check failed or a driver gave up does. */
test.each([
  [['panic', 'watchdog_timer_fn'], true],
  [['panic', 'sysrq_handle_crash'], true],
  [['panic', 'check_panic_on_warn', '__warn'], false],
  [['panic', 'driver_check'], false],
  [['panic', 'out_of_memory'], false],
] as const)('%j: a messenger is %s', (names, expected) =>
  expect(
    detect(
      names.map((name) => frame(name)),
      null,
    ).isMessenger,
  ).toBe(expected),
);
