// Who waits for whom over the kernel's locks: rings, and the chains that end at somebody who holds a lock and waits for none.
import type { KernelWait, LockHolder, LockQueue } from '../../facts/kernel-waits.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import { behind, rings, type WaitFor } from '../kit/wait-for.ts';

/** A task in line for a lock whose holder is known, with all that is known of both. */
export interface Edge extends WaitFor {
  readonly task: TaskFact;
  readonly wait: KernelWait;
  readonly queue: LockQueue;
  readonly holder: LockHolder;
  /** Since when it has slept; null: not known. */
  readonly ageNs: number | null;
}

export interface LockRing {
  readonly ring: readonly Edge[];
  /** Those who wait, through however many others, for one in it. */
  readonly victims: readonly Edge[];
}

export function edgesOf(
  waits: readonly KernelWait[],
  tasks: readonly TaskFact[],
  nowNs: number | null,
): Edge[] {
  const byPid = new Map(tasks.map((task) => [task.pid, task]));
  const orphans = orphansOf(waits, byPid);
  return waits.flatMap((wait) => {
    const { queue, pid } = wait;
    const task = byPid.get(pid);
    const on = queue?.holder?.pid ?? null;
    if (!queue?.holder || !task || on === null) return [];
    if (orphans.has(queue.object.address) || isDead(byPid.get(on))) return [];
    const ageNs = ageOf(wait, nowNs);
    return [{ pid, on, task, wait, queue, holder: queue.holder, ageNs }];
  });
}

/** The scheduler's clock and that of a task's start differ by so much. */
const CLOCKS_NS = 5e8;

/**
 * A task at the address that the lock names, born when the waiter already slept: whoever lets go of a lock wakes the
 * first in line, so the holder was another, whose memory this one got. kernel/locking/{mutex,rwsem}.c (5.10 to 7.2)
 */
const isAnother = (holder: TaskFact | undefined, { queue, pid, sinceNs }: KernelWait): boolean =>
  queue?.holder?.from === 'owner' &&
  queue.waiters[0]?.pid === pid &&
  sinceNs !== null &&
  (holder?.startedNs ?? 0) > sinceNs + CLOCKS_NS;

/** TASK_DEAD: include/linux/sched.h (5.10 to 7.2). It has ended, and only its parent has not looked yet. */
const DEAD = 0x80;

const isDead = (task: TaskFact | undefined): boolean => ((task?.state ?? 0) & DEAD) !== 0;

/** The locks whose holder has ended: the first in line tells of them all. */
function orphansOf(
  waits: readonly KernelWait[],
  tasks: ReadonlyMap<number, TaskFact>,
): ReadonlySet<string> {
  const orphans = new Set<string>();
  for (const wait of waits) {
    const { holder, object } = wait.queue ?? {};
    const named = tasks.get(holder?.pid ?? -1);
    const isGone = holder?.from === 'owner' && holder.pid === null;
    if (object && (isGone || isDead(named) || isAnother(named, wait))) orphans.add(object.address);
  }
  return orphans;
}

export const ageOf = ({ sinceNs }: Pick<KernelWait, 'sinceNs'>, nowNs: number | null) =>
  nowNs !== null && sinceNs !== null ? nowNs - sinceNs : null;

export const lockRings = (edges: readonly Edge[]): LockRing[] =>
  rings(edges).map((ring) => ({ ring, victims: behind(edges, ring) }));

/** Who holds a lock that others stand in line for, and stands in line for none whose holder is known. */
export interface Root {
  readonly task: TaskFact;
  /** Where it sleeps; null: it does not, or that is not known. */
  readonly wait: KernelWait | null;
  readonly ageNs: number | null;
  /** Those who wait for it itself, the longest first. */
  readonly direct: readonly Edge[];
  /** Those who wait for it through others. */
  readonly indirect: readonly Edge[];
}

/** The ends of all chains that end. */
export function rootsOf(
  waits: readonly KernelWait[],
  tasks: readonly TaskFact[],
  nowNs: number | null,
): Root[] {
  const edges = edgesOf(waits, tasks, nowNs);
  const inLine = new Set(edges.map(({ pid }) => pid));
  const ends = [...new Set(edges.map(({ on }) => on))].filter((pid) => !inLine.has(pid));
  return ends.flatMap((pid) => {
    const task = tasks.find((t) => t.pid === pid);
    if (!task) return [];
    const direct = byAge(edges.filter(({ on }) => on === pid));
    const wait = waits.find((w) => w.pid === pid) ?? null;
    const indirect = behind(edges, direct).filter((edge) => !direct.includes(edge));
    return [{ task, wait, ageNs: wait && ageOf(wait, nowNs), direct, indirect }];
  });
}

/** Those in line for a lock whose own word names a task that is not there any more, or only another at its place. */
export function ownerless(
  waits: readonly KernelWait[],
  tasks: readonly TaskFact[],
  nowNs: number | null,
): Omit<Edge, 'on'>[] {
  const orphans = orphansOf(waits, new Map(tasks.map((task) => [task.pid, task])));
  return waits.flatMap((wait) => {
    const { queue, pid } = wait;
    const task = tasks.find((t) => t.pid === pid);
    if (!queue?.holder || !task || !orphans.has(queue.object.address)) return [];
    return [{ pid, task, wait, queue, holder: queue.holder, ageNs: ageOf(wait, nowNs) }];
  });
}

const byAge = <E extends { readonly ageNs: number | null }>(edges: readonly E[]): E[] =>
  [...edges].sort((a, b) => (b.ageNs ?? 0) - (a.ageNs ?? 0));
