// Who has the most of the memory, and how sure that is.
import type { MemoryShare, MemoryUse, ProcessMemory } from '../../facts/memory-use.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import { join, nameOf } from '../kit/text.ts';
import type { Confidence, SuspectObject, Where } from '../kit/verdict.ts';
import { percent, size } from './words.ts';

export interface Eater {
  readonly where: Where;
  readonly confidence: Confidence;
  readonly title: string;
  /** A clause for those who know no kernel. */
  readonly plain: string;
  readonly what: string;
  readonly share: MemoryShare;
  /** The first threads of the programs that have it. */
  readonly tasks: readonly TaskFact[];
  readonly object: SuspectObject | undefined;
  /** The slab cache that has it. */
  readonly cache: MemoryUse['caches'][number] | undefined;
  readonly doubts: readonly string[];
}

/** Of what is used: with less than this nothing stands out. */
const STANDS_OUT = 0.4;
/** Of a share: with this much one has most of it. */
const MOST_OF_IT = 0.6;
/** Programs of one name that are named one by one. */
const MOST_NAMED = 5;

const GREW =
  'that it has the most does not say that it has too much: the machine may be too small for its work';

export function eaterOf(memory: MemoryUse, tasks: readonly TaskFact[]): Eater {
  const [share] = memory.shares;
  const used = memory.totalPages - memory.freePages;
  const found = share ? BY_KIND[share.kind](share, memory, tasks) : undefined;
  const base = share ?? { kind: 'other' as const, pages: 0, counter: null };
  const stands = base.pages >= used * STANDS_OUT;
  const about = found ?? OTHER(base, memory, tasks);
  return {
    ...about,
    share: base,
    confidence: stands && about.confidence === 'likely' ? 'likely' : 'possible',
    doubts: stands
      ? about.doubts
      : [...about.doubts, 'nothing stands out: several things together have the memory'],
  };
}

type About = Omit<Eater, 'share'>;
type Describe = (share: MemoryShare, memory: MemoryUse, tasks: readonly TaskFact[]) => About;

const NOBODY = { tasks: [], object: undefined, cache: undefined };

const ofAll = ({ pages }: MemoryShare, { totalPages }: MemoryUse): string =>
  `${size(pages)} of ${size(totalPages)} (${percent(pages, totalPages)})`;

/** The programs of the name that has the most together: a server’s many processes count as one. */
function greatest(
  memory: MemoryUse,
  tasks: readonly TaskFact[],
  pagesOf: (process: ProcessMemory) => number,
): { name: string; members: TaskFact[]; pages: number } | undefined {
  const byPid = new Map(tasks.map((task) => [task.pid, task]));
  const groups = new Map<string, { members: TaskFact[]; pages: number }>();
  for (const process of memory.processes) {
    const task = byPid.get(process.pid);
    if (!task) continue;
    const group = groups.get(task.comm) ?? { members: [], pages: 0 };
    group.members.push(task);
    group.pages += pagesOf(process);
    groups.set(task.comm, group);
  }
  const [first] = [...groups].sort(([, a], [, b]) => b.pages - a.pages);
  return first && { name: first[0], ...first[1] };
}

function byPrograms(
  share: MemoryShare,
  memory: MemoryUse,
  tasks: readonly TaskFact[],
  { pagesOf, title, of }: { pagesOf: (p: ProcessMemory) => number; title: string; of: string },
): About {
  const top = greatest(memory, tasks, pagesOf);
  const isMost = top !== undefined && top.pages >= share.pages * MOST_OF_IT;
  const [one] = top?.members ?? [];
  const who =
    !top || !one
      ? 'programs'
      : top.members.length === 1
        ? nameOf(one)
        : `${top.members.length} processes ${top.name}`;
  return {
    ...NOBODY,
    where: 'user',
    title,
    confidence: isMost ? 'likely' : 'possible',
    plain: isMost
      ? `${who} had taken ${size(top.pages)} of ${size(memory.totalPages)}${of}`
      : `programs had taken ${ofAll(share, memory)}${of}, none of them the greater part`,
    what: top
      ? `${who} had ${size(top.pages)}${of}; all programs together ${ofAll(share, memory)}`
      : `programs had ${ofAll(share, memory)}${of}`,
    tasks: isMost ? top.members.slice(0, MOST_NAMED) : [],
    doubts: isMost ? [GREW] : [GREW, 'no program has the greater part of it'],
  };
}

