// Real-time programs that never give their CPUs away: everything of lower priority starves.
import { clock } from '../facts/clock.ts';
import { type CpuFact, cpus } from '../facts/cpus.ts';
import { isUnlimited, rtLimits } from '../facts/rt-limits.ts';
import { ancestors, type TaskFact, tasks } from '../facts/tasks.ts';
import { trigger } from '../facts/trigger.ts';
import { watchdogFeeder } from '../facts/watchdog-feeder.ts';
import {
  type Blame,
  defineRule,
  doubt,
  type Evidence,
  type Finding,
  type Given,
  see,
  suspect,
} from './kit/define.ts';
import {
  ageLine,
  asSuspect,
  count,
  join,
  literal,
  memberLine,
  nameOf,
  seconds,
} from './kit/text.ts';
import type { NextStep, Suspect } from './kit/verdict.ts';

/** Someone who waits this long for a CPU starves: healthy machines were seen with waits of milliseconds. */
const STARVED_NS = 5e9;
/** "All of it": what a watchdog's stopper and interrupts take is far below the rest. */
const NEARLY_ALL = 0.95;
/** The watchdog counts in seconds, and its message takes a moment to arrive. */
const ARITHMETIC_SLACK_SECONDS = 2;

const needs = { clock, tasks, cpus, limits: rtLimits, trigger, feeder: watchdogFeeder };
type Facts = Given<typeof needs>;

/** A CPU, the task that holds it, and those that starve behind it. */
interface Hog {
  readonly cpu: number;
  readonly task: TaskFact;
  readonly heldNs: readonly [least: number, most: number];
  readonly starved: readonly TaskFact[];
  /** CPU time it used of the time it held the CPU, at most 1. */
  readonly share: number;
  readonly userShare: number;
}

export default defineRule({
  id: 'rt-user-loop',
  title: 'real-time programs run in user mode without pause, all else on their CPUs starves',
  needs,
  silence: 'no real-time program ran in user mode while others waited 5 s and more for its CPU',

  *judge(facts): Iterable<Finding> {
    const { nowNs } = facts.clock;
    if (nowNs === null) {
      yield doubt(
        'without the scheduler’s clock nobody knows who starved: a real-time loop cannot be seen',
      );
      return;
    }
    const hogs: Hog[] = [];
    for (const cpu of facts.cpus) {
      const found = hogOn(cpu, facts, nowNs);
      if (found && 'says' in found) yield found;
      else if (found) hogs.push(found);
    }
    if (hogs.length > 0) yield accuse(hogs, facts, nowNs);
  },
});

