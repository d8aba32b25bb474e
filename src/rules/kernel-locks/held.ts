// The accusation of whoever holds a lock and does not let go: it sleeps, or goes on and on.
import type { CpuFact } from '../../facts/cpus.ts';
import { type FrameFact, spell } from '../../facts/kit/frames.ts';
import type { WaitKind } from '../../facts/kit/wait-kinds.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { type Blame, type Evidence, see, suspect } from '../kit/define.ts';
import { endOf, named, theFunction } from '../kit/plain.ts';
import { remoteOf } from '../kit/remote.ts';
import { asSuspect, count, frameLine, join, nameOf, seconds, waitLink } from '../kit/text.ts';
import type { Confidence, NextStep, Suspect } from '../kit/verdict.ts';
import type { Edge, Root } from './graph.ts';
import {
  doesWork,
  functionOf,
  isOfWork,
  shortLock,
  showsLock,
  showsSleep,
  showsTurn,
  showsWaiter,
  spellLock,
  spellWait,
  waiterIn,
} from './words.ts';

/** A chain's end that is to blame, and what it does. */
export interface Held {
  readonly root: Root;
  /**
   * `pause`: it sleeps for a time of its own choice; `event`: for something that has to come; `poll`: so it does again and again,
   * and looks in between; `run`: it does not sleep.
   */
  readonly does: 'event' | 'pause' | 'poll' | 'run';
  /** Where it was, where it runs. */
  readonly cpu: CpuFact | null;
  /** How long the lock has not been let go: the first in line would have been woken. */
  readonly heldNs: number | null;
}

const MOST_VICTIMS_SHOWN = 4;
/** The longest tell most. */
const MOST_VICTIMS = 32;

/** Whoever slept for so small a part of the time only sleeps in between. */
const AT_TIMES = 8;

/** A completion is no lock: nobody holds it. */
const LOCKS: readonly WaitKind[] = ['mutex', 'rt_mutex', 'rwsem', 'percpu_rwsem', 'semaphore'];

/** What the end of a chain does; a sentence where that is another rule's, or not known. */
export function heldBy(
  root: Root,
  cpus: readonly CpuFact[],
  loops: ReadonlySet<number>,
  nowNs: number | null,
): Held | string {
  const { task, wait, direct } = root;
  const first = direct[0] as Edge;
  const lock = spellLock(first.queue.object);
  const who = `${nameOf(task)}, which ${isOfWork(first.holder) ? doesWork(first.holder) : `holds ${lock}`},`;
  const heldNs = first.ageNs;
  if (loops.has(task.pid)) return `${who} goes round in the kernel: see kernel-loop`;
  if (task.isWaitingForCpu && nowNs !== null && nowNs - (task.lastQueuedNs ?? nowNs) >= 1e9)
    return `${who} wants a CPU and gets none: who keeps it from it is to blame for the lock, too`;
  if (task.runningOn !== null || task.isWaitingForCpu) {
    const cpu = cpus.find((c) => c.cpu === task.runningOn) ?? null;
    return { root, does: 'run', cpu, heldNs };
  }
  if (!wait?.waitsIn) return `what ${who} does cannot be made out`;
  const remote = remoteOf([wait.waitsIn, wait.calledBy]);
  if (remote !== null)
    return `${who} waits for an answer of a file system that another machine or a program serves (${remote}): who owes that is to blame for the lock, too`;
  if (wait.kind === 'io') return `${who} waits for a disk: that is slow, or see slow-io`;
  if (LOCKS.includes(wait.kind))
    return `${who} itself waits for ${wait.queue ? spellLock(wait.queue.object) : `a ${wait.kind}`}, whose holder is not known`;
  const { ageNs } = root;
  const isAwakeAtTimes =
    first.holder.from === 'owner' && heldNs !== null && ageNs !== null && ageNs < heldNs / AT_TIMES;
  const sleeps = wait.kind === 'sleep' ? 'pause' : 'event';
  return { root, does: isAwakeAtTimes ? 'poll' : sleeps, cpu: null, heldNs };
}

