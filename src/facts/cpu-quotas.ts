// Groups of tasks that may have only so much of a CPU, and how often they used that up.
import { virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { Task } from '../kernel/task.ts';
import { groupQuota, taskGroupOf } from '../kernel/task-group.ts';
import { hex } from '../print/hex.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, type Seen, seen } from './kit/define.ts';
import { tasks } from './tasks.ts';

export interface CpuQuota {
  /** Of its struct cfs_bandwidth, `0x…`. */
  readonly address: string;
  /** Of its cgroup; null: not readable. */
  readonly name: string | null;
  /** It may run for so long in each period. */
  readonly quotaNs: number;
  readonly periodNs: number;
  /** Periods in which it ran, and those in which it was held back for the rest. */
  readonly periods: number;
  readonly throttled: number;
  /** The programs in it. */
  readonly pids: readonly number[];
}

export const cpuQuotas = defineFact<readonly CpuQuota[]>({
  id: 'cpu-quotas',
  says: 'groups whose programs may have only a share of a CPU, and how often they were held back',
  from: look,
});

function look(dump: Dump): Seen<readonly CpuQuota[]> {
  const members = new Map<bigint, number[]>();
  for (const { address, pid, isKernelThread } of seen(dump, tasks).value) {
    const group = isKernelThread
      ? undefined
      : taskGroupOf(new Task(dump, virtual(BigInt(address))));
    if (group === undefined || isFault(group)) continue;
    const known = members.get(group);
    if (known) known.push(pid);
    else members.set(group, [pid]);
  }
  const value = [...members].flatMap(([group, pids]) => {
    const quota = groupQuota(dump, virtual(group));
    return quota ? [{ ...quota, address: hex(quota.address), pids }] : [];
  });
  return { value, holes: [] };
}
