// Since when a task has kept its CPU: from marks that others left, not from its own arrival.

export interface Since {
  /** It took the CPU at this time at the earliest: something else still ran, or the CPU idled. */
  readonly fromNs: number;
  /** At the latest: from here on somebody waited and never got the CPU. Null: nobody waits. */
  readonly toNs: number | null;
}

export interface Marks {
  /** When the current task last got the CPU. */
  readonly arrivedNs: number;
  readonly startedNs: number;
  /** When migration/N last ran there; null: unknown. */
  readonly stopperArrivedNs: number | null;
  /** When the CPU last began to idle; null: unknown. */
  readonly idleNs: number | null;
  /** When each other task whose last CPU this is, the stopper apart, last got a CPU. */
  readonly othersArrivedNs: readonly number[];
  /** Since when each task in this CPU's queue waits. */
  readonly queuedNs: readonly number[];
}

/** The stopper hands the CPU back within microseconds; an arrival this close behind it is its doing. */
const STOPPER_NS = 20_000_000;

/**
 * The soft-lockup watchdog's stopper takes the CPU for a moment every few seconds, and each time the current task
 * "arrives" anew: such an arrival says nothing. Then the newest mark before it counts: another task's run, the CPU's
 * last idle moment, the task's own start. A task that arrived later than the current one ran on another CPU.
 */
export function heldSince(marks: Marks): Since {
  const { arrivedNs, stopperArrivedNs } = marks;
  const afterStopper =
    stopperArrivedNs !== null && Math.abs(arrivedNs - stopperArrivedNs) < STOPPER_NS;
  const before = [...marks.othersArrivedNs, marks.startedNs, marks.idleNs ?? 0].filter(
    (ns) => ns <= arrivedNs,
  );
  if (!afterStopper) return { fromNs: arrivedNs, toNs: arrivedNs };
  const fromNs = Math.max(0, ...before);
  const later = marks.queuedNs.filter((ns) => ns >= fromNs);
  return { fromNs, toNs: later.length > 0 ? Math.min(...later) : null };
}