function hogOn(cpu: CpuFact, { tasks }: Facts, nowNs: number): Hog | Finding | undefined {
  const task = tasks.find((t) => t.runningOn === cpu.cpu);
  if (task?.schedClass !== 'rt' || task.isKernelThread) return undefined;
  const starved = tasks
    .filter((t) => t.isWaitingForCpu && t.cpu === cpu.cpu && isBelow(t, task))
    .filter((t) => waitOf(t, nowNs) >= STARVED_NS)
    .sort((a, b) => waitOf(b, nowNs) - waitOf(a, nowNs));
  // A real-time task that nobody waits for harms nobody.
  if (starved.length === 0) return undefined;
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

const waitOf = (task: TaskFact, nowNs: number): number =>
  task.lastQueuedNs ? nowNs - task.lastQueuedNs : 0;

const percent = (share: number): string => `${(share * 100).toFixed(share > 0.999 ? 0 : 1)} %`;

function accuse(hogs: readonly Hog[], facts: Facts, nowNs: number): Blame {
  const starved = hogs.flatMap((hog) => hog.starved);
  const feeder = facts.tasks.find((t) => t.pid === facts.feeder?.pid);
  const arithmetic = explainTrigger(facts, feeder, nowNs, hogs);
  const doubts = doubtsOf(hogs, facts, arithmetic);
  const names = join(hogs.map(({ task }) => nameOf(task)));
  const unlimited = isUnlimited(facts.limits);
  const because = `${names}: ${join([...new Set(hogs.map(({ task }) => policyOf(task)))])}, in user mode, on ${cpuList(hogs)} for ${rangeOf(hogs)}; ${count(starved.length, 'task')} waited`;
  return {
    says: 'blame',
    where: 'user',
    kind: 'loop',
    title: 'real-time starvation',
    confidence: doubts.length === 0 && arithmetic?.fits ? 'proven' : 'likely',
    headline: headlineOf(hogs, facts, feeder, arithmetic),
    because,
    suspects: suspectsOf(hogs, feeder, facts, nowNs),
    evidence: [
      ...hogs.flatMap((hog) => evidenceOn(hog, facts.tasks)),
      ...starvedEvidence(hogs, nowNs),
      ...(arithmetic ? arithmetic.evidence : []),
      ...(unlimited === true ? throttlingEvidence(facts) : []),
    ],
    next: nextSteps(hogs, facts),
    doubts,
  };
}

const policyOf = (task: TaskFact): string =>
  `SCHED_${task.policy ?? '?'} ${task.rtPriority ?? '?'}`;

const cpuList = (hogs: readonly Hog[]): string =>
  `CPU${hogs.length > 1 ? 's' : ''} ${join(hogs.map((hog) => String(hog.cpu)))}`;

function rangeOf(hogs: readonly Hog[]): string {
  return join(hogs.map((hog) => seconds(hog.heldNs[1])));
}

// --- The trigger's arithmetic ---

interface Arithmetic {
  /** The numbers agree: the daemon's silence is what the watchdog saw. */
  readonly fits: boolean;
  readonly text: string;
  readonly evidence: readonly Evidence[];
}

/**
 * The controller signals `timeout − pretimeout` after the last pat. Nothing records the pat; the daemon's last run is
 * the latest moment it can have been.
 */
function explainTrigger(
  { trigger }: Facts,
  feeder: TaskFact | undefined,
  nowNs: number,
  hogs: readonly Hog[],
): Arithmetic | undefined {
  const { timeout, pretimeout } = trigger.parameters;
  if (trigger.detector !== 'ipmi-watchdog') return undefined;
  if (typeof timeout !== 'number' || typeof pretimeout !== 'number') return undefined;
  const due = timeout - pretimeout;
  const rule = `the watchdog warns ${due} s after the last pat (timeout ${timeout} s, pre-timeout ${pretimeout} s before it)`;
  if (!feeder || feeder.lastArrivalNs === null) return { fits: false, text: rule, evidence: [] };
  const silent = (nowNs - feeder.lastArrivalNs) / 1e9;
  const isVictim = hogs.some((hog) => hog.starved.includes(feeder));
  const fits = isVictim && Math.abs(silent - due) <= ARITHMETIC_SLACK_SECONDS;
  const last = (nowNs / 1e9 - due).toFixed(1);
  const text = `${rule}: the last pat was at about ${last} s of uptime; ${nameOf(feeder)}, which has the device open, last ran ${silent.toFixed(2)} s before the panic`;
  return {
    fits,
    text,
    evidence: [see(text, `ps -m ${feeder.pid}`, ageLine(nowNs - feeder.lastArrivalNs, feeder))],
  };
}

function doubtsOf(
  hogs: readonly Hog[],
  facts: Facts,
  arithmetic: Arithmetic | undefined,
): string[] {
  const doubts: string[] = [];
  const free = facts.cpus.filter((cpu) => !hogs.some((hog) => hog.cpu === cpu.cpu));
  if (free.length > 0)
    doubts.push(
      `CPU${free.length > 1 ? 's' : ''} ${join(free.map((cpu) => String(cpu.cpu)))} did not starve: what waits could have moved there, unless it is bound to its CPU`,
    );
  const unlimited = isUnlimited(facts.limits);
  if (unlimited === null)
    doubts.push(
      'whether real-time throttling was on cannot be read; with it on, normal tasks get 5 % of a CPU',
    );
  if (unlimited === false)
    doubts.push(
      'real-time throttling was on: normal tasks should have had some time, yet they waited',
    );
  if (arithmetic && !arithmetic.fits)
    doubts.push('that the watchdog’s daemon was one of those who starved is not shown');
  if (facts.trigger.kind === 'unknown' || !facts.trigger.isWhole)
    doubts.push(
      'who stopped the machine is not certain: its stack could not be unwound to the end',
    );
  return doubts;
}

// --- Words ---

function headlineOf(
  hogs: readonly Hog[],
  { cpus, trigger }: Facts,
  feeder: TaskFact | undefined,
  arithmetic: Arithmetic | undefined,
): string {
  const one = hogs.length === 1;
  const all = hogs.length === cpus.length;
  const who = `${one ? 'A real-time program' : `${words(hogs.length)} real-time programs`}, ${join(hogs.map(({ task }) => nameOf(task)))},`;
  const what = all
    ? `took ${one ? 'the only CPU' : cpus.length === 2 ? 'both CPUs' : `all ${cpus.length} CPUs`} and never let go`
    : `took ${cpuList(hogs)} and never let go`;
  if (arithmetic?.fits && feeder)
    return `${who} ${what}: ${feeder.comm}, which must pat the hardware watchdog, could not run, so the watchdog stopped the machine.`;
  const end = trigger.kind === 'sysrq' ? '; a dump was then asked for by hand' : '';
  return `${who} ${what}: everything else that needed ${all ? 'a CPU' : 'them'} stood still${end}.`;
}

const words = (n: number): string => ['No', 'One', 'Two', 'Three', 'Four'][n] ?? String(n);

function suspectsOf(
  hogs: readonly Hog[],
  feeder: TaskFact | undefined,
  { tasks }: Facts,
  nowNs: number,
): Suspect[] {
  const culprits = hogs.map(({ cpu, task, heldNs, share, userShare }) => {
    const [least, most] = heldNs;
    const since = nowNs - most;
    const line = ancestors(tasks, task).map(nameOf);
    const when =
      most - least < 1e6
        ? `since ${seconds(since)} of uptime`
        : `since between ${seconds(since)} and ${seconds(nowNs - least)} of uptime`;
    return suspect(
      'culprit',
      `${policyOf(task)}, in user mode on CPU ${cpu} ${when}, ${seconds(most)} before the end; used ${percent(share)} of it (${seconds(task.ranNs ?? 0)} in all), ${percent(userShare)} of its ticks in user mode${line.length > 0 ? `; started by ${line.join(' ← ')}` : ''}`,
      { task: asSuspect(task), cpu },
    );
  });
  const victims = hogs.flatMap((hog) =>
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

// --- What to see for oneself ---

function evidenceOn({ cpu, task, share, heldNs }: Hog, all: readonly TaskFact[]): Evidence[] {
  const { pid, policy, rtPriority, prio } = task;
  const number = policy === 'FIFO' ? 1 : 2;
  const line = ancestors(all, task);
  return [
    see(
      `${nameOf(task)} was on CPU ${cpu} in user mode (CS 0033): no kernel code of its own was running`,
      `bt ${pid}`,
      new RegExp(`^PID: ${pid}\\b.*CPU: ${cpu}\\b`),
      /\bRIP: 0000[0-9a-f]{12}\b/,
      /\bCS: 0033\b/,
    ),
    see(
      `it is real-time: ${policyOf(task)}, above every normal task`,
      `task -R policy,rt_priority,prio ${pid}`,
      memberLine('policy', number),
      memberLine('rt_priority', rtPriority ?? 0),
      memberLine('prio', prio ?? 0),
    ),
    see(
      `it kept the CPU for ${seconds(heldNs[1])} (${percent(share)} of that time), nearly all in user mode`,
      `ps -t ${pid}`,
      /\bRUN TIME: /,
      /\bUTIME: |\bUSER TIME: /,
      /\bSTIME: |\bSYSTEM TIME: /,
    ),
    ...(line.length > 0
      ? [
          see(
            `it was started by ${line.map(nameOf).join(' ← ')}`,
            `ps -p ${pid}`,
            ...line.map((parent) => new RegExp(`PID: ${parent.pid}\\b`)),
          ),
        ]
      : []),
  ];
}

function starvedEvidence(hogs: readonly Hog[], nowNs: number): Evidence[] {
  return hogs.map(({ cpu, task, starved }) => {
    const longest = Math.max(...starved.map((t) => waitOf(t, nowNs)));
    return see(
      `${count(starved.length, 'task')} waited on CPU ${cpu} behind it, the longest for ${seconds(longest)}`,
      `runq -c ${cpu}`,
      new RegExp(`CURRENT: PID: ${task.pid}\\b`),
      ...starved.map((t) => new RegExp(`PID: ${t.pid}\\b.*COMMAND: "${literal(t.comm)}"`)),
    );
  });
}

function throttlingEvidence({ limits }: Facts): Evidence[] {
  const servers = limits.fairServerRuntimeNs?.filter((server) => server.ns === 0) ?? [];
  if (servers.length === 0) return [];
  return [
    see(
      `nothing held them back: kernel.sched_rt_runtime_us was ${limits.runtimeUs}, and the fair server of CPU${servers.length > 1 ? 's' : ''} ${join(servers.map((s) => String(s.cpu)))} was off`,
      'log',
      ...servers.map((server) => new RegExp(`Fair server disabled in CPU ${server.cpu}\\b`)),
    ),
  ];
}

function nextSteps(hogs: readonly Hog[], { limits, tasks }: Facts): NextStep[] {
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
