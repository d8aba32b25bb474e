// What is said of a machine that has too little memory for what it does, and what shows it.
import type { MemoryPressure } from '../../facts/memory-pressure.ts';
import type { MemoryUse } from '../../facts/memory-use.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { type Blame, type Evidence, see, suspect } from '../kit/define.ts';
import { asSuspect, join, literal, memberLine, nameOf } from '../kit/text.ts';
import { byHand, stoppedBy } from '../kit/trigger-words.ts';
import { type Eater, eaterOf } from '../memory-exhausted/eater.ts';
import { percent, size } from '../memory-exhausted/words.ts';

const MOST_VICTIMS = 8;
const MOST_SHOWN = 3;
const MOST_NAMED = 5;
/** Of the machine’s memory. */
const LARGE = 0.25;
/** Percent: with less, most programs get on well. */
const ALL = 10;
/** With so much of it free, another limit than the machine’s is met. */
const FREE_SHARE = 0.2;

/** The machine has memory: what waits, waits for the limit of its group or of a node. */
export const isElsewhere = ({ freePages, totalPages }: MemoryUse): boolean =>
  freePages > totalPages * FREE_SHARE;

/** @param isDiskLate somebody has waited for a request of a disk for a second and more */
export function accusation(
  pressure: MemoryPressure,
  memory: MemoryUse,
  tasks: readonly TaskFact[],
  trigger: Trigger,
  asker: TaskFact | undefined,
  isDiskLate: boolean,
): Blame {
  const eater = eaterOf(withSwapped(memory), tasks);
  const areFiles = eater.share.kind === 'files';
  const stop = trigger.kind === 'sysrq' ? byHand(asker) : stoppedBy(trigger);
  const large = largest(memory, tasks);
  const shares = `in ${whole(pressure.some10)} % of the last 10 s some task, in ${whole(pressure.full10)} % every one that had something to do`;
  const free = `${size(memory.freePages)} of ${size(memory.totalPages)} are free`;
  const who = areFiles
    ? `files that programs read have ${size(eater.share.pages)} of ${size(memory.totalPages)}, and do not fit`
    : eater.share.kind === 'programs'
      ? `programs want ${size(eater.share.pages)}, and it has ${size(memory.totalPages)}: ${join(large.map(({ task, wanted }) => `${nameOf(task)} ${size(wanted)}`))}`
      : eater.plain;
  const holders = eater.share.kind === 'programs' ? large : [];
  const victims = stalled(pressure, tasks).filter(
    ({ tgid }) =>
      ![...eater.tasks, ...holders.map(({ task }) => task)].some((t) => t.tgid === tgid),
  );
  return {
    says: 'blame',
    where: areFiles ? 'user' : eater.where,
    kind: 'slow',
    title: 'too little memory for what runs',
    confidence:
      isDiskLate || eater.where !== 'user' || pressure.full10 < ALL ? 'possible' : 'likely',
    headline: `The machine has too little memory for what runs on it: ${shares}, could not go on until pages were freed or read back; ${who}. ${stop}.`,
    because: `${shares} waited for memory; ${free}; ${areFiles ? who : eater.what}`,
    suspects: [
      ...eater.tasks.map((task) =>
        suspect('culprit', eater.what, { task: asSuspect(task), cpu: task.cpu }),
      ),
      ...holders
        .filter(({ task }) => !eater.tasks.includes(task))
        .map(({ task, wanted, swapped }) =>
          suspect('holder', `wants ${size(wanted)}, ${size(swapped)} of it in swap`, {
            task: asSuspect(task),
            cpu: task.cpu,
          }),
        ),
      ...(eater.object ? [suspect('culprit', eater.what, { object: eater.object })] : []),
      ...victims.slice(0, MOST_VICTIMS).map((task) =>
        suspect('victim', 'was held up for memory at this very moment', {
          task: asSuspect(task),
          cpu: task.cpu,
        }),
      ),
    ],
    evidence: evidenceOf(pressure, memory, eater, stalled(pressure, tasks), large),
    next: [{ text: 'See which programs have how much.', command: 'ps -G' }],
    doubts: [
      ...(areFiles ? [] : eater.doubts),
      ...(isDiskLate
        ? [
            'a disk answers late: if that is the one with swap or files, it makes every such wait longer',
          ]
        : []),
    ],
  };
}

/** The first threads of programs that want a good part of the memory; of all others the greatest. */
function largest(memory: MemoryUse, tasks: readonly TaskFact[]) {
  const all = memory.processes.flatMap(({ pid, residentPages, swappedPages }) => {
    const task = tasks.find((t) => t.pid === pid);
    const wanted = residentPages + swappedPages;
    return task ? [{ task, wanted, swapped: swappedPages }] : [];
  });
  const greatest = [...all].sort((a, b) => b.wanted - a.wanted).slice(0, MOST_NAMED);
  const large = greatest.filter(({ wanted }) => wanted >= memory.totalPages * LARGE);
  return large.length > 0 ? large : greatest.slice(0, 1);
}

/** Programs want what lies in swap, too. */
function withSwapped(memory: MemoryUse): MemoryUse {
  const wanted = memory.processes.reduce((sum, p) => sum + p.residentPages + p.swappedPages, 0);
  const shares = memory.shares.map((share) =>
    share.kind === 'programs' ? { ...share, pages: Math.max(share.pages, wanted) } : share,
  );
  return { ...memory, shares: [...shares].sort((a, b) => b.pages - a.pages) };
}

const whole = (share: number): string => String(Math.round(share));

const stalled = ({ stalled: all }: MemoryPressure, tasks: readonly TaskFact[]): TaskFact[] =>
  all.flatMap(({ pid }) => tasks.find((task) => task.pid === pid && !task.isKernelThread) ?? []);

function evidenceOf(
  pressure: MemoryPressure,
  memory: MemoryUse,
  eater: Eater,
  held: readonly TaskFact[],
  large: ReturnType<typeof largest>,
): Evidence[] {
  const { counter } = eater.share;
  return [
    see(
      `the kernel’s own account of stalls, in 2048ths of a percent, each over 10, 60 and 300 s: I/O for some and for all, memory for some (${whole(pressure.some10)} % over 10 s) and for all (${whole(pressure.full10)} %)`,
      'struct psi_group.avg psi_system',
      new RegExp(`\\bavg = \\D*${pressure.raw.join('\\D+')}\\b`),
    ),
    ...held
      .slice(0, MOST_SHOWN)
      .map((task) =>
        see(
          `${nameOf(task)} was held up for memory at that moment (TSK_MEMSTALL, 2, is among its flags)`,
          `task -R psi_flags ${task.pid}`,
          memberLine('psi_flags', pressure.stalled.find(({ pid }) => pid === task.pid)?.flags ?? 0),
        ),
      ),
    ...(counter
      ? [
          see(
            `${counter.name} is ${counter.value}: ${size(counter.value)} of ${size(memory.totalPages)} (${percent(counter.value, memory.totalPages)}) are in memory`,
            `rd -D ${counter.address.slice(2)} 1`,
            new RegExp(`:\\s+${counter.value}\\b`),
          ),
        ]
      : []),
    ...large
      .slice(0, MOST_SHOWN)
      .map(({ task: { pid, comm }, wanted, swapped }) =>
        see(
          `${comm} has ${size(wanted - swapped)} in memory (RSS)${swapped > 0 ? `, and ${size(swapped)} in swap` : ''}`,
          `ps ${pid}`,
          new RegExp(`^>?\\s*${pid}\\s.*${literal(comm)}`),
        ),
      ),
  ];
}
