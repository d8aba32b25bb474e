// `ps -t`: how long tasks have been there, and what they used.
import { isFault } from '../../bytes/fault.ts';
import type { Task } from '../../kernel/task.ts';
import { jiffiesSeconds } from '../../kernel/timekeeping.ts';
import type { Context } from '../kit/define.ts';
import { type TaskId, taskId, taskLine, text } from '../kit/task-line.ts';
import { Unread } from './unread.ts';

interface PsTimesTask extends TaskId {
  /** Since it was created: whole seconds of the timer's clock, less whole seconds of startTimeNs. */
  runTimeSeconds: number | null;
  /** When it was created, by the monotonic clock. */
  startTimeNs: number | null;
  /** CPU time in user mode. */
  utimeNs: number | null;
  /** CPU time in the kernel. */
  stimeNs: number | null;
}

export interface PsTimes {
  show: 'times';
  tasks: PsTimesTask[];
}

/** @param sort the oldest first, instead of the tasks' order */
export function times(context: Context, tasks: readonly Task[], sort: boolean): PsTimes {
  const now = jiffiesSeconds(context.dump);
  if (isFault(now)) context.warn(`ps: run times are not known: ${now.explain()}`);
  const unread = new Unread(context);
  const rows = tasks.map((task) => {
    const start = unread.value(task.number('startTime'));
    return {
      ...taskId(task),
      runTimeSeconds: isFault(now) || start === null ? null : ageSeconds(now, start),
      startTimeNs: start,
      utimeNs: unread.value(task.number('utime')),
      stimeNs: unread.value(task.number('stime')),
    };
  });
  unread.report();
  if (sort) rows.sort((a, b) => (a.startTimeNs ?? -1) - (b.startTimeNs ?? -1));
  return { show: 'times', tasks: rows };
}

const ageSeconds = (now: number, startNs: number): number =>
  Math.max(0, now - Math.floor(startNs / 1e9));

export function* renderTimes({ tasks }: PsTimes): Generator<string> {
  for (const task of tasks) {
    yield taskLine(task);
    yield `    RUN TIME: ${task.runTimeSeconds === null ? '?' : wall(task.runTimeSeconds)}`;
    yield `  START TIME: ${text(task.startTimeNs)}`;
    yield `       UTIME: ${text(task.utimeNs)}`;
    yield `       STIME: ${text(task.stimeNs)}`;
    yield '';
  }
}

/** `2 days, 00:01:31` */
function wall(seconds: number): string {
  const two = (value: number) => `${Math.floor(value)}`.padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const clock = `${two((seconds / 3600) % 24)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
  return days > 0 ? `${days} days, ${clock}` : clock;
}
