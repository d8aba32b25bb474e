// `ps -l`, `ps -m`: when each task last got a CPU.
import { type Fault, isFault } from '../../bytes/fault.ts';
import { onlineCpus } from '../../kernel/cpus.ts';
import { runQueue } from '../../kernel/run-queue.ts';
import type { Task } from '../../kernel/task.ts';
import { allTasks } from '../../kernel/tasks.ts';
import type { Dump } from '../../types/dump.ts';
import type { Context } from '../kit/define.ts';
import { orNull, type TaskId, taskId, taskLine, text } from '../kit/task-line.ts';
import { Unread } from './unread.ts';

export interface PsLastRunTask extends TaskId {
  /** crash's two letters. */
  state: string | null;
  /** The scheduler's clock of its CPU when it last got it, near uptime; 0: never. */
  lastRunNs: number | null;
  /** How long ago that was, by the clock of its CPU when the machine stopped. */
  agoNs: number | null;
  /** That clock: it lags on a CPU without ticks. */
  cpuClockNs: number | null;
}

export interface PsLastRun {
  show: 'last-run';
  /** The task that ran last comes first. */
  tasks: PsLastRunTask[];
  /** The CPUs `-C` asked for. */
  cpus: number[] | null;
  /** When any task of the machine last got a CPU. */
  newestNs: number | null;
  /** Base that `-l` prints times in. */
  radix: number;
}

/** Tasks by when they last ran, the newest first; those that tie stay in order. */
export function byLastRun(tasks: readonly Task[]): Task[] {
  const keyed = tasks.map((task) => ({ task, at: orNull(task.lastArrival) ?? -1 }));
  return keyed.sort((a, b) => b.at - a.at).map(({ task }) => task);
}

/** When any task last got a CPU. */
const newestRun = (dump: Dump): number | null =>
  dump.memo(newestRun, () => orNull(byLastRun(allTasks(dump).tasks)[0]?.lastArrival ?? 0));

export function lastRun(
  context: Context,
  tasks: readonly Task[],
  cpus: readonly number[] | undefined,
): PsLastRun {
  const clocks = new Map<number, number | Fault>();
  for (const cpu of onlineCpus(context.dump)) {
    const rq = runQueue(context.dump, cpu);
    clocks.set(cpu, isFault(rq) ? rq : rq.clockNs);
  }
  const unread = new Unread(context);
  const rows = tasks.map((task) => {
    const { cpu } = task;
    const clock = isFault(cpu) ? cpu : clocks.get(cpu);
    const now = clock === undefined ? null : unread.value(clock);
    const last = unread.value(task.lastArrival);
    return {
      ...taskId(task),
      state: unread.value(task.stateCode),
      lastRunNs: last,
      agoNs: now === null || last === null ? null : Math.max(0, now - last),
      cpuClockNs: now,
    };
  });
  unread.report();
  return {
    show: 'last-run',
    tasks: cpus ? rows.filter((row) => row.cpu !== null && cpus.includes(row.cpu)) : rows,
    cpus: cpus ? [...cpus] : null,
    newestNs: newestRun(context.dump),
    radix: context.session.radix,
  };
}

/** @param ago -m: how long ago, -l: the clock then */
export function* renderLastRun(data: PsLastRun, ago: boolean): Generator<string> {
  const width = text(data.newestNs?.toString(data.radix) ?? null).length;
  const line = (task: PsLastRunTask) =>
    `[${ago ? agoText(task) : stamp(task, data.radix, width)}] [${text(task.state)}]  ${taskLine(task)}`;
  if (!data.cpus) {
    for (const task of data.tasks) yield line(task);
    return;
  }
  for (const [i, cpu] of data.cpus.entries()) {
    if (i > 0) yield '';
    yield `CPU: ${cpu}`;
    for (const task of data.tasks) if (task.cpu === cpu) yield line(task);
  }
}

const stamp = ({ lastRunNs }: PsLastRunTask, radix: number, width: number): string =>
  text(lastRunNs?.toString(radix) ?? null).padStart(width);

/** Days stand in as many columns as the clock's own would need. */
function agoText({ agoNs, cpuClockNs }: PsLastRunTask): string {
  if (agoNs === null || cpuClockNs === null) return '?';
  const columns = duration(cpuClockNs).indexOf(' ');
  const ago = duration(agoNs);
  return ' '.repeat(Math.max(0, columns - ago.indexOf(' '))) + ago;
}

/** `0 00:01:31.920`: days, hours, minutes, seconds, milliseconds. */
export function duration(ns: number): string {
  const ms = Math.floor(ns / 1e6);
  const part = (unit: number, count: number, digits: number) =>
    `${Math.floor(ms / unit) % count}`.padStart(digits, '0');
  const clock = `${part(3_600_000, 24, 2)}:${part(60_000, 60, 2)}:${part(1000, 60, 2)}.${part(1, 1000, 3)}`;
  return `${Math.floor(ms / 86_400_000)} ${clock}`;
}