export function blameHolders(held: readonly [Held, ...Held[]], trigger: Trigger): Blame {
  const [first] = held;
  const said = held.map(inWords).join('; ');
  const victims = held.flatMap(({ root }) => [...root.direct, ...root.indirect]);
  const longest = Math.max(...victims.map(({ ageNs }) => ageNs ?? 0));
  return {
    says: 'blame',
    where: 'kernel',
    kind: KINDS[first.does],
    title: TITLES[first.does](first.root),
    confidence: lowest(held.map(confidenceOf)),
    headline: `${count(victims.length, 'task')} ${victims.length === 1 ? 'stands' : 'stand'} still in the kernel, for up to ${seconds(longest)}: ${held.map(plainly).join('; ')}. ${endOf(trigger)}.`,
    because: said,
    suspects: [...held.map(culprit), ...victims.slice(0, MOST_VICTIMS).map(victim)],
    chain: victims.map((edge) =>
      waitLink(edge.task, spellLock(edge.queue.object), holderOf(edge, held, victims)),
    ),
    evidence: [
      ...held.flatMap(showsHolder),
      ...victims
        .slice(0, MOST_VICTIMS_SHOWN)
        .flatMap(({ task, wait, ageNs, queue }) => [
          ...showsSleep(task, wait, ageNs),
          ...showsWaiter(queue, task),
        ]),
    ],
    next: held.flatMap(nextStep),
    doubts: held.flatMap(doubtsOf),
  };
}

const holderOf = ({ on }: Edge, held: readonly Held[], victims: readonly Edge[]) =>
  [...held.map(({ root }) => root), ...victims].find(({ task }) => task.pid === on)?.task;

const KINDS = { event: 'deadlock', pause: 'slow', poll: 'loop', run: 'loop' } as const;

const TITLES: Readonly<Record<Held['does'], (root: Root) => string>> = {
  event: ({ direct }) =>
    isWork(direct)
      ? `the ${thingOf(direct)} that is waited for sleeps`
      : 'a task sleeps with a lock held',
  pause: () => 'a task pauses with a lock held',
  poll: () => 'a task looks again and again, with a lock held',
  run: () => 'a task goes on and on with a lock held',
};

const isWork = ([first]: readonly Edge[]): boolean => first !== undefined && isOfWork(first.holder);

const thingOf = ([first]: readonly Edge[]): string =>
  first?.holder.from === 'end' ? 'thread' : 'work';

/** `a (pid 1) holds mutex x and sleeps for 14.0 s in f, called by g [m]; 2 tasks wait for it`. */
function inWords(held: Held): string {
  const { root } = held;
  return `${nameOf(root.task)} ${possession(root)} and ${activity(held)}; ${behindIt(root)}`;
}

/** For who knows no locks: `surveyor (pid 177) holds the lock that they wait for (map_sem), and sleeps itself in the function …`. */
function plainly({ root: { task, wait, direct }, does, cpu }: Held): string {
  const frame = does === 'run' ? workOf(cpu) : wait && waiterIn(wait);
  const place = frame?.function ? ` in ${theFunction(frame)}` : '';
  const locks = direct.map(({ queue }) => queue.object);
  const what = isWork(direct)
    ? direct[0]?.holder.from === 'end'
      ? 'is the thread whose end is waited for'
      : 'does the work that is waited for'
    : `holds the lock that they wait for${named(locks, frame?.module)}`;
  const how = {
    event: 'sleeps itself',
    pause: 'pauses',
    poll: 'looks again and again, sleeping in between,',
    run: 'goes on and on',
  }[does];
  return `${nameOf(task)} ${what}, and ${how}${place}`;
}

function possession({ direct }: Root): string {
  const [first] = direct;
  if (first && isOfWork(first.holder)) return doesWork(first.holder);
  const locks = [
    ...new Map(direct.map(({ queue }) => [queue.object.address, queue.object])).values(),
  ];
  return `holds ${join(locks.map(spellLock))}`;
}

function activity({ root: { wait, ageNs }, does, cpu, heldNs }: Held): string {
  if (does === 'run') {
    const frame = workOf(cpu);
    const place = frame ? ` in ${spell(frame)}` : '';
    return `was at work${place}${heldNs === null ? '' : `, and has not let it go for ${seconds(heldNs)}`}`;
  }
  const sleeps = `sleeps ${wait ? spellWait(wait, ageNs) : ''}`.trim();
  return does === 'poll' && heldNs !== null
    ? `${sleeps}, and was awake at times: it has not let it go for ${seconds(heldNs)}`
    : sleeps;
}

/** The innermost function of a module, else the innermost of all. */
const workOf = (cpu: CpuFact | null): FrameFact | undefined =>
  cpu?.executing.find(({ module }) => module !== null) ?? cpu?.executing[0];

