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
  /** Whether it looks at others from outside: where it broke in says nothing of the cause. */
  readonly isMessenger: boolean;
}

const watcher = (
  detector: string,
  functions: readonly string[],
  about: Partial<Detector> = {},
): Detector => ({ detector, functions, kind: 'panic', isMessenger: true, ...about });

const complainer = (
  detector: string,
  functions: readonly string[],
  about: Partial<Detector> = {},
): Detector => ({ detector, functions, kind: 'panic', isMessenger: false, ...about });

/**
 * In this order: an outer reason (sysrq) calls the same panic() as an inner one. Functions looked up in 5.10, 6.1,
 * 6.12 and 7.2: drivers/char/ipmi/ipmi_watchdog.c, drivers/watchdog/{softdog,pretimeout_panic,hpwdt}.c, kernel/watchdog.c,
 * kernel/watchdog_perf.c, kernel/watchdog_buddy.c, kernel/hung_task.c, kernel/rcu/tree_stall.h, kernel/workqueue.c,
 * drivers/tty/sysrq.c, mm/oom_kill.c, arch/x86/kernel/nmi.c, arch/x86/kernel/cpu/mce/core.c,
 * drivers/acpi/apei/ghes.c, arch/x86/kernel/dumpstack.c, kernel/panic.c.
 */
const DETECTORS: readonly Detector[] = [
  watcher('ipmi-watchdog', ['ipmi_wdog_pretimeout_handler', 'ipmi_nmi'], {
    module: 'ipmi_watchdog',
  }),
  watcher('softdog', ['softdog_fire'], { module: 'softdog' }),
  watcher('watchdog-pretimeout', ['pretimeout_panic'], { module: 'pretimeout_panic' }),
  watcher('hpwdt', ['hpwdt_pretimeout'], { module: 'hpwdt', kind: 'nmi' }),
  watcher('softlockup', ['watchdog_timer_fn']),
  watcher('hardlockup', [
    'watchdog_overflow_callback',
    'watchdog_hardlockup_check',
    'watchdog_check_hardlockup_other_cpu',
  ]),
  watcher('hung-task', ['check_hung_uninterruptible_tasks', 'check_hung_task']),
  watcher('rcu-stall', [
    'panic_on_rcu_stall',
    'print_other_cpu_stall',
    'print_cpu_stall',
    'rcu_check_gp_kthread_starvation',
    'check_cpu_stall',
    'rcu_sched_clock_irq',
  ]),
  watcher('workqueue-stall', ['panic_on_wq_watchdog', 'wq_watchdog_timer_fn']),
  watcher('none', ['sysrq_handle_crash', '__handle_sysrq'], { kind: 'sysrq' }),
  complainer('oom', ['out_of_memory', 'dump_header']),
  complainer('none', ['mce_panic', 'do_machine_check'], { kind: 'machine-check' }),
  complainer('firmware', ['__ghes_panic', 'ghes_proc', 'ghes_do_proc'], { kind: 'machine-check' }),
  watcher('none', ['unknown_nmi_error', 'pci_serr_error', 'io_check_error'], { kind: 'nmi' }),
  complainer('stack-protector', ['__stack_chk_fail']),
  complainer('none', ['oops_end', 'page_fault_oops', 'die', '__die', 'no_context'], {
    kind: 'oops',
  }),
  complainer('warning', ['check_panic_on_warn', '__warn']),
  // Of one that is not known by name.
  watcher('none', ['nmi_panic'], { kind: 'nmi' }),
];

/** `khungtaskd`'s function is called as many others are; its thread's name decides. kernel/hung_task.c */
const HUNG_TASK_THREAD = 'khungtaskd';
/** Panics where the first of all programs is to end. kernel/exit.c (5.10 to 7.2) */
const EXIT = 'do_exit';

export interface Detected {
  readonly kind: TriggerKind;
  readonly detector: string;
  /** The frame that called panic() or crash_kexec(), or that belongs to the detector. */
  readonly frame: FrameFact | undefined;
  readonly isMessenger: boolean;
}

/** panic() is vpanic() with a va_list since 7.x; both stay on the stack. */
export const PANICS = new Set(['panic', 'vpanic', 'nmi_panic']);

/**
 * @param frames the panicking CPU's stack, innermost first, whatever was interrupted below left out by the caller or not
 * @param comm name of the task on that CPU
 */
export function detect(frames: readonly FrameFact[], comm: string | null): Detected {
  const panicAt = frames.findLastIndex((frame) => PANICS.has(frame.function ?? ''));
  const caller = panicAt < 0 ? undefined : frames[panicAt + 1];
  for (const { functions, module, kind, detector, isMessenger } of DETECTORS) {
    const frame = frames.find(
      (f) => functions.includes(f.function ?? '') && (module === undefined || f.module === module),
    );
    if (!frame) continue;
    return { kind, detector, frame: kind === 'panic' ? (caller ?? frame) : frame, isMessenger };
  }
  if (!caller) return { kind: 'unknown', detector: 'none', frame: undefined, isMessenger: false };
  const isHungTask = comm === HUNG_TASK_THREAD;
  const detector = isHungTask ? 'hung-task' : caller.function === EXIT ? 'init-exit' : 'none';
  return { kind: 'panic', detector, frame: caller, isMessenger: isHungTask };
}
