// `ps -r`: the resource limits of tasks.
import { isFault } from '../../bytes/fault.ts';
import { type ResourceLimit, signalOf } from '../../kernel/signal.ts';
import type { Task } from '../../kernel/task.ts';
import type { Context } from '../kit/define.ts';
import { type TaskId, taskId, taskLine, text } from '../kit/task-line.ts';

export interface PsLimit {
  /** RLIMIT_…, without that: CPU, NOFILE, RTPRIO … */
  name: string;
  /** In the limit's own unit, decimal; `unlimited`; null: cannot be read. */
  current: string | null;
  maximum: string | null;
}

export interface PsLimitsTask extends TaskId {
  /** Empty when the task has none any more. */
  limits: PsLimit[];
}

export interface PsLimits {
  show: 'limits';
  tasks: PsLimitsTask[];
}

export function limits(context: Context, tasks: readonly Task[]): PsLimits {
  const rows = tasks.map((task) => {
    const signal = signalOf(task);
    if (isFault(signal)) context.warn(`ps: no limits: ${signal.explain()}`);
    const known = isFault(signal) || !signal ? [] : signal.limits;
    return { ...taskId(task), limits: known.map((limit) => psLimit(context, limit)) };
  });
  return { show: 'limits', tasks: rows };
}

function psLimit(context: Context, { name, current, maximum }: ResourceLimit): PsLimit {
  const value = (limit: ResourceLimit['current']): string | null => {
    if (limit === undefined) return 'unlimited';
    if (!isFault(limit)) return `${limit}`;
    context.warn(`ps: ${limit.explain()}`);
    return null;
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
