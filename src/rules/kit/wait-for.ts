// Who waits for whom, as a graph in which everybody waits for one at most.

/** One thread, and the thread that has to act before it can go on. */
export interface WaitFor {
  readonly pid: number;
  readonly on: number;
}

/** The rings: each of threads that wait for the next, the last for the first. */
export function rings<W extends WaitFor>(waits: readonly W[]): W[][] {
  const next = byPid(waits);
  const done = new Set<number>();
  const found: W[][] = [];
  for (const start of waits) {
    const path: W[] = [];
    for (let at: W | undefined = start; at && !done.has(at.pid); at = next.get(at.on)) {
      done.add(at.pid);
      path.push(at);
    }
    // Ended at one seen before: a ring only if that is on this very path.
    const last = path.at(-1);
    const first = last ? path.findIndex((wait) => wait.pid === last.on) : -1;
    if (first >= 0) found.push(path.slice(first));
  }
  return found;
}

/** Those outside of a ring who wait, through however many others, for one in it. */
export function behind<W extends WaitFor>(waits: readonly W[], ring: readonly WaitFor[]): W[] {
  const inside = new Set(ring.map(({ pid }) => pid));
  const next = byPid(waits);
  return waits.filter((start) => {
    if (inside.has(start.pid)) return false;
    const seen = new Set<number>();
    for (let at: W | undefined = start; at && !seen.has(at.pid); at = next.get(at.on)) {
      if (inside.has(at.on)) return true;
      seen.add(at.pid);
    }
    return false;
  });
}

const byPid = <W extends WaitFor>(waits: readonly W[]): ReadonlyMap<number, W> =>
  new Map(waits.map((wait) => [wait.pid, wait]));

/** One thread, and all that could end its wait: one of them is enough. */
export interface WaitForAny {
  readonly pid: number;
  readonly by: readonly number[];
}

/**
 * Of those who wait for any of several, the ones whom nobody can help, as all of these are stuck themselves; each with the
 * one of them that leads back to it, if any does: rather over a lock than over an end.
 */
export function hopeless<A extends WaitForAny>(
  waits: readonly (WaitFor & { readonly isLock?: boolean })[],
  any: readonly A[],
): { readonly wait: A; readonly on: number }[] {
  const by = new Map<number, readonly number[]>([
    ...waits.map(({ pid, on }) => [pid, [on]] as const),
    ...any.map((wait) => [wait.pid, wait.by] as const),
  ]);
  const forLock = new Set(waits.filter(({ isLock }) => isLock).map(({ pid }) => pid));
  const stuck = new Set(by.keys());
  for (let before = -1; before !== stuck.size; ) {
    before = stuck.size;
    for (const pid of stuck) {
      const helpers = by.get(pid) ?? [];
      if (helpers.length === 0 || helpers.some((other) => !stuck.has(other))) stuck.delete(pid);
    }
  }
  return any.flatMap((wait) => {
    if (!stuck.has(wait.pid)) return [];
    const steps = stepsTo(wait.pid, by, stuck);
    const far = (pid: number) => steps.get(pid) ?? Number.POSITIVE_INFINITY;
    const [on] = [...wait.by].sort(
      (a, b) => far(a) - far(b) || Number(forLock.has(b)) - Number(forLock.has(a)),
    );
    return on === undefined ? [] : [{ wait, on }];
  });
}

/** Over how many others each of the stuck waits for `target`. */
function stepsTo(
  target: number,
  by: ReadonlyMap<number, readonly number[]>,
  stuck: ReadonlySet<number>,
): ReadonlyMap<number, number> {
  const steps = new Map<number, number>();
  let edge = [target];
  for (let step = 1; edge.length > 0; step++) {
    const reached = new Set(edge);
    edge = [...stuck].filter(
      (pid) =>
        pid !== target && !steps.has(pid) && (by.get(pid) ?? []).some((on) => reached.has(on)),
    );
    for (const pid of edge) steps.set(pid, step);
  }
  return steps;
}
