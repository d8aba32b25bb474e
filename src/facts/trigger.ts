// What stopped the machine: from the stack of the CPU that panicked, compared with the log.
import { isFault } from '../bytes/fault.ts';
import { currentTask } from '../kernel/cpus.ts';
import { globalNumber, type numbers } from '../kernel/globals.ts';
import { ipmiWatchdog } from '../kernel/ipmi-watchdog.ts';
import { panicCpu } from '../kernel/panic.ts';
import { loggedOops, loggedPanic, panicBuffer } from '../kernel/panic-message.ts';
import type { Dump } from '../types/dump.ts';
import { clock } from './clock.ts';
import { defineFact, Holes, type Seen, seen } from './kit/define.ts';
import { type Detected, detect, type TriggerKind } from './kit/detectors.ts';
import { type FrameFact, interrupter } from './kit/frames.ts';
import { stackFact } from './kit/stack.ts';

export interface Trigger {
  readonly kind: TriggerKind;
  readonly detector: string;
  readonly function: string | null;
  readonly module: string | null;
  readonly message: string | null;
  readonly cpu: number | null;
  readonly pid: number | null;
  readonly uptimeSeconds: number | null;
  readonly parameters: Readonly<Record<string, number | string | boolean | null>>;
  /** What broke in on the CPU and ended in panic(), innermost first; empty: the task itself called it. */
  readonly messengers: readonly FrameFact[];
  /** Whether the panicking CPU's stack was unwound to its end. */
  readonly isWhole: boolean;
}

export const trigger = defineFact<Trigger>({
  id: 'trigger',
  says: 'what stopped the machine, who called panic(), and the settings of the detector',
  from: look,
});

function look(dump: Dump): Seen<Trigger> {
  // What runs has not panicked, whatever its log says.
  if (dump.source.isLive) return { value: nobody(dump), holes: [] };
  const holes = new Holes();
  const cpu = panicCpu(dump);
  if (cpu === undefined) return unknownCpu(dump);
  const task = currentTask(dump, cpu);
  if (isFault(task))
    return {
      value: { ...nobody(dump), kind: 'unknown', cpu },
      holes: [`the task on the CPU that panicked cannot be read: ${task.explain()}`],
    };
  const stack = stackFact(dump, task);
  const comm = isFault(task.comm) ? null : task.comm;
  const above = interrupter(stack);
  const found = refine(dump, detect(above.length > 0 ? above : stack.frames, comm), stack.frames);
  if (!stack.isWhole)
    holes.add('the stack of the CPU that panicked could not be unwound to its end');
  const logged = found.kind === 'oops' ? loggedOops(dump) : loggedPanic(dump);
  const buffer = panicBuffer(dump);
  if (buffer !== undefined && found.kind !== 'oops' && logged && logged.text !== buffer)
    holes.add(`memory says the panic was “${buffer}”, the log “${logged.text}”`);
  const pid = task.pid;
  return {
    value: {
      kind: found.kind,
      detector: found.detector,
      function: found.frame?.function ?? null,
      module: found.frame?.module ?? null,
      message: (found.kind === 'oops' ? logged?.text : (buffer ?? logged?.text)) ?? null,
      cpu,
      pid: isFault(pid) ? null : pid,
      uptimeSeconds: seconds(logged?.timestampNs ?? seen(dump, clock).value.nowNs),
      parameters: parametersOf(dump, found, holes),
      messengers: found.isMessenger ? above : [],
      isWhole: stack.isWhole,
    },
    holes: holes.list,
  };
}

/**
 * No CPU panicked that is known: nobody did, unless the log says otherwise (a kernel without types knows no CPUs), or
 * what would tell cannot be read.
 */
function unknownCpu(dump: Dump): Seen<Trigger> {
  const logged = loggedPanic(dump);
  if (logged)
    return {
      value: { ...nobody(dump), kind: 'panic', message: logged.text },
      holes: ['the kernel panicked, by its log; on which CPU cannot be read'],
    };
  const holes = ['panic_cpu', 'crashing_cpu'].flatMap((name) => deniesNothing(dump, name));
  if (holes.length === 0) return { value: nobody(dump), holes };
  return { value: { ...nobody(dump), kind: 'unknown', isWhole: false }, holes };
}

