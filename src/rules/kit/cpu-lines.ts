// Who had each CPU when the machine stopped, since when, and how many wanted it.
import type { CpuFact } from '../../facts/cpus.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import { asSuspect } from './text.ts';
import type { CpuLine } from './verdict.ts';

export function cpuLines(cpus: readonly CpuFact[], tasks: readonly TaskFact[]): CpuLine[] {
  const waiting = tasks.filter(({ isWaitingForCpu }) => isWaitingForCpu);
  return cpus.map(({ cpu, mode, since }) => {
    const current = tasks.find(({ runningOn, isIdle }) => runningOn === cpu && !isIdle);
    const queue = waiting.filter((task) => task.cpu === cpu);
    const queuedNs = queue.flatMap(({ lastQueuedNs }) => lastQueuedNs || []);
    return {
      cpu,
      task: current ? asSuspect(current) : null,
      mode,
      sinceSeconds: current ? seconds(since?.toNs ?? since?.fromNs) : null,
      waiting: queue.length,
      waitingSinceSeconds: seconds(queuedNs.length > 0 ? Math.min(...queuedNs) : null),
    };
  });
}

const seconds = (ns: number | null | undefined): number | null =>
  ns == null ? null : Math.round(ns / 1e6) / 1000;
