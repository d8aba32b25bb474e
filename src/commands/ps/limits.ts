// `ps -r`: the resource limits of tasks.
import { type ResourceLimit, signalOf } from '../../kernel/signal.ts';
import type { Task } from '../../kernel/task.ts';
import type { Context } from '../kit/define.ts';
import { type TaskId, taskId, taskLine, text } from '../kit/task-line.ts';
import { Unread } from './unread.ts';

interface PsLimit {
  /** RLIMIT_…, without that: CPU, NOFILE, RTPRIO … */
  name: string;
  /** In the limit's own unit, decimal; `unlimited`; null: cannot be read. */
  current: string | null;
  maximum: string | null;
}

interface PsLimitsTask extends TaskId {
  /** Empty when the task has none any more. */
  limits: PsLimit[];
}

export interface PsLimits {
  show: 'limits';
  tasks: PsLimitsTask[];
}

export function limits(context: Context, tasks: readonly Task[]): PsLimits {
  const unread = new Unread(context);
  const rows = tasks.map((task) => {
    const known = unread.value(signalOf(task))?.limits ?? [];
    return { ...taskId(task), limits: known.map((limit) => psLimit(unread, limit)) };
  });
  unread.report();
  return { show: 'limits', tasks: rows };
}

function psLimit(unread: Unread, { name, current, maximum }: ResourceLimit): PsLimit {
  const value = (limit: ResourceLimit['current']): string | null => {
    const known = unread.value(limit);
    return known === undefined ? 'unlimited' : known === null ? null : `${known}`;
  };
  return { name, current: value(current), maximum: value(maximum) };
}

const WIDTH = '(unlimited)'.length;

export function* renderLimits({ tasks }: PsLimits): Generator<string> {
  for (const task of tasks) {
    yield taskLine(task);
    if (task.limits.length > 0) yield '      RLIMIT     CURRENT       MAXIMUM  ';
    for (const { name, current, maximum } of task.limits)
      yield `  ${name.padStart(10)}   ${centred(current)}   ${centred(maximum)}`;
    yield '';
  }
}

function centred(limit: string | null): string {
  const shown = limit === 'unlimited' ? '(unlimited)' : text(limit);
  const left = Math.floor((WIDTH - shown.length) / 2);
  return `${' '.repeat(Math.max(0, left))}${shown}`.padEnd(WIDTH);
}
