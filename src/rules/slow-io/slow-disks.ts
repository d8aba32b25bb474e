// Disks that keep tasks waiting, and whether they were slow before.
import type { BlockIo, DiskFact, IoAccount, IoWaiter, RequestFact } from '../../facts/block-io.ts';
import type { Sleeper } from '../../facts/sleepers.ts';
import type { TaskFact } from '../../facts/tasks.ts';

/** The slowest disk that works answers within a few hundred milliseconds. */
const LATE_NS = 1e9;
/** A mean beyond that is no disk's that works as it should. */
const SLOW_MEAN_NS = 5e8;

export interface DiskWait {
  readonly task: TaskFact;
  readonly sleeper: Sleeper;
  readonly waiter: IoWaiter;
  readonly request: RequestFact;
  readonly account: IoAccount | undefined;
  readonly ageNs: number | null;
}

export interface SlowDisk {
  readonly disk: DiskFact;
  /** The oldest that somebody waits for, and its age. */
  readonly request: RequestFact;
  readonly requestAgeNs: number;
  readonly waits: readonly DiskWait[];
  /** Requests of that kind that it answered before, and how long each took. */
  readonly before: { readonly count: number; readonly meanNs: number } | null;
  readonly isSlowBefore: boolean;
}

/** The disk that kept somebody waiting longest comes first. */
export function slowDisks(
  { disks, requests, accounts }: BlockIo,
  tasks: readonly TaskFact[],
  sleepers: readonly Sleeper[],
  nowNs: number,
): SlowDisk[] {
  const late = requests.filter(({ sinceNs }) => sinceNs !== null && nowNs - sinceNs >= LATE_NS);
  return disks
    .flatMap((disk): SlowDisk[] => {
      const own = late.filter((request) => request.disk === disk.name);
      const waits = own.flatMap((request) =>
        request.waiters.flatMap((waiter): DiskWait[] => {
          const task = tasks.find((t) => t.pid === waiter.pid);
          const sleeper = sleepers.find((s) => s.pid === waiter.pid);
          if (!task || !sleeper) return [];
          const account = accounts.find((a) => a.pid === waiter.pid);
          const ageNs = sleeper.sinceNs === null ? null : nowNs - sleeper.sinceNs;
          return [{ task, sleeper, waiter, request, account, ageNs }];
        }),
      );
      const request = waits[0]?.request;
      if (!request || request.sinceNs === null) return [];
      const before = historyOf(disk, request);
      return [
        {
          disk,
          request,
          requestAgeNs: nowNs - request.sinceNs,
          waits,
          before,
          isSlowBefore: before !== null && before.count > 0 && before.meanNs >= SLOW_MEAN_NS,
        },
      ];
    })
    .sort((a, b) => b.requestAgeNs - a.requestAgeNs);
}

export function historyOf(disk: DiskFact, { operation }: Pick<RequestFact, 'operation'>) {
  const [count, totalNs] =
    operation === 'read' ? [disk.reads, disk.readNs] : [disk.writes, disk.writeNs];
  if (count === null || totalNs === null) return null;
  return { count, meanNs: count > 0 ? totalNs / count : 0 };
}
