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
