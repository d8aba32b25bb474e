// A real-time task that keeps a CPU, and those that starve behind it.
import { clock } from '../../facts/clock.ts';
import { type CpuFact, cpus } from '../../facts/cpus.ts';
import { rtLimits } from '../../facts/rt-limits.ts';
import { type TaskFact, tasks } from '../../facts/tasks.ts';
import { trigger } from '../../facts/trigger.ts';
import { watchdogFeeder } from '../../facts/watchdog-feeder.ts';
import { doubt, type Finding, type Given } from '../kit/define.ts';
import { count, join, nameOf } from '../kit/text.ts';

/** Someone who waits this long for a CPU starves: healthy machines were seen with waits of milliseconds. */
const STARVED_NS = 5e9;
/** "All of it": what a watchdog's stopper and interrupts take is far below the rest. */
const NEARLY_ALL = 0.95;

export const needs = { clock, tasks, cpus, limits: rtLimits, trigger, feeder: watchdogFeeder };
export type Facts = Given<typeof needs>;

/** A CPU, the task that holds it, and those that starve behind it. */
export interface Hog {
  readonly cpu: number;
  readonly task: TaskFact;
  readonly heldNs: readonly [least: number, most: number];
  readonly starved: readonly TaskFact[];
  /** CPU time it used of the time it held the CPU, at most 1. */
  readonly share: number;
  readonly userShare: number;
}

/** The task that hogs a CPU; a doubt where it looks like one and cannot be told; undefined: none does. */
export function hogOn(cpu: CpuFact, { tasks }: Facts, nowNs: number): Hog | Finding | undefined {
  const task = tasks.find((t) => t.runningOn === cpu.cpu);
  if (task?.schedClass !== 'rt' || task.isKernelThread) return undefined;
  const starved = tasks
    .filter((t) => t.isWaitingForCpu && t.cpu === cpu.cpu && isBelow(t, task))
    .sort((a, b) => waitOf(b, nowNs) - waitOf(a, nowNs));
  // A real-time task that nobody waits for harms nobody. Who was woken only just before the end waits, too, once
  // somebody has waited for long.
  if (!starved[0] || waitOf(starved[0], nowNs) < STARVED_NS) return undefined;
  const who = `${nameOf(task)} runs real-time on CPU ${cpu.cpu} while ${count(starved.length, 'task')} there starve${starved.length === 1 ? 's' : ''}`;
  if (cpu.mode === null)
    return doubt(`${who}; its stack does not say whether it was in user mode or in the kernel`);
  // In the kernel it is another rule's: the program may be waiting for a lock there.
  if (cpu.mode !== 'user') return undefined;
  if (!cpu.since || task.ranNs === null || task.userNs === null || task.systemNs === null)
    return doubt(`${who}; its times cannot be read, so since when is not known`);
  const { fromNs, toNs } = cpu.since;
  const most = nowNs - fromNs;
  const share = Math.min(1, task.ranNs / most);
  const ticks = task.userNs + task.systemNs;
  const userShare = ticks > 0 ? task.userNs / ticks : 1;
  if (share < NEARLY_ALL || userShare < NEARLY_ALL)
    return doubt(
      `${who}; but it used the CPU for ${percent(share)} of that time, ${percent(userShare)} of it in user mode: it may have let others run`,
    );
  return {
    cpu: cpu.cpu,
    task,
    heldNs: [nowNs - (toNs ?? fromNs), most],
    starved,
    share,
    userShare,
  };
}

/** Whether `other` can only run when `task` does not. */
function isBelow(other: TaskFact, task: TaskFact): boolean {
  if (other.schedClass === 'fair' || other.schedClass === 'ext' || other.schedClass === 'idle')
    return true;
  return (
    other.schedClass === 'rt' && other.prio !== null && task.prio !== null && other.prio > task.prio
  );
}

export const waitOf = (task: TaskFact, nowNs: number): number =>
  task.lastQueuedNs ? nowNs - task.lastQueuedNs : 0;

export const percent = (share: number): string =>
  `${(share * 100).toFixed(share > 0.999 ? 0 : 1)} %`;

export const policyOf = (task: TaskFact): string =>
  `SCHED_${task.policy ?? '?'} ${task.rtPriority ?? '?'}`;

export const cpuList = (hogs: readonly Hog[]): string =>
  `CPU${hogs.length > 1 ? 's' : ''} ${join(hogs.map((hog) => String(hog.cpu)))}`;
