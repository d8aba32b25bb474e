// `struct task_group`: tasks that share a CPU as one, and what of it they may have. kernel/sched/sched.h, kernel/sched/fair.c
import type { VirtualAddress } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { groupName } from './run-queue.ts';
import type { Task } from './task.ts';

const ownShape = shape('task_struct', { group: ['sched_task_group'] });
class Own extends View<keyof typeof ownShape.fields> {
  protected readonly shape = ownShape;
}

const groupShape = shape('task_group', { bandwidth: ['cfs_bandwidth'] });
class Group extends View<keyof typeof groupShape.fields> {
  protected readonly shape = groupShape;
}

const bandwidthShape = shape('cfs_bandwidth', {
  quota: ['quota'],
  period: ['period'],
  periods: ['nr_periods'],
  throttled: ['nr_throttled'],
});
class Bandwidth extends View<keyof typeof bandwidthShape.fields> {
  protected readonly shape = bandwidthShape;
}

/** RUNTIME_INF: kernel/sched/sched.h (5.10 to 7.2) */
const NO_LIMIT = 0xffff_ffff_ffff_ffffn;

export const taskGroupOf = (task: Task): VirtualAddress | Fault =>
  new Own(task.dump, task.address).pointer('group');

/** Undefined: it has no limit, or that cannot be read. */
export function groupQuota(dump: Dump, group: VirtualAddress) {
  const at = new Group(dump, group).addressOf('bandwidth');
  if (isFault(at)) return undefined;
  const bandwidth = new Bandwidth(dump, at);
  const quota = bandwidth.word('quota');
  const [period, periods, throttled] = [
    bandwidth.number('period'),
    bandwidth.number('periods'),
    bandwidth.number('throttled'),
  ];
  if (isFault(quota) || quota === NO_LIMIT || quota === 0n) return undefined;
  if (isFault(period) || isFault(periods) || isFault(throttled)) return undefined;
  return {
    address: at,
    name: groupName(dump, group) ?? null,
    quotaNs: Number(quota),
    periodNs: period,
    periods,
    throttled,
  };
}
