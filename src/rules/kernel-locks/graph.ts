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
  return waits.flatMap((wait) => {
    const { queue, pid } = wait;
    const task = byPid.get(pid);
    const on = queue?.holder?.pid ?? null;
    if (!queue?.holder || !task || on === null) return [];
    const ageNs = ageOf(wait, nowNs);
    return [{ pid, on, task, wait, queue, holder: queue.holder, ageNs }];
  });
}

export const ageOf = ({ sinceNs }: Pick<KernelWait, 'sinceNs'>, nowNs: number | null) =>
  nowNs !== null && sinceNs !== null ? nowNs - sinceNs : null;

export const lockRings = (edges: readonly Edge[]): LockRing[] =>
  rings(edges).map((ring) => ({ ring, victims: behind(edges, ring) }));
