// `ps -S`: how many tasks are in which state.
import type { Task } from '../../kernel/task.ts';
import type { Context } from '../kit/define.ts';
import { Unread } from './unread.ts';

export interface PsStates {
  show: 'states';
  /** In the order in which the first task of each was met. `??`: it cannot be read. */
  states: PsStateCount[];
}

interface PsStateCount {
  /** crash's two letters. */
  state: string;
  tasks: number;
}

export function states(context: Context, tasks: readonly Task[]): PsStates {
  const counts = new Map<string, number>();
  const unread = new Unread(context);
  for (const { stateCode } of tasks) {
    const state = unread.value(stateCode) ?? '??';
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  unread.report();
  return {
    show: 'states',
    states: Array.from(counts, ([state, count]) => ({ state, tasks: count })),
  };
}

export function* renderStates(data: PsStates): Generator<string> {
  for (const { state, tasks } of data.states) yield `  ${state}: ${tasks}`;
}