/** Why a variable does not say that no CPU panicked: it cannot be read, or names a CPU that is not known. */
function deniesNothing(dump: Dump, name: string): string[] {
  const at = dump.symbol(name);
  const value = isFault(at) ? at : dump.memory.i32(at);
  if (isFault(value)) return [`whether a CPU panicked is not known: ${name}: ${value.explain()}`];
  return value < 0 ? [] : [`CPU ${value} panicked, by ${name}; nothing else is known of it`];
}

/** Nobody panicked: the dump was taken from outside, by a hypervisor, or the machine runs. */
const nobody = (dump: Dump): Trigger => ({
  kind: 'external',
  detector: dump.source.isLive ? 'live' : 'none',
  function: null,
  module: null,
  message: null,
  cpu: null,
  pid: null,
  uptimeSeconds: seconds(seen(dump, clock).value.nowNs),
  parameters: {},
  messengers: [],
  isWhole: true,
});

/**
 * An oops that starts the capture kernel at once leaves only the faulting function: die_counter counts it, panic() was
 * never reached. For an oops the function is the one that faulted.
 */
function refine(dump: Dump, found: Detected, frames: readonly FrameFact[]): Detected {
  const died = globalNumber(dump, 'die_counter');
  const isOops = found.kind === 'oops' || (found.kind === 'unknown' && !isFault(died) && died > 0);
  if (!isOops) return found;
  const interrupted = frames.findIndex((frame) => frame.isInterrupted);
  // Where no code is, a call through a bad pointer led: the caller is where it happened.
  const at = frames.slice(Math.max(0, interrupted)).find((frame) => frame.function !== null);
  return { kind: 'oops', detector: 'none', frame: at, isMessenger: false };
}

/** A detector's settings: our name and the kernel's variable. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, keyof typeof numbers>>>> = {
  softlockup: { watchdog_thresh: 'watchdog_thresh' },
  hardlockup: { watchdog_thresh: 'watchdog_thresh' },
  'hung-task': { timeout: 'sysctl_hung_task_timeout_secs' },
  'rcu-stall': {
    panic_on_rcu_stall: 'sysctl_panic_on_rcu_stall',
    timeout: 'rcu_cpu_stall_timeout',
  },
  oom: { panic_on_oom: 'sysctl_panic_on_oom' },
  oops: { panic_on_oops: 'panic_on_oops' },
  nmi: {
    unknown_nmi_panic: 'unknown_nmi_panic',
    panic_on_unrecovered_nmi: 'panic_on_unrecovered_nmi',
    panic_on_io_nmi: 'panic_on_io_nmi',
  },
};

function parametersOf(
  dump: Dump,
  { kind, detector }: Detected,
  holes: Holes,
): Trigger['parameters'] {
  if (detector === 'ipmi-watchdog') {
    const watchdog = ipmiWatchdog(dump);
    if (isFault(watchdog)) {
      holes.add(`the settings of the IPMI watchdog cannot be read: ${watchdog.explain()}`);
      return {};
    }
    const { timeoutSeconds, pretimeoutSeconds, preaction, preop, action, nowayout } = watchdog;
    const settings = { timeout: timeoutSeconds, pretimeout: pretimeoutSeconds };
    return { ...settings, preaction, preop, action, nowayout };
  }
  if (detector === 'softdog') return softdogOf(dump, holes);
  const parameters: Record<string, number> = {};
  for (const [name, variable] of Object.entries(SETTINGS[detector] ?? SETTINGS[kind] ?? {})) {
    const value = globalNumber(dump, variable);
    if (isFault(value)) holes.add(`${variable}: ${value.explain()}`);
    else parameters[name] = value;
  }
  return parameters;
}

/** `soft_margin`, seconds without a pat: drivers/watchdog/softdog.c (5.10 to 7.2). */
function softdogOf(dump: Dump, holes: Holes): Trigger['parameters'] {
  const at = dump.symbols.address('soft_margin', 'softdog');
  const margin = at === undefined ? undefined : dump.memory.u32(at);
  if (margin !== undefined && !isFault(margin)) return { timeout: margin };
  holes.add('the margin of the software watchdog cannot be read');
  return {};
}

const seconds = (ns: number | null | undefined): number | null =>
  ns === null || ns === undefined ? null : Math.floor(ns / 1000) / 1e6;
