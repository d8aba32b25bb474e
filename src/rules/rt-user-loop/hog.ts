// Real-time tasks that keep a CPU, alone or by turns, and those that starve behind them.
import { clock } from '../../facts/clock.ts';
import { type CpuFact, cpus } from '../../facts/cpus.ts';
import { isUnlimited, rtLimits } from '../../facts/rt-limits.ts';
import { type TaskFact, tasks } from '../../facts/tasks.ts';
import { type Trigger, trigger } from '../../facts/trigger.ts';
import { watchdogFeeder } from '../../facts/watchdog-feeder.ts';
import { doubt, type Finding, type Given } from '../kit/define.ts';
import { isSpinning } from '../kit/spin.ts';
import { count, join, nameOf } from '../kit/text.ts';

/** Someone who waits this long for a CPU starves: healthy machines were seen with waits of milliseconds. */
const STARVED_NS = 5e9;
/** "All of it": what a watchdog's stopper and interrupts take is far below the rest. */
const NEARLY_ALL = 0.95;
/** Below this a program that runs in the kernel was not seen to come back from there. */
const COMES_BACK = 0.02;

export const needs = { clock, tasks, cpus, limits: rtLimits, trigger, feeder: watchdogFeeder };
export type Facts = Given<typeof needs>;

/** A task that keeps a CPU, and those that starve behind it. */
export interface Hog {
  readonly cpu: number;
  readonly task: TaskFact;
  /** Those that take turns with it, of the same priority; empty: it is alone. */
  readonly partners: readonly TaskFact[];
  readonly heldNs: readonly [least: number, most: number];
  readonly starved: readonly TaskFact[];
  /** CPU time it and its partners used of the time they held the CPU, at most 1. */
  readonly share: number;
  readonly userShare: number;
  /** Throttling, or the fair server, left the others a little. */
  readonly isHeldBack: boolean;
  /** Where it was; null: it had just handed the CPU to another, or the machine runs. */
  readonly mode: 'user' | 'kernel' | null;
}

/** The tasks that hog a CPU; a doubt where they look like it and it cannot be told; none: nobody does. */
export function hogsOn(
  cpu: CpuFact,
  { limits, tasks, trigger }: Facts,
  nowNs: number,
): readonly Hog[] | Finding {
  const groups = contenders(cpu, tasks, askerOf(trigger), nowNs);
  const group = groups.find((one) => !isForAMoment(one, cpu, nowNs)) ?? groups[0];
  const [task] = group ?? [];
  if (!group || !task) return [];
  const starved = tasks
    .filter((t) => t.isWaitingForCpu && t.cpu === cpu.cpu && isBelow(t, task))
    .sort((a, b) => waitOf(b, nowNs) - waitOf(a, nowNs));
  // A real-time task that nobody waits for harms nobody. Who was woken only just before the end waits, too, once
  // somebody has waited for long.
  if (!starved[0]) return [];
  if (waitOf(starved[0], nowNs) < STARVED_NS) return heldBack(cpu, group, starved, limits, nowNs);
  const who = `${join(group.map(nameOf))} ${group.length === 1 ? 'runs' : 'run'} real-time on CPU ${cpu.cpu} while ${count(starved.length, 'task')} there starve${starved.length === 1 ? 's' : ''}`;
  const isOn = task.runningOn === cpu.cpu;
  // What a CPU of a running machine executes cannot be seen; the ticks still say where it was most of the time.
  if (isOn && cpu.mode === null && trigger.detector !== 'live')
    return doubt(`${who}; its stack does not say whether it was in user mode or in the kernel`);
  // A program that waits for a lock there, or does not come back, is another rule's.
  const isKept = cpu.stopperWaitsSinceNs !== null && nowNs - cpu.stopperWaitsSinceNs >= STARVED_NS;
  if (isOn && cpu.mode === 'kernel' && (isKept || isSpinning(cpu))) return [];
  const held = heldNs(cpu, group, tasks, starved, nowNs);
  const times = group.map(({ ranNs, userNs, systemNs }) =>
    ranNs === null || userNs === null || systemNs === null
      ? undefined
      : { ranNs, userNs, systemNs },
  );
  if (!held || times.some((t) => t === undefined))
    return doubt(`${who}; its times cannot be read, so since when is not known`);
  const [, most] = held;
  const share = Math.min(1, sum(times.map((t) => t?.ranNs ?? 0)) / most);
  const userShares = times.map((t) => userShareOf(t?.userNs ?? 0, t?.systemNs ?? 0));
  const least = Math.min(...userShares);
  if (share < NEARLY_ALL || least < COMES_BACK)
    return doubt(
      `${who}; but it used the CPU for ${percent(share)} of that time, ${percent(least)} of it in user mode: it may have let others run`,
    );
  return group.map((one, i) => ({
    cpu: cpu.cpu,
    task: one,
    partners: group.filter((t) => t !== one),
    heldNs: held,
    starved,
    share,
    userShare: userShares[i] ?? 1,
    isHeldBack: false,
    mode: one !== task || !isOn || cpu.mode === 'idle' ? null : cpu.mode,
  }));
}

