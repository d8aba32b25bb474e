// /proc/PID/task/TID/{stat,schedstat,syscall}, as the kernel prints them.

/** fs/proc/array.c: do_task_stat(); the order has stood since 2.6. */
export interface Stat {
  readonly comm: string;
  /** R S D T t Z X I. */
  readonly state: string;
  readonly ppid: number;
  /** Faults that needed the disk. */
  /** A thread of the kernel: no program. */
  readonly isKernel: boolean;
  readonly majorFaults: number;
  readonly minorFaults: number;
  /** Clock ticks, a hundredth of a second each (USER_HZ). */
  readonly userTicks: number;
  readonly systemTicks: number;
  readonly priority: number;
  readonly nice: number;
  readonly startTicks: number;
  readonly cpu: number;
  readonly rtPriority: number;
  readonly policy: number;
  readonly blockedTicks: number;
}

/** The ticks of user space: USER_HZ, 100 on x86. */
export const TICK_MS = 10;

/** include/linux/sched.h; the same since 2.6.27. */
const PF_KTHREAD = 0x0020_0000;

/** Undefined: no such line. A name may hold blanks and parentheses. */
export function parseStat(text: string): Stat | undefined {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return undefined;
  const words = text.slice(close + 2).split(' ');
  // Field 3 of proc(5) is words[0].
  const at = (field: number): number => Number(words[field - 3] ?? 0);
  return {
    comm: text.slice(open + 1, close),
    state: words[0] ?? '?',
    ppid: at(4),
    isKernel: (at(9) & PF_KTHREAD) !== 0,
    minorFaults: at(10),
    majorFaults: at(12),
    userTicks: at(14),
    systemTicks: at(15),
    priority: at(18),
    nice: at(19),
    startTicks: at(22),
    cpu: at(39),
    rtPriority: at(40),
    policy: at(41),
    blockedTicks: at(42),
  };
}

/** The state letter alone: what is looked at twenty times a second. */
export const stateOf = (text: string): string => text[text.lastIndexOf(')') + 2] ?? '?';

export interface SchedStat {
  readonly runNs: number;
  /** How long it was ready to run and had no CPU. */
  readonly delayNs: number;
  /** How often it was given a CPU. */
  readonly slices: number;
}

export function parseSchedStat(text: string): SchedStat {
  const [runNs = 0, delayNs = 0, slices = 0] = text.split(' ').map(Number);
  return { runNs, delayNs, slices };
}

/** What a sleeping thread asked the kernel for. */
export interface Call {
  readonly number: number;
  /** `0x…`, six of them. */
  readonly arguments: readonly string[];
}

/** fs/proc/base.c: proc_pid_syscall(): `running`, `-1 SP PC` outside of any call, or the call with its six arguments. */
export function parseSyscall(text: string): Call | 'running' | 'none' {
  if (text.startsWith('running')) return 'running';
  const [number, ...words] = text.trim().split(' ');
  if (number === '-1' || number === undefined || words.length < 6) return 'none';
  return { number: Number(number), arguments: words.slice(0, 6) };
}

/** An argument that is an int: the kernel uses its lower half. */
export const intArgument = (call: Call, index: number): number =>
  Number(BigInt.asIntN(32, BigInt(call.arguments[index] ?? '0')));

/** `se.exec_start` of /proc/PID/sched, in ms: when it last had a CPU, by its CPU's clock. kernel/sched/debug.c */
export function execStartMs(text: string): number | undefined {
  const value = Number(/^se\.exec_start\s*:\s*([\d.]+)/m.exec(text)?.[1]);
  return Number.isNaN(value) ? undefined : value;
}
