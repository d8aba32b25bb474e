// Who stopped the machine: told by the frames above panic(), never by the message alone.

import type { FrameFact } from './frames.ts';

export type TriggerKind =
  | 'panic'
  | 'oops'
  | 'nmi'
  | 'machine-check'
  | 'sysrq'
  | 'external'
  | 'unknown';

interface Detector {
  /** Functions one of which stands on the stack when this is what stopped the machine. */
  readonly functions: readonly string[];
  readonly module?: string;
  readonly kind: TriggerKind;
  readonly detector: string;
}

/**
 * In this order: an outer reason (sysrq) calls the same panic() as an inner one. Functions looked up in 5.10, 6.1,
 * 6.12 and 7.2: drivers/char/ipmi/ipmi_watchdog.c, kernel/watchdog.c, kernel/watchdog_perf.c, kernel/watchdog_buddy.c,
 * kernel/hung_task.c, kernel/rcu/tree_stall.h, drivers/tty/sysrq.c, mm/oom_kill.c, arch/x86/kernel/nmi.c,
 * arch/x86/kernel/cpu/mce/core.c, arch/x86/kernel/dumpstack.c.
 */
const DETECTORS: readonly Detector[] = [
  {
    functions: ['ipmi_wdog_pretimeout_handler', 'ipmi_nmi'],
    module: 'ipmi_watchdog',
    kind: 'panic',
    detector: 'ipmi-watchdog',
  },
  { functions: ['watchdog_timer_fn'], kind: 'panic', detector: 'softlockup' },
  {
    functions: [
      'watchdog_overflow_callback',
      'watchdog_hardlockup_check',
      'watchdog_check_hardlockup_other_cpu',
    ],
    kind: 'panic',
    detector: 'hardlockup',
  },
  {
    functions: ['check_hung_uninterruptible_tasks', 'check_hung_task'],
    kind: 'panic',
    detector: 'hung-task',
  },
  {
    functions: [
      'panic_on_rcu_stall',
      'print_other_cpu_stall',
      'print_cpu_stall',
      'rcu_check_gp_kthread_starvation',
      'check_cpu_stall',
      'rcu_sched_clock_irq',
    ],
    kind: 'panic',
    detector: 'rcu-stall',
  },
  { functions: ['sysrq_handle_crash', '__handle_sysrq'], kind: 'sysrq', detector: 'none' },
  { functions: ['out_of_memory', 'dump_header'], kind: 'panic', detector: 'oom' },
  { functions: ['mce_panic', 'do_machine_check'], kind: 'machine-check', detector: 'none' },
  {
    functions: ['unknown_nmi_error', 'pci_serr_error', 'io_check_error'],
    kind: 'nmi',
    detector: 'none',
  },
  {
    functions: ['oops_end', 'page_fault_oops', 'die', '__die', 'no_context'],
    kind: 'oops',
    detector: 'none',
  },
];

/** `khungtaskd`'s function is called as many others are; its thread's name decides. kernel/hung_task.c */
const HUNG_TASK_THREAD = 'khungtaskd';

export interface Detected {
  readonly kind: TriggerKind;
  readonly detector: string;
  /** The frame that called panic() or crash_kexec(), or that belongs to the detector. */
  readonly frame: FrameFact | undefined;
}

/** panic() is vpanic() with a va_list since 7.x; both stay on the stack. */
const PANICS = new Set(['panic', 'vpanic', 'nmi_panic']);

/**
 * @param frames the panicking CPU's stack, innermost first, whatever was interrupted below left out by the caller or not
 * @param comm name of the task on that CPU
 */
export function detect(frames: readonly FrameFact[], comm: string | null): Detected {
  const panicAt = frames.findLastIndex((frame) => PANICS.has(frame.function ?? ''));
  const caller = panicAt < 0 ? undefined : frames[panicAt + 1];
  for (const { functions, module, kind, detector } of DETECTORS) {
    const frame = frames.find(
      (f) => functions.includes(f.function ?? '') && (module === undefined || f.module === module),
    );
    if (frame) return { kind, detector, frame: kind === 'panic' ? (caller ?? frame) : frame };
  }
  if (caller && comm === HUNG_TASK_THREAD)
    return { kind: 'panic', detector: 'hung-task', frame: caller };
  if (caller) return { kind: 'panic', detector: 'none', frame: caller };
  return { kind: 'unknown', detector: 'none', frame: undefined };
}