/** As much of all its life, and for so long: a loop that throttling interrupts takes 95 % (kernel.sched_rt_runtime_us). */
const HELD_BACK = 0.85;
const LONG_NS = 10e9;
/** What still waits after so long does so for the throttled loop. */
const NOTICED_NS = 5e7;

/** Those who would starve the others, and are kept from it. */
function heldBack(
  cpu: CpuFact,
  group: readonly TaskFact[],
  starved: readonly TaskFact[],
  limits: Facts['limits'],
  nowNs: number,
): Hog[] {
  const [task] = group;
  const [first] = starved;
  if (!task || group.length > 1 || !first || waitOf(first, nowNs) < NOTICED_NS) return [];
  const servers = limits.fairServerRuntimeNs?.some((s) => s.cpu === cpu.cpu && s.ns > 0) ?? false;
  if (isUnlimited(limits) !== false && !servers) return [];
  const { ranNs, userNs, systemNs, startedNs } = task;
  if (ranNs === null || startedNs === null || ranNs < LONG_NS) return [];
  const lifeNs = nowNs - startedNs;
  const userShare = userShareOf(userNs ?? 0, systemNs ?? 0);
  if (ranNs / lifeNs < HELD_BACK || userShare < COMES_BACK) return [];
  const share = Math.min(1, ranNs / lifeNs);
  const mode = task.runningOn !== cpu.cpu || cpu.mode === 'idle' ? null : cpu.mode;
  const base = { cpu: cpu.cpu, task, partners: [], starved, share, userShare, mode };
  return [{ ...base, heldNs: [ranNs, lifeNs], isHeldBack: true }];
}

/** It spends its time in system calls, and comes back from each. */
export const isCalling = ({ userShare }: Hog): boolean => userShare < NEARLY_ALL;

/** One that has had the CPU for less than others have starved: it took it from somebody, who wants it back. */
const isForAMoment = (group: readonly TaskFact[], cpu: CpuFact, nowNs: number): boolean =>
  group.length === 1 &&
  group[0]?.runningOn === cpu.cpu &&
  cpu.since !== null &&
  nowNs - cpu.since.fromNs < STARVED_NS;

/**
 * The real-time programs that had this CPU within the last seconds, by priority, the highest first: the one that has it, and,
 * where that or whoever stopped the machine took it from them, those that want it back.
 */
function contenders(
  cpu: CpuFact,
  tasks: readonly TaskFact[],
  asker: number | null,
  nowNs: number,
): TaskFact[][] {
  const lately = (t: TaskFact) => nowNs - (t.lastArrivalNs ?? 0) < STARVED_NS;
  const all = tasks.filter(
    (t) =>
      isRealTime(t) &&
      !t.isKernelThread &&
      t.pid !== asker &&
      t.prio !== null &&
      (t.runningOn === cpu.cpu ||
        (t.isWaitingForCpu && t.cpu === cpu.cpu && lately(t) && waitOf(t, nowNs) < STARVED_NS)),
  );
  const prios = [...new Set(all.map(({ prio }) => prio ?? 0))].sort((a, b) => a - b);
  return prios.map((top) =>
    all
      .filter(({ prio }) => prio === top)
      .sort((a, b) => Number(b.runningOn !== null) - Number(a.runningOn !== null)),
  );
}