const behindIt = ({ direct, indirect }: Root): string => {
  const n = direct.length + indirect.length;
  return `${count(n, 'task')} ${n === 1 ? 'waits' : 'wait'} for that${indirect.length > 0 ? `, ${indirect.length} of them through others` : ''}`;
};

const RANK: readonly Confidence[] = ['possible', 'likely', 'proven'];
const lowest = (all: readonly Confidence[]): Confidence =>
  RANK.find((confidence) => all.includes(confidence)) ?? 'possible';

/** That what it sleeps for never comes cannot be seen; that it holds the lock can. */
function confidenceOf({ root: { direct, ageNs, wait }, does }: Held): Confidence {
  if (does === 'run' || !wait?.isStackWhole) return 'possible';
  if (does === 'poll' && wait.kind !== 'sleep') return 'possible';
  const [{ holder, queue, ageNs: longest }] = direct as [Edge, ...Edge[]];
  // Who waited before it slept waited for somebody else at first.
  const isSince = ageNs !== null && longest !== null && ageNs >= longest;
  if (holder.from === 'last-reader') return queue.readers === 1 && isSince ? 'likely' : 'possible';
  return 'likely';
}

function culprit(held: Held): Suspect {
  const { task, wait, direct } = held.root;
  const frame = workOf(held.cpu);
  return suspect('culprit', `${possession(held.root)} and ${activity(held)}`, {
    task: asSuspect(task),
    cpu: task.cpu,
    object: direct[0]?.queue.object,
    function: wait
      ? functionOf(wait)
      : frame?.function
        ? { name: frame.function, module: frame.module }
        : undefined,
  });
}

export const victim = ({ task, wait, queue, ageNs }: Omit<Edge, 'on'>): Suspect =>
  suspect('victim', `waits ${spellWait(wait, ageNs)}, for ${spellLock(queue.object)}`, {
    task: asSuspect(task),
    cpu: task.cpu,
    object: queue.object,
    function: functionOf(wait),
  });

function showsHolder({ root, cpu }: Held): Evidence[] {
  const { task, wait, ageNs, direct } = root;
  const first = direct[0] as Edge;
  const at =
    cpu?.executing.filter(({ function: name, isInterrupted }) => name && !isInterrupted) ?? [];
  return [
    ...showsTurn(first.holder),
    ...(first.holder.from === 'owner' ? showsLock(first.queue, task) : []),
    ...(first.holder.from === 'last-reader' ? showsReader(first, task.address) : []),
    ...(wait ? showsSleep(task, wait, ageNs) : []),
    ...(at.length > 0
      ? [
          see(
            `${nameOf(task)} was at work there`,
            `bt ${task.pid}`,
            ...at.slice(0, 3).map(frameLine),
          ),
        ]
      : []),
  ];
}

/** That a lock's word names the task that took it last for reading. */
const showsReader = ({ queue: { object, words, readers } }: Edge, address: string): Evidence[] => [
  see(
    `${shortLock(object)} is held by ${count(readers, 'reader')}; the last that took it is named in its word`,
    `rd ${object.address} ${words}`,
    // A task lies on a multiple of 64 bytes; the flags are below that.
    new RegExp(`\\b${address.slice(2, -1)}[0-7]\\b`),
  ),
];

function nextStep({ root: { wait, task, direct }, does }: Held): NextStep[] {
  const calledBy = wait && waiterIn(wait);
  if (does === 'run' || !calledBy?.symbol)
    return [
      { text: `See what ${nameOf(task)} does with the lock held.`, command: `bt ${task.pid}` },
    ];
  return [
    {
      text: `See what ${calledBy.function} waits for, and who has to give it${isWork(direct) ? '' : ': nothing may be waited for with this lock held that needs the lock'}.`,
      command: `dis ${calledBy.symbol}`,
    },
  ];
}

function doubtsOf({ root: { direct, task }, does }: Held): string[] {
  const [{ holder, queue }] = direct as [Edge, ...Edge[]];
  const comes =
    does === 'event'
      ? `who has to wake ${nameOf(task)} is not recorded: that it never happens does not follow from one moment`
      : `that ${nameOf(task)} never lets go does not follow from one moment`;
  return [
    comes,
    ...(holder.from === 'last-reader'
      ? [
          `${spellLock(queue.object)} is held by ${count(queue.readers, 'reader')}; the lock records only who took it last, who may have let it go since`,
        ]
      : []),
  ];
}
