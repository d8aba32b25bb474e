// Who panicked: the CPU and the task.
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { currentTask, isCpu, onlineCpus } from './cpus.ts';
import type { Task } from './task.ts';
import { allTasks } from './tasks.ts';

/**
 * The CPU that panicked or oopsed; undefined when nobody did (a dump taken from outside).
 *
 * `panic_cpu` is an atomic_t, −1 (PANIC_CPU_INVALID) while nobody panics: kernel/panic.c (4.5 to 7.2).
 * `crashing_cpu` is set by the CPU that stops the others: arch/x86/kernel/reboot.c (5.10 to 7.2).
 */
export function panicCpu(dump: Dump): number | undefined {
  for (const name of ['panic_cpu', 'crashing_cpu']) {
    const at = dump.symbol(name);
    const cpu = isFault(at) ? at : dump.memory.i32(at);
    if (typeof cpu === 'number' && isCpu(dump, cpu)) return cpu;
  }
  return undefined;
}

/** The task that was executing on the CPU that panicked; undefined when none did or it cannot be read. */
export function panicTask(dump: Dump): Task | undefined {
  const cpu = panicCpu(dump);
  const task = cpu === undefined ? undefined : currentTask(dump, cpu);
  return isFault(task) ? undefined : task;
}

/**
 * The current context when nobody chose one: the panic task, on a running machine this program, else what the first
 * CPU executed.
 */
export function defaultTask(dump: Dump): Task | undefined {
  const own = dump.source.isLive
    ? allTasks(dump).tasks.find(({ pid }) => pid === process.pid)
    : undefined;
  if (own) return own;
  const panicked = panicTask(dump);
  if (panicked) return panicked;
  for (const cpu of onlineCpus(dump)) {
    const task = currentTask(dump, cpu);
    if (!isFault(task)) return task;
  }
  return undefined;
}
