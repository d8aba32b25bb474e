// What anybody can see for oneself.
import { ancestors, type TaskFact } from '../../facts/tasks.ts';
import { type Evidence, see } from '../kit/define.ts';
import { count, join, literal, memberLine, nameOf, seconds } from '../kit/text.ts';
import { type Facts, type Hog, percent, policyOf, waitOf } from './hog.ts';

export function evidenceOn(
  { cpu, task, partners, share, heldNs, mode }: Hog,
  all: readonly TaskFact[],
): Evidence[] {
  const { pid, policy, rtPriority, prio } = task;
  const number = POLICY[policy ?? ''] ?? 2;
  const line = ancestors(all, task);
  return [
    ...placeEvidence(task, cpu, mode, partners.length === 0),
    see(
      `it is real-time: ${policyOf(task)}, above every normal task`,
      `task -R policy,rt_priority,prio ${pid}`,
      memberLine('policy', number),
      memberLine('rt_priority', rtPriority ?? 0),
      memberLine('prio', prio ?? 0),
    ),
    see(
      `${partners.length === 0 ? 'its time was the program’s own: ' : ''}${ticks(task.userNs)} of ticks in user mode, ${ticks(task.systemNs)} in the kernel (ticks miss some: by the exact account it ran for ${ticks(task.ranNs)}${shareOf(partners, share, heldNs[1])})`,
      `ps -t ${pid}`,
      /\bRUN TIME: /,
      new RegExp(`\\bUTIME: ${task.userNs}\\b`),
      new RegExp(`\\bSTIME: ${task.systemNs}\\b`),
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

/** SCHED_*: include/uapi/linux/sched.h */
const POLICY: Readonly<Record<string, number>> = { FIFO: 1, RR: 2, DEADLINE: 6 };

const shareOf = (partners: readonly TaskFact[], share: number, ns: number): string =>
  partners.length === 0
    ? `, ${percent(share)} of the ${seconds(ns)} it had the CPU`
    : `; together with ${join(partners.map(nameOf))} ${percent(share)} of ${seconds(ns)}`;

function placeEvidence(
  task: TaskFact,
  cpu: number,
  mode: Hog['mode'],
  isAlone: boolean,
): Evidence[] {
  const { pid } = task;
  const header = new RegExp(`^PID: ${pid}\\b.*CPU: ${cpu}\\b`);
  if (mode === 'user')
    return [
      see(
        `${nameOf(task)} was on CPU ${cpu} in user mode (CS 0033): no kernel code of its own was running`,
        `bt ${pid}`,
        header,
        /\bRIP: 0000[0-9a-f]{12}\b/,
        /\bCS: 0033\b/,
      ),
    ];
  if (mode === 'kernel')
    return [
      see(
        `${nameOf(task)} was on CPU ${cpu} within a system call`,
        `bt ${pid}`,
        header,
        /\bentry_SYSCALL_64/,
      ),
    ];
  if (task.runningOn === cpu)
    return [
      see(
        `${nameOf(task)} was on CPU ${cpu} when it was looked at`,
        `ps ${pid}`,
        new RegExp(`^> *${pid}\\b.*\\bRU\\b`),
      ),
    ];
  return [
    see(
      `${nameOf(task)} wants CPU ${cpu} again, which ${isAlone ? 'another took from it a moment ago' : 'it has by turns'}`,
      `ps ${pid}`,
      new RegExp(`\\b${pid}\\b.*\\bRU\\b`),
    ),
  ];
}

const ticks = (ns: number | null): string => (ns === null ? '?' : seconds(ns));

export function starvedEvidence(hogs: readonly Hog[], nowNs: number): Evidence[] {
  return hogs.map(({ cpu, task, starved }) => {
    const longest = Math.max(...starved.map((t) => waitOf(t, nowNs)));
    return see(
      `${count(starved.length, 'task')} waited on CPU ${cpu} behind it, the longest for ${seconds(longest)}`,
      `runq -c ${cpu}`,
      ...(task.runningOn === cpu ? [new RegExp(`CURRENT: PID: ${task.pid}\\b`)] : []),
      ...starved.map((t) => new RegExp(`PID: ${t.pid}\\b.*COMMAND: "${literal(t.comm)}"`)),
    );
  });
}

export function throttlingEvidence({
  limits: { runtimeUs, fairServerRuntimeNs },
}: Facts): Evidence[] {
  if (runtimeUs === null) return [];
  const word = (runtimeUs >>> 0).toString(16).padStart(8, '0');
  return [
    see(
      `nothing held them back: kernel.sched_rt_runtime_us was ${runtimeUs} (hexadecimal ${word})`,
      'rd -32 sysctl_sched_rt_runtime',
      new RegExp(`: +${word}\\b`),
    ),
    ...(fairServerRuntimeNs ?? [])
      .filter(({ ns }) => ns === 0)
      .map(({ cpu, queue }) =>
        see(
          `the fair server of CPU ${cpu}, which keeps 5 % for normal tasks, was off`,
          `struct rq.fair_server.dl_runtime ${queue}`,
          /\bdl_runtime = 0\b/,
        ),
      ),
  ];
}
