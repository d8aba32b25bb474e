// `struct mm_struct`: a process's memory. include/linux/mm_types.h
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import type { AddressSpace } from '../memory/space.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { possibleCpus } from './cpus.ts';
import { globalNumber } from './globals.ts';
import type { Task } from './task.ts';

const mmShape = shape('mm_struct', {
  pgd: ['pgd'],
  totalVm: ['total_vm'],
  argStart: ['arg_start'],
  argEnd: ['arg_end'],
  envStart: ['env_start'],
  envEnd: ['env_end'],
  // Per-CPU counters since f1a7941243c1 ("mm: convert mm's rss stats into percpu_counter", v6.2);
  // a struct with one array before.
  rssStat: ['rss_stat'],
  rssCount: ['rss_stat.count'],
  tableBytes: ['pgtables_bytes.counter'],
});

/** MM_FILEPAGES, MM_ANONPAGES, MM_SHMEMPAGES. include/linux/mm_types_task.h (5.10 to 7.2) */
const RESIDENT = [0, 1, 3] as const;
/** MM_SWAPENTS */
const SWAPPED = 2;

/** A process's memory, by the address of its `mm_struct`. */
export class Mm extends View<keyof typeof mmShape.fields> {
  protected readonly shape = mmShape;

  /** Pages of address space. */
  get totalVm(): number | Fault {
    return this.number('totalVm');
  }

  /**
   * Resident pages, without what threads have not added yet (`Task.unsyncedRss`, before 6.2).
   */
  get rss(): number | Fault {
    let pages = 0;
    for (const kind of RESIDENT) {
      const count = this.#counter(kind);
      if (isFault(count)) return count;
      pages += count;
    }
    return pages;
  }

  /** Pages in swap space. */
  get swapped(): number | Fault {
    return this.#counter(SWAPPED);
  }

  /** Bytes of its page tables. */
  get tableBytes(): number | Fault {
    return this.number('tableBytes');
  }

  #counter(kind: number): number | Fault {
    const at = this.addressOf('rssStat');
    if (isFault(at)) return at;
    const count = this.has('rssCount')
      ? this.dump.memory.u64(virtual(at + BigInt(kind * 8)))
      : percpuCounter(this.dump, at, kind);
    // They are approximate and may be below zero: include/linux/mm.h, get_mm_counter().
    return isFault(count) ? count : Math.max(0, Number(BigInt.asIntN(64, count)));
  }

  /** The process's virtual memory. */
  get space(): AddressSpace | Fault {
    const pgd = this.pointer('pgd');
    return isFault(pgd) ? pgd : this.dump.spaceOf(pgd);
  }
}

/** The value of one `struct percpu_counter` of an array: the sum, as percpu_counter_sum() makes it. */
export function percpuCounter(dump: Dump, array: VirtualAddress, index: number): bigint | Fault {
  const { size, count, counters } = counterLayout(dump);
  const at = array + BigInt(index * size);
  const sum = dump.memory.u64(virtual(at + count));
  const perCpu = dump.memory.pointer(virtual(at + counters));
  if (isFault(sum)) return sum;
  if (isFault(perCpu)) return perCpu;
  let total = BigInt.asIntN(64, sum);
  for (const offset of perCpuOffsets(dump)) {
    const part = isFault(offset) ? offset : dump.memory.i32(virtual(perCpu + offset));
    if (isFault(part)) return part;
    total += BigInt(part);
  }
  return total;
}

/** What each possible CPU adds to a per-CPU address: a process's memory is counted in three such counters. */
const perCpuOffsets = (dump: Dump): readonly (VirtualAddress | Fault)[] =>
  dump.memo(perCpuOffsets, () =>
    possibleCpus(dump).map((cpu) => dump.perCpuAddress(virtual(0n), cpu)),
  );

const counterLayout = (dump: Dump) =>
  dump.memo(counterLayout, () => ({
    size: dump.types.sizeOf('percpu_counter') ?? 40,
    count: BigInt(dump.types.member('percpu_counter', 'count')?.offset ?? 8),
    counters: BigInt(dump.types.member('percpu_counter', 'counters')?.offset ?? 32),
  }));

/** The mm_struct of a task; undefined for kernel threads and those that gave it back on exit. */
export function mmOf(task: Task): Mm | undefined | Fault {
  const at = task.pointer('mm');
  if (isFault(at)) return at;
  return at === 0n ? undefined : new Mm(task.dump, at);
}

/**
 * What crash's %MEM is a share of: everything below the last page of memory, holes with it. `high_memory`
 * there is the end of that page: arch/x86/kernel/setup.c (to 6.14), mm/mm_init.c.
 */
export const pagesBelowTop = (dump: Dump): number | Fault => globalNumber(dump, 'max_pfn');
