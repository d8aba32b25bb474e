// What keeps real-time tasks from taking a CPU for good.
import { isFault } from '../bytes/fault.ts';
import { onlineCpus } from '../kernel/cpus.ts';
import { globalNumber } from '../kernel/globals.ts';
import { runQueue } from '../kernel/run-queue.ts';
import { hex } from '../print/hex.ts';
import { defineFact, Holes } from './kit/define.ts';

export interface RtLimits {
  /** kernel.sched_rt_runtime_us: −1 is no limit. Null: unreadable. */
  readonly runtimeUs: number | null;
  readonly periodUs: number | null;
  /** What each CPU's fair server keeps for normal tasks; 0: switched off. Null: this kernel has none. */
  readonly fairServerRuntimeNs:
    | readonly {
        readonly cpu: number;
        readonly ns: number;
        /** Of the CPU's struct rq, `0x…`. */
        readonly queue: string;
      }[]
    | null;
}

export const rtLimits = defineFact<RtLimits>({
  id: 'rt-limits',
  says: 'whether real-time throttling and the fair server were on',
  from: (dump) => {
    const holes = new Holes();
    const runtime = globalNumber(dump, 'sysctl_sched_rt_runtime');
    const period = globalNumber(dump, 'sysctl_sched_rt_period');
    if (isFault(runtime)) holes.add(`kernel.sched_rt_runtime_us: ${runtime.explain()}`);
    const servers = onlineCpus(dump).flatMap((cpu) => {
      const queue = runQueue(dump, cpu);
      const ns = isFault(queue) ? queue : queue.fairServerRuntimeNs;
      return isFault(queue) || isFault(ns) ? [] : [{ cpu, ns, queue: hex(queue.address) }];
    });
    return {
      value: {
        runtimeUs: isFault(runtime) ? null : runtime,
        periodUs: isFault(period) ? null : period,
        fairServerRuntimeNs: servers.length > 0 ? servers : null,
      },
      holes: holes.list,
    };
  },
});

/** Whether real-time tasks may take all of a CPU's time; null: unknown. A limit equal to the period is none. */
export const isUnlimited = (limits: RtLimits): boolean | null =>
  limits.runtimeUs === null
    ? null
    : limits.runtimeUs < 0 || (limits.periodUs !== null && limits.runtimeUs >= limits.periodUs);
