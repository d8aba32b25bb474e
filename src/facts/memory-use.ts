// Where the machine's memory went.
import { isFault } from '../bytes/fault.ts';
import { globalNumber } from '../kernel/globals.ts';
import { mmOf } from '../kernel/mm.ts';
import { cacheUses } from '../kernel/slab-use.ts';
import { allTasks } from '../kernel/tasks.ts';
import { tmpfsUses } from '../kernel/tmpfs.ts';
import { type Counter, vmallocPages, vmStat } from '../kernel/vmstat.ts';
import { hex } from '../print/hex.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, Holes, type Seen, seen } from './kit/define.ts';
import { isShortOfMemory, memoryPressure } from './memory-pressure.ts';
import { trigger } from './trigger.ts';

/**
 * `programs`: their own memory. `files`: of disks, given up when memory is short. `shared`: tmpfs and shared memory.
 * `objects`: the kernel's, by slab cache; `caches`: those it gives up. `other`: what is counted nowhere, such as pages
 * that drivers took themselves.
 */
export type UseKind =
  | 'programs'
  | 'files'
  | 'shared'
  | 'objects'
  | 'caches'
  | 'tables'
  | 'stacks'
  | 'vmalloc'
  | 'other';

export interface MemoryShare {
  readonly kind: UseKind;
  readonly pages: number;
  /** Where the counter lies, `0x…`, and what it says; null: it was computed. */
  readonly counter: {
    readonly name: string;
    readonly address: string;
    readonly value: number;
  } | null;
}

export interface ProcessMemory {
  readonly pid: number;
  readonly residentPages: number;
  readonly swappedPages: number;
  readonly tablePages: number;
}

export interface MemoryUse {
  readonly totalPages: number;
  readonly freePages: number;
  /** The largest first. */
  readonly shares: readonly MemoryShare[];
  /** By their first thread, the largest first. */
  readonly processes: readonly ProcessMemory[];
  /** The largest slab caches; `node` is where `slabs` can be read. Addresses are `0x…`. */
  readonly caches: readonly {
    readonly name: string;
    readonly address: string;
    readonly pages: number;
    readonly node: string;
    readonly slabs: number;
  }[];
  readonly tmpfs: readonly {
    readonly address: string;
    readonly path: string | null;
    readonly pages: number;
  }[];
}

export const memoryUse = defineFact<MemoryUse | null>({
  id: 'memory-use',
  says: 'what the memory was used for, and by whom, where there was none left or too little',
  from: look,
});

/** Of a long list only the first can matter. */
const MOST = 20;

/** [kind, counter, pages for each one counted]. include/linux/mmzone.h (5.10 to 7.2) */
const COUNTERS: readonly (readonly [kind: UseKind, name: string, factor: number])[] = [
  ['programs', 'NR_ANON_MAPPED', 1],
  ['shared', 'NR_SHMEM', 1],
  ['objects', 'NR_SLAB_UNRECLAIMABLE_B', 1],
  ['caches', 'NR_SLAB_RECLAIMABLE_B', 1],
  ['tables', 'NR_PAGETABLE', 1],
  ['stacks', 'NR_KERNEL_STACK_KB', 1 / 4],
];

function look(dump: Dump): Seen<MemoryUse | null> {
  // Adding all of it up takes a while: only where it may matter.
  const isNoneLeft = seen(dump, trigger).value.detector === 'oom';
  if (!isNoneLeft && !isShortOfMemory(seen(dump, memoryPressure).value))
    return { value: null, holes: [] };
  const holes = new Holes();
  const total = globalNumber(dump, '_totalram_pages');
  const free = vmStat(dump, 'NR_FREE_PAGES');
  if (isFault(total) || isFault(free)) {
    holes.add('how much memory there is, and how much of it is free, cannot be read');
    return { value: null, holes: holes.list };
  }
  const shares = sharesOf(dump, holes);
  const known = shares.reduce((sum, { pages }) => sum + pages, 0);
  const other = Math.max(0, total - free.value - known);
  return {
    value: {
      totalPages: total,
      freePages: free.value,
      shares: [...shares, { kind: 'other' as const, pages: other, counter: null }].sort(
        (a, b) => b.pages - a.pages,
      ),
      processes: processesOf(dump, holes),
      caches: cacheUses(dump)
        .slice(0, MOST)
        .map((use) => ({ ...use, address: hex(use.address), node: hex(use.node) })),
      tmpfs: tmpfsUses(dump)
        .slice(0, MOST)
        .map((use) => ({ ...use, address: hex(use.address) })),
    },
    holes: holes.list,
  };
}

function sharesOf(dump: Dump, holes: Holes): MemoryShare[] {
  const shares = COUNTERS.flatMap(([kind, name, factor]) => {
    const found = vmStat(dump, name);
    if (!isFault(found)) return [shareOf(kind, name, found, found.value * factor)];
    holes.add(`${name}: ${found.explain()}`);
    return [];
  });
  const vmalloc = vmallocPages(dump);
  if (!isFault(vmalloc)) shares.push(shareOf('vmalloc', 'vmalloc', vmalloc, vmalloc.value));
  // The page cache counts tmpfs and shared memory, too.
  const cached = vmStat(dump, 'NR_FILE_PAGES');
  const shared = shares.find(({ kind }) => kind === 'shared')?.pages ?? 0;
  if (!isFault(cached))
    shares.push(shareOf('files', 'NR_FILE_PAGES', cached, Math.max(0, cached.value - shared)));
  return shares;
}

const shareOf = (kind: UseKind, name: string, counter: Counter, pages: number): MemoryShare => ({
  kind,
  pages: Math.round(pages),
  counter: { name, address: hex(counter.address), value: counter.value },
});

function processesOf(dump: Dump, holes: Holes): ProcessMemory[] {
  const found: ProcessMemory[] = [];
  for (const task of allTasks(dump).tasks) {
    const { pid } = task;
    const mm = mmOf(task);
    if (isFault(pid) || task.tgid !== pid || !mm) continue;
    const rss = isFault(mm) ? mm : mm.rss;
    if (isFault(mm) || isFault(rss)) {
      holes.add(`the memory of pid ${pid} cannot be read`);
      continue;
    }
    const { swapped, tableBytes } = mm;
    found.push({
      pid,
      residentPages: rss,
      swappedPages: isFault(swapped) ? 0 : swapped,
      tablePages: isFault(tableBytes) ? 0 : Math.round(tableBytes / dump.source.pageSize),
    });
  }
  return found.sort((a, b) => allOf(b) - allOf(a));
}

const allOf = ({ residentPages, swappedPages, tablePages }: ProcessMemory): number =>
  residentPages + swappedPages + tablePages;