/** Who asked for the dump, in its own time. */
const askerOf = ({ kind, pid, messengers }: Trigger): number | null =>
  kind === 'sysrq' && messengers.length === 0 ? pid : null;

/** How long they have had the CPU, at least and at most. */
function heldNs(
  cpu: CpuFact,
  group: readonly TaskFact[],
  tasks: readonly TaskFact[],
  starved: readonly TaskFact[],
  nowNs: number,
): readonly [least: number, most: number] | undefined {
  const [task] = group as readonly [TaskFact, ...TaskFact[]];
  if (group.length === 1 && task.runningOn === cpu.cpu) {
    if (!cpu.since) return undefined;
    const { fromNs, toNs } = cpu.since;
    // Else somebody above it took the CPU for a moment, as below.
    if (!isForAMoment(group, cpu, nowNs)) return [nowNs - (toNs ?? fromNs), nowNs - fromNs];
  }
  // Those who take turns arrive every moment: the newest sign of anybody else counts.
  const others = tasks.filter(
    (t) =>
      t.cpu === cpu.cpu &&
      t.runningOn === null &&
      !group.includes(t) &&
      !t.isIdle &&
      t.schedClass !== 'stop',
  );
  const waited = Math.max(...starved.map((t) => waitOf(t, nowNs)));
  const marks = [...others.map((t) => t.lastArrivalNs ?? 0), cpu.lastIdleNs ?? 0];
  // What ran after the longest waiter began to wait ran elsewhere, or above them for a moment.
  const fromNs = Math.max(0, ...marks.filter((ns) => ns <= nowNs - waited));
  return [waited, nowNs - fromNs];
}

const isRealTime = ({ schedClass }: TaskFact): boolean =>
  schedClass === 'rt' || schedClass === 'deadline';

/** Whether `other` can only run when `task` does not. */
function isBelow(other: TaskFact, task: TaskFact): boolean {
  if (other.schedClass === 'fair' || other.schedClass === 'ext' || other.schedClass === 'idle')
    return true;
  return isRealTime(other) && other.prio !== null && task.prio !== null && other.prio > task.prio;
}

const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);

const userShareOf = (userNs: number, systemNs: number): number =>
  userNs + systemNs > 0 ? userNs / (userNs + systemNs) : 1;

export const waitOf = (task: TaskFact, nowNs: number): number =>
  task.lastQueuedNs ? nowNs - task.lastQueuedNs : 0;

/** How ages end: a machine that runs has no end. */
export const beforeEnd = ({ detector }: Trigger): string =>
  detector === 'live' ? 'ago' : 'before the end';

export const percent = (share: number): string =>
  `${(share * 100).toFixed(share > 0.999 ? 0 : 1)} %`;

export const policyOf = ({ policy, rtPriority }: TaskFact): string =>
  policy === 'DEADLINE' ? 'SCHED_DEADLINE' : `SCHED_${policy ?? '?'} ${rtPriority ?? '?'}`;

export const cpusOf = (hogs: readonly Hog[]): number[] => [...new Set(hogs.map(({ cpu }) => cpu))];

export const cpuList = (hogs: readonly Hog[]): string => {
  const all = cpusOf(hogs);
  return `CPU${all.length > 1 ? 's' : ''} ${join(all.map(String))}`;
};

/** One of each CPU. */
export const leaders = (hogs: readonly Hog[]): Hog[] =>
  cpusOf(hogs).flatMap((cpu) => hogs.find((hog) => hog.cpu === cpu) ?? []);
