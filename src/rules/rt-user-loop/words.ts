// What the rule says, in words.
import { isUnlimited } from '../../facts/rt-limits.ts';
import { ancestors, type TaskFact } from '../../facts/tasks.ts';
import { suspect } from '../kit/define.ts';
import { asSuspect, join, nameOf, seconds } from '../kit/text.ts';
import type { NextStep, Suspect } from '../kit/verdict.ts';
import type { Arithmetic } from './arithmetic.ts';
import {
  beforeEnd,
  cpuList,
  cpusOf,
  type Facts,
  type Hog,
  isCalling,
  leaders,
  percent,
  policyOf,
  waitOf,
} from './hog.ts';

export function headlineOf(
  hogs: readonly Hog[],
  { cpus, trigger }: Facts,
  feeder: TaskFact | undefined,
  arithmetic: Arithmetic | undefined,
): string {
  const one = hogs.length === 1;
  const taken = cpusOf(hogs);
  const all = taken.length === cpus.length;
  const who = `${one ? 'A real-time program' : `${words(hogs.length)} real-time programs`}, ${join(hogs.map(({ task }) => nameOf(task)))},`;
  const what = all
    ? `took ${taken.length === 1 ? 'the only CPU' : cpus.length === 2 ? 'both CPUs' : `all ${cpus.length} CPUs`} and never let go`
    : `took ${cpuList(hogs)} and never let go`;
  if (hogs.every(({ isHeldBack }) => isHeldBack))
    return `${who} took ${cpuList(hogs)} and would never let go: others had to make do with the few percent that throttling keeps for them${trigger.kind === 'sysrq' ? '; a dump was then asked for by hand' : ''}.`;
  if (arithmetic?.fits && feeder)
    return `${who} ${what}: ${feeder.comm}, which must pat the hardware watchdog, could not run, so the watchdog stopped the machine.`;
  const end = trigger.kind === 'sysrq' ? '; a dump was then asked for by hand' : '';
  return `${who} ${what}: everything else that needed ${all ? 'a CPU' : taken.length === 1 ? 'it' : 'them'} stood still${end}.`;
}

const words = (n: number): string => ['No', 'One', 'Two', 'Three', 'Four'][n] ?? String(n);

/** `28.74 s of uptime`: the clock of the log is within 0.1 s. */
const uptime = (ns: number): string => `${(ns / 1e9).toFixed(2)} s of uptime`;

export function suspectsOf(
  hogs: readonly Hog[],
  feeder: TaskFact | undefined,
  { tasks, limits, trigger }: Facts,
  nowNs: number,
): Suspect[] {
  const throttling =
    isUnlimited(limits) === true
      ? `; nothing held it back (kernel.sched_rt_runtime_us ${limits.runtimeUs})`
      : '';
  const culprits = hogs.map((hog) => {
    const { cpu, task, partners, heldNs, share, userShare } = hog;
    const [least, most] = heldNs;
    const since = nowNs - most;
    const line = ancestors(tasks, task).map(nameOf);
    const when =
      most - least < 5e7
        ? `since ${uptime(since)}`
        : `since between ${uptime(since)} and ${uptime(nowNs - least)}`;
    return suspect(
      'culprit',
      `${policyOf(task)}, ${isCalling(hog) ? 'in and out of system calls' : 'in user mode'} on CPU ${cpu}${partners.length > 0 ? `, by turns with ${join(partners.map(nameOf))},` : ''} ${when}, ${seconds(most)} ${beforeEnd(trigger)}; ${partners.length > 0 ? 'together they ' : ''}used ${percent(share)} of it (${seconds(task.ranNs ?? 0)} in all${partners.length > 0 ? ' by this one' : ''}), ${percent(userShare)} of its ticks in user mode${line.length > 0 ? `; started by ${line.join(' ← ')}` : ''}${throttling}`,
      { task: asSuspect(task), cpu },
    );
  });
  const victims = leaders(hogs).flatMap((hog) =>
    hog.starved.map((task) => {
      const wait = `wants CPU ${hog.cpu} for ${seconds(waitOf(task, nowNs))}`;
      const ran =
        task.lastArrivalNs === null ? '' : `, last ran ${seconds(nowNs - task.lastArrivalNs)} ago`;
      const role = task === feeder ? '; it has the watchdog’s device open' : '';
      return suspect('victim', `${wait}${ran}${role}`, { task: asSuspect(task), cpu: hog.cpu });
    }),
  );
  const first = victims.filter((v) => v.task?.pid === feeder?.pid);
  return [...culprits, ...first, ...victims.filter((v) => !first.includes(v))];
}

export function nextSteps(hogs: readonly Hog[], { limits, tasks }: Facts): NextStep[] {
  const [hog] = hogs as readonly [Hog, ...Hog[]];
  const starter = ancestors(tasks, hog.task)[0];
  const steps: NextStep[] = [
    {
      text: `Ask who gave ${join([...new Set(hogs.map(({ task }) => task.comm))])} real-time priority${starter ? ` (started from ${nameOf(starter)})` : ''}, and whether it needs it; a loop there must sleep or be SCHED_OTHER.`,
      command: `ps -p ${hog.task.pid}`,
    },
  ];
  if (isUnlimited(limits) === true)
    steps.push({
      text: `Set kernel.sched_rt_runtime_us back to 950000 (it was ${limits.runtimeUs}): then real-time tasks leave 5 % of each CPU to others.`,
      command: 'ps -y FIFO,RR',
    });
  return steps;
}
