// The locks that a fault left behind: the kernel kills a task that faults in it, with whatever it holds.
import type { EarlierOops } from '../../facts/earlier-oopses.ts';
import type { KernelWait } from '../../facts/kernel-waits.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import { type Evidence, see, suspect } from '../kit/define.ts';
import { count, join, waitLink } from '../kit/text.ts';
import type { Suspect, WaitLink } from '../kit/verdict.ts';
import { ageOf, type Edge, ownerless } from './graph.ts';
import { victim } from './held.ts';
import { shortLock, showsSleep, showsWaiter, spellLock } from './words.ts';

/** One in line for a lock whose holder is gone. */
export type Orphaned = Omit<Edge, 'on'>;

const MOST_VICTIMS_SHOWN = 2;
/** The longest tell most. */
const MOST_VICTIMS = 32;

/** Those in line for what the task that was killed for a fault may have held. */
export function orphanedBy(
  oopses: readonly EarlierOops[],
  waits: readonly KernelWait[],
  tasks: readonly TaskFact[],
  nowNs: number | null,
): readonly Orphaned[] {
  const line = [...ownerless(waits, tasks, nowNs), ...namedThemselves(waits, tasks, nowNs)];
  const known = [...new Map(line.map((one) => [one.pid, one])).values()];
  return known.length > 0 && faultBefore(known, oopses) ? known : [];
}

/** The lock names who waits for it and did not take it: the holder has ended, and this one has got its memory. */
const namedThemselves = (
  waits: readonly KernelWait[],
  tasks: readonly TaskFact[],
  nowNs: number | null,
): Orphaned[] =>
  waits.flatMap((wait) => {
    const { pid, queue, takenIn } = wait;
    const task = tasks.find((t) => t.pid === pid);
    if (!task || queue?.holder?.from !== 'owner' || queue.holder.pid !== pid || takenIn) return [];
    return [{ pid, task, wait, queue, holder: queue.holder, ageNs: ageOf(wait, nowNs) }];
  });

/** The kernel kills a task that faults in it, with whatever locks it holds: the only such fault before they began to wait. */
export function faultBefore(
  line: readonly Orphaned[],
  oopses: readonly EarlierOops[],
): EarlierOops | undefined {
  const [fault, another] = oopses;
  const begins = Math.min(...line.map(({ wait }) => wait.sinceNs ?? Number.POSITIVE_INFINITY));
  return !another && fault?.function && fault.timestampNs <= begins + CLOCKS_NS ? fault : undefined;
}

/** The clock of the log and that of the scheduler. */
const CLOCKS_NS = 5e8;

/** What a verdict on the fault says of the locks it left behind. */
export interface Legacy {
  readonly headline: string;
  readonly because: string;
  readonly suspects: readonly Suspect[];
  readonly chain: readonly WaitLink[];
  readonly evidence: readonly Evidence[];
  readonly doubts: readonly string[];
}

export const NO_LEGACY: Legacy = {
  headline: '',
  because: '',
  suspects: [],
  chain: [],
  evidence: [],
  doubts: [],
};

/** @param fault the one that killed the holder */
export function legacyOf(line: readonly Orphaned[], fault: EarlierOops): Legacy {
  if (line.length === 0) return NO_LEGACY;
  const locks = [...new Map(line.map((one) => [one.queue.object.address, one])).values()];
  const dead = `${fault.comm ?? 'the task'}${fault.pid === null ? '' : ` (pid ${fault.pid})`}`;
  const names = join(locks.map(({ queue }) => spellLock(queue.object)));
  const waiters = `${count(line.length, 'task')} ${line.length === 1 ? 'waits' : 'wait'}`;
  return {
    headline: ` ${fault.comm ?? 'It'} died with ${locks.length === 1 ? 'a lock' : 'locks'} held (${join(locks.map(({ queue }) => shortLock(queue.object)))}), and ${waiters} for ${locks.length === 1 ? 'it' : 'them'} for ever.`,
    because: `; ${names} ${locks.length === 1 ? 'is' : 'are'} held by a task that is not there any more, and ${waiters} for ${locks.length === 1 ? 'it' : 'them'}`,
    suspects: [
      ...locks.map(({ queue, holder }) =>
        suspect(
          'holder',
          `held by a task that has ended (its task_struct was at ${holder.address}): ${dead}, as the order of events has it; nobody can let it go`,
          { object: queue.object },
        ),
      ),
      ...line.slice(0, MOST_VICTIMS).map(victim),
    ],
    chain: line.map(({ task, queue }) =>
      waitLink(task, `${spellLock(queue.object)}, left behind by ${dead}`, undefined),
    ),
    evidence: [
      ...locks.map(showsOwner),
      ...line
        .slice(0, MOST_VICTIMS_SHOWN)
        .flatMap(({ task, wait, ageNs, queue }) => [
          ...showsSleep(task, wait, ageNs),
          ...showsWaiter(queue, task),
        ]),
    ],
    doubts: [
      `that ${dead} is the one that held ${names} follows from the order of events alone: the lock’s word names only where its task_struct was`,
    ],
  };
}

/** That a lock's word names a task that is not there. */
export const showsOwner = ({ queue: { object, words }, holder: { address } }: Orphaned): Evidence =>
  see(
    `${shortLock(object)} names ${address} as its holder, and the task that was there has ended`,
    `rd ${object.address} ${words}`,
    // A task lies on a multiple of 64 bytes; the flags are below that.
    new RegExp(`\\b${address.slice(2, -1)}[0-7]\\b`),
  );