const OTHER: Describe = (share, memory) => ({
  ...NOBODY,
  where: 'kernel',
  title: 'pages that are counted nowhere',
  confidence: 'possible',
  plain: `${ofAll(share, memory)} were taken by the kernel in a way that is counted nowhere, such as by a driver`,
  what: `${ofAll(share, memory)} are in no counter: pages that code of the kernel took for itself`,
  doubts: ['who took pages that are counted nowhere is not recorded in the dump'],
});

const inKernel =
  (title: string, words: string): Describe =>
  (share, memory) => ({
    ...NOBODY,
    where: 'kernel',
    title,
    confidence: 'possible',
    plain: `${words} had taken ${ofAll(share, memory)}`,
    what: `${words} have ${ofAll(share, memory)}`,
    doubts: ['who took it is not recorded in the dump'],
  });

const BY_KIND: Readonly<Record<MemoryShare['kind'], Describe>> = {
  programs: (share, memory, tasks) =>
    byPrograms(share, memory, tasks, {
      pagesOf: (process) => process.residentPages + process.swappedPages,
      title: 'a program took it',
      of: '',
    }),
  tables: (share, memory, tasks) =>
    byPrograms(share, memory, tasks, {
      pagesOf: (process) => process.tablePages,
      title: 'page tables of a program took it',
      of: ' for page tables',
    }),
  shared: (share, memory, tasks) => {
    const [largest] = memory.tmpfs;
    if (!largest || largest.pages < share.pages * MOST_OF_IT)
      return byPrograms(share, memory, tasks, {
        pagesOf: (process) => process.residentPages,
        title: 'shared memory of programs took it',
        of: ' in shared memory',
      });
    const where = largest.path ?? 'a tmpfs that is mounted nowhere';
    return {
      ...NOBODY,
      where: 'user',
      title: 'files in a tmpfs took it',
      confidence: 'likely',
      plain: `files in ${where}, which lie in memory (tmpfs), had taken ${size(largest.pages)} of ${size(memory.totalPages)}`,
      what: `the tmpfs ${where} had ${size(largest.pages)}; shared memory in all ${ofAll(share, memory)}`,
      object: {
        type: 'super_block',
        name: `tmpfs ${where}`,
        address: largest.address,
        module: null,
      },
      doubts: ['who wrote the files is not recorded in the dump'],
    };
  },
  objects: (share, memory) => {
    const top = memory.caches.slice(0, 3);
    const [largest] = top;
    const isMost = largest !== undefined && largest.pages >= share.pages * MOST_OF_IT;
    return {
      ...NOBODY,
      where: 'kernel',
      title: isMost
        ? `objects of the kernel took it (${largest.name})`
        : 'objects of the kernel took it',
      confidence: isMost ? 'likely' : 'possible',
      plain: isMost
        ? `the kernel itself had taken ${size(largest.pages)} of ${size(memory.totalPages)} for objects of one kind (${largest.name}), which it did not give back`
        : `the kernel itself had taken ${ofAll(share, memory)} for objects that it did not give back`,
      what: `objects of the kernel had ${ofAll(share, memory)}: slab caches ${join(top.map(({ name, pages }) => `${name} ${size(pages)}`))}`,
      object: isMost
        ? { type: 'kmem_cache', name: largest.name, address: largest.address, module: null }
        : undefined,
      cache: isMost ? largest : undefined,
      doubts: [
        'who allocated the objects is not recorded in the dump (with slub_debug=U it would be)',
      ],
    };
  },
  caches: inKernel('caches of the kernel took it', 'caches that the kernel can give up'),
  stacks: inKernel('stacks of too many threads took it', 'the kernel’s stacks of all threads'),
  vmalloc: inKernel('vmalloc areas took it', 'areas that code of the kernel made with vmalloc()'),
  files: inKernel('the page cache kept it', 'files of disks that could not be given up'),
  other: OTHER,
};
