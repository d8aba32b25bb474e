// Whether what was found is what stopped the machine, or only happened beside it.
import type { CpuQuota } from '../../facts/cpu-quotas.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import type { Trigger } from '../../facts/trigger.ts';
import type { Blame, Trouble } from './define.ts';

/**
 * Sleepers that wait for each other make a machine stop by the watchdog for sleepers, by the daemon of a hardware watchdog
 * among them, or by somebody who saw it hang. What faulted, or kept a CPU, or ate the memory, is another story.
 */
export const isSleepersStory = (
  { kind, detector }: Pick<Trigger, 'kind' | 'detector'>,
  isFeederStuck: boolean,
): boolean =>
  detector === 'hung-task' ||
  isFeederStuck ||
  kind === 'sysrq' ||
  kind === 'external' ||
  kind === 'unknown' ||
  kind === 'nmi';

/** Healthy machines were seen with waits of milliseconds. */
const STARVED_NS = 5e9;

/**
 * Somebody gets no CPU, or the kernel does not let one go: what others sleep for may be what those would bring. Who sleeps then is
 * no story of its own.
 */
export function isStarving(
  tasks: readonly TaskFact[],
  quotas: readonly CpuQuota[],
  loops: readonly unknown[],
  nowNs: number | null,
): boolean {
  if (loops.length > 0) return true;
  const limited = heldBack(quotas);
  return tasks.some(
    ({ pid, isWaitingForCpu, lastQueuedNs }) =>
      isWaitingForCpu &&
      nowNs !== null &&
      nowNs - (lastQueuedNs || nowNs) >= STARVED_NS &&
      !limited.has(pid),
  );
}

/** Whom the quota of their group holds back: they do not wait for who runs. */
export const heldBack = (quotas: readonly CpuQuota[]): ReadonlySet<number> =>
  new Set(quotas.flatMap(({ throttled, pids }) => (throttled > 0 ? pids : [])));

/** The same, found beside what stopped the machine. */
export const asTrouble = (blame: Blame): Trouble => ({
  says: 'trouble',
  title: blame.title,
  headline: blame.because,
  because: blame.because,
  suspects: blame.suspects,
  chain: blame.chain,
  evidence: blame.evidence,
  next: blame.next,
});
