// The machine's CPUs, and what runs on each.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import { START_KERNEL_MAP } from '../memory/kernel-space.ts';
import type { Dump } from '../types/dump.ts';
import { Task } from './task.ts';

/** Twice what CONFIG_MAXSMP gives on x86 (8192, arch/x86/Kconfig): a damaged `nr_cpu_ids` must not size anything. */
const MAX_CPUS = 16384;

/** Where it begins with 5-level paging: the lowest there is. Documentation/arch/x86/x86_64/mm.rst */
const LOWEST_KERNEL = 0xff00000000000000n;

/** CPUs that may ever be there: per-CPU counters are summed over these. Ascending; empty when unreadable. */
export const possibleCpus = (dump: Dump): readonly number[] =>
  dump.memo(possibleCpus, () => withOwnMemory(dump, cpusOf(dump, '__cpu_possible_mask')));

/** CPUs that were running. Ascending; falls back to the possible ones. */
export const onlineCpus = (dump: Dump): readonly number[] =>
  dump.memo(onlineCpus, () => possibleAnd(dump, '__cpu_online_mask'));

/** CPUs that are plugged in, online or not. Ascending; falls back to the possible ones. */
export const presentCpus = (dump: Dump): readonly number[] =>
  dump.memo(presentCpus, () => possibleAnd(dump, '__cpu_present_mask'));

/** Whether a CPU number is one that this machine can have. */
export const isCpu = (dump: Dump, cpu: number): boolean => possibleCpus(dump).includes(cpu);

/** No CPU is in another mask and not a possible one: a damaged mask must not invent any. */
function possibleAnd(dump: Dump, mask: string): readonly number[] {
  const possible = possibleCpus(dump);
  const cpus = cpusOf(dump, mask);
  if (possible.length === 0) return withOwnMemory(dump, cpus);
  const known = new Set(possible);
  const both = cpus.filter((cpu) => known.has(cpu));
  return both.length > 0 ? both : possible;
}

/**
 * Of these CPUs those whose per-CPU memory can be theirs: whole pages of the direct map or of vmalloc, and no other
 * CPU's (setup_per_cpu_areas, arch/x86/kernel/setup_percpu.c, 5.10 to 7.2). A CPU that cannot be has the offset that
 * all have before that: into the kernel's image. Before that, and where offsets cannot be read, this tells nothing.
 */
function withOwnMemory(dump: Dump, cpus: readonly number[]): readonly number[] {
  // 0 up to 6.14; since 6.15, where per-CPU symbols are ordinary addresses, in the kernel's image (seen: 6.12, 7.2).
  const start = dump.symbol('__per_cpu_start');
  if (isFault(start)) return cpus;
  const taken = new Set<bigint>();
  const own = cpus.filter((cpu) => {
    const at = dump.perCpuAddress(start, cpu);
    if (isFault(at)) return true;
    const isTheirs =
      at >= LOWEST_KERNEL && at < START_KERNEL_MAP && (at & 0xfffn) === 0n && !taken.has(at);
    taken.add(at);
    return isTheirs;
  });
  return own.length > 0 ? own : cpus.slice(0, 1);
}

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
