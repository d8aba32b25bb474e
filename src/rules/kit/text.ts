// Words and numbers as findings say them.
import type { FrameFact } from '../../facts/kit/frames.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import type { SuspectTask, WaitLink } from './verdict.ts';

/** `50.0 s`, `0.35 s`, `12 ms`: three digits are enough for a reader. */
export function seconds(ns: number): string {
  const s = ns / 1e9;
  if (s >= 9.95) return `${s.toFixed(1)} s`;
  if (s >= 0.1) return `${s.toFixed(2)} s`;
  return `${(s * 1000).toFixed(s >= 0.01 ? 0 : 1)} ms`;
}

/** `a`, `a and b`, `a, b and c`. */
export function join(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n} ${n === 1 ? one : many}`;

/** `loop.sh (pid 237)`. */
export const nameOf = (task: Pick<TaskFact, 'pid' | 'comm'>): string =>
  `${task.comm} (pid ${task.pid})`;

export const asSuspect = (task: TaskFact): SuspectTask => ({
  pid: task.pid,
  tgid: task.tgid,
  comm: task.comm,
  task: task.address,
});

/** One link of who waits for whom. @param thing `mutex route_lock [driver]` */
export const waitLink = (
  task: TaskFact,
  thing: string,
  holder: TaskFact | undefined,
): WaitLink => ({
  task: asSuspect(task),
  waitsFor: thing,
  heldBy: holder ? asSuspect(holder) : null,
});

/** Text as a pattern that matches only itself: what a dump calls something is no pattern. */
export const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** A member as `task -R` prints it: `  policy = 2,`. */
export const memberLine = (name: string, value: number | string): RegExp =>
  new RegExp(`^\\s*${literal(name)} = ${literal(String(value))}\\b`);

/**
 * The age `ps -m` prints in front of a task, `[0 00:00:59.974] [RU]  PID: 218`, within 0.2 s: commands may count from
 * the task's own CPU's clock.
 */
export function ageLine(ns: number, task: Pick<TaskFact, 'pid'>): RegExp {
  const tenth = Math.round(ns / 1e8);
  const ages = [-2, -1, 0, 1, 2].map((d) => spellAge(Math.max(0, tenth + d)));
  return new RegExp(`^\\s*\\[\\s*(?:${ages.join('|')})\\d*\\].*PID: ${task.pid}\\b`);
}

/** `0 00:00:59.9` */
function spellAge(tenths: number): string {
  const s = Math.floor(tenths / 10);
  const two = (n: number) => String(n).padStart(2, '0');
  const clock = [Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60, s % 60].map(two).join(':');
  return `${Math.floor(s / 86400)} ${clock}\\.${tenths % 10}`;
}

/** The compiler's suffix of a symbol, which crash's stacks show or leave out. */
const SUFFIX = '(?:\\.[\\w.]+)?';

/** A frame as `bt` prints it: ` #4 [ffff…] parcel_write at ffff… [parcel]`. */
export const frameLine = ({ function: name, module }: FrameFact): RegExp =>
  new RegExp(
    `\\] ${literal(name ?? '')}${SUFFIX} at [0-9a-f]+${module ? ` \\[${literal(module)}\\]` : ''}`,
  );

/** Where an exception broke in, as `bt` prints it: `[exception RIP: parcel_check+28]`. */
export const exceptionLine = ({ function: name }: FrameFact): RegExp =>
  new RegExp(`\\[exception RIP: ${literal(name ?? '')}${SUFFIX}\\+`);
