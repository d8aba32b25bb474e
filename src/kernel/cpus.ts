// The machine's CPUs, and what runs on each.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { Task } from './task.ts';

/** Twice what CONFIG_MAXSMP gives on x86 (8192, arch/x86/Kconfig): a damaged `nr_cpu_ids` must not size anything. */
const MAX_CPUS = 16384;

/** CPUs that may ever be there: per-CPU counters are summed over these. Ascending; empty when unreadable. */
export const possibleCpus = (dump: Dump): readonly number[] =>
  dump.memo(possibleCpus, () => cpusOf(dump, '__cpu_possible_mask'));

/** CPUs that were running. Ascending; falls back to the possible ones. */
export const onlineCpus = (dump: Dump): readonly number[] =>
  dump.memo(onlineCpus, () => {
    const online = cpusOf(dump, '__cpu_online_mask');
    return online.length > 0 ? online : possibleCpus(dump);
  });

/** CPUs that are plugged in, online or not. Ascending; falls back to the possible ones. */
export const presentCpus = (dump: Dump): readonly number[] =>
  dump.memo(presentCpus, () => {
    const present = cpusOf(dump, '__cpu_present_mask');
    return present.length > 0 ? present : possibleCpus(dump);
  });

/** Whether a CPU number is one that this machine can have. */
export const isCpu = (dump: Dump, cpu: number): boolean => possibleCpus(dump).includes(cpu);

/** `struct cpumask` globals: include/linux/cpumask.h (the `__cpu_…_mask` names since 4.5). */
function cpusOf(dump: Dump, mask: string): readonly number[] {
  const at = dump.symbol(mask);
  const idsAt = dump.symbol('nr_cpu_ids');
  if (isFault(at)) return [];
  const ids = isFault(idsAt) ? Number.NaN : dump.memory.u32(idsAt);
  const count = typeof ids === 'number' && ids > 0 ? Math.min(ids, MAX_CPUS) : MAX_CPUS;
  // Without nr_cpu_ids the mask's own width bounds it.
  const bits = Math.min(count, (dump.types.sizeOf('cpumask') ?? 8) * 8);
  const cpus: number[] = [];
  for (let first = 0; first < bits; first += 64) {
    const word = dump.memory.u64(virtual(at + BigInt(first / 8)));
    if (isFault(word)) break;
    for (let bit = 0; bit < 64 && first + bit < bits; bit++)
      if ((word >> BigInt(bit)) & 1n) cpus.push(first + bit);
  }
  return cpus;
}

/** The task a CPU was executing: `current` there. */
export function currentTask(dump: Dump, cpu: number): Task | Fault {
  const at = currentSlot(dump, cpu);
  if (isFault(at)) return at;
  const task = dump.memory.pointer(at);
  if (isFault(task)) return task;
  if (task === 0n) return new Fault('implausible', at, `CPU ${cpu} has no current task`);
  return new Task(dump, task);
}

/**
 * Where `current` lies: in `pcpu_hot` since e57ef2ed97c1 ("x86: Put hot per CPU variables into a struct",
 * v6.2) until a1e4cc0155ad ("x86/percpu: Move current_task to percpu hot section", v6.15), else a
 * per-CPU variable of its own.
 */
function currentSlot(dump: Dump, cpu: number): VirtualAddress | Fault {
  // The symbol is asked first: to find that a type is missing, all types have to be read.
  const hot = dump.perCpu('pcpu_hot', cpu);
  const member = isFault(hot) ? undefined : dump.types.member('pcpu_hot', 'current_task');
  if (member && !isFault(hot)) return virtual(hot + BigInt(member.offset));
  return dump.perCpu('current_task', cpu);
}

/** Which CPU each executing task is on, by the task's address. */
export const runningTasks = (dump: Dump): ReadonlyMap<VirtualAddress, number> =>
  dump.memo(runningTasks, () => {
    const running = new Map<VirtualAddress, number>();
    for (const cpu of onlineCpus(dump)) {
      const task = currentTask(dump, cpu);
      if (!isFault(task)) running.set(task.address, cpu);
    }
    return running;
  });
