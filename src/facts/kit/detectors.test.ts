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
  [['machine_kexec', 'some_driver'], 'sh', ['unknown', 'none', null]],
] as const)('%j in %s', (names, comm, expected) => expect(of(names, comm)).toEqual(expected));

test('a function of that name in another module is another’s', () =>
  expect(of(['panic', ['ipmi_wdog_pretimeout_handler', 'mine']])).toEqual([
    'panic',
    'none',
    'ipmi_wdog_pretimeout_handler',
  ]));
