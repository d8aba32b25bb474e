// A thread's wait for another thread, with how sure that is.
import type { FutexWait } from '../../facts/futex-waits.ts';
import type { TaskFact } from '../../facts/tasks.ts';

export interface Wait {
  readonly pid: number;
  /** The thread that has to let go, or to end. */
  readonly on: number;
  readonly task: TaskFact;
  readonly owner: TaskFact;
  readonly futex: FutexWait;
  readonly ageNs: number | null;
  /** The kernel, or a whole pthread_mutex_t, names the owner; and the waiter has not been woken. */
  readonly isSure: boolean;
}

export interface Ring {
  readonly ring: readonly Wait[];
  /** Who waits behind it. */
  readonly victims: readonly Wait[];
}

/** Waits without a limit for a thread that is known. */
export function waitsOf(
  futexWaits: readonly FutexWait[],
  tasks: readonly TaskFact[],
  nowNs: number | null,
): Wait[] {
  const byPid = new Map(tasks.map((task) => [task.pid, task]));
  return futexWaits.flatMap((futex) => {
    const task = byPid.get(futex.pid);
    const owner = futex.owner?.pid == null ? undefined : byPid.get(futex.owner.pid);
    if (!task || !owner || futex.isBounded) return [];
    const { sinceNs, isQueued } = futex;
    const ageNs = nowNs !== null && sinceNs !== null ? Math.max(0, nowNs - sinceNs) : null;
    const isSure = isQueued && futex.owner?.from !== 'word';
    return [{ pid: task.pid, on: owner.pid, task, owner, futex, ageNs, isSure }];
  });
}
