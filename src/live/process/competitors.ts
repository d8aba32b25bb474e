// Who has the CPUs that a starved thread waits for.
import { setTimeout as wait } from 'node:timers/promises';
import { numbersIn, textOf } from './proc.ts';
import { parseStat, type Stat } from './stat.ts';

export interface Competitor {
  readonly pid: number;
  readonly tid: number;
  readonly comm: string;
  readonly cpu: number;
  /** Of one CPU. */
  readonly share: number;
  readonly nice: number;
  readonly policy: number;
  readonly rtPriority: number;
}

const MOST_TASKS = 20_000;
const LEAST_SHARE = 0.1;

/** Threads of other processes that ran most on the CPU, over so long. */
export async function competitors(
  own: number,
  cpus: ReadonlySet<number>,
  ms: number,
  signal: AbortSignal,
): Promise<Competitor[]> {
  const before = look(own);
  const begin = performance.now();
  await wait(ms, null, { signal });
  const after = look(own);
  const ticks = (performance.now() - begin) / 10;
  const found: Competitor[] = [];
  for (const [tid, { pid, stat }] of after) {
    const then = before.get(tid)?.stat;
    if (!then || then.startTicks !== stat.startTicks || !cpus.has(stat.cpu)) continue;
    const used = stat.userTicks + stat.systemTicks - then.userTicks - then.systemTicks;
    const share = used / ticks;
    if (share < LEAST_SHARE) continue;
    const { comm, cpu, nice, policy, rtPriority } = stat;
    found.push({ pid, tid, comm, cpu, share: Math.min(1, share), nice, policy, rtPriority });
  }
  return found.sort((a, b) => b.share - a.share);
}

function look(own: number): Map<number, { pid: number; stat: Stat }> {
  const found = new Map<number, { pid: number; stat: Stat }>();
  for (const pid of numbersIn('/proc')) {
    if (pid === own || found.size > MOST_TASKS) continue;
    for (const tid of numbersIn(`/proc/${pid}/task`)) {
      const stat = parseStat(textOf(`/proc/${pid}/task/${tid}/stat`) ?? '');
      if (stat) found.set(tid, { pid, stat });
    }
  }
  return found;
}

/** include/uapi/linux/sched.h */
const POLICIES: Readonly<Record<number, string>> = {
  0: 'SCHED_OTHER',
  1: 'SCHED_FIFO',
  2: 'SCHED_RR',
  3: 'SCHED_BATCH',
  5: 'SCHED_IDLE',
  6: 'SCHED_DEADLINE',
  7: 'SCHED_EXT',
};

/** `SCHED_FIFO 50`, `SCHED_OTHER, nice 19`. */
export function policyText({
  policy,
  rtPriority,
  nice,
}: Pick<Competitor, 'policy' | 'rtPriority' | 'nice'>): string {
  const name = POLICIES[policy] ?? `policy ${policy}`;
  return policy === 1 || policy === 2 ? `${name} ${rtPriority}` : `${name}, nice ${nice}`;
}
