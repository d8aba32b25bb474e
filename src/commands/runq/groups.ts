// `runq -g`: the fair tasks below the task groups they belong to.
import { address16 } from '../kit/task-line.ts';
import type { RunqCpu, RunqGroup } from './cpu.ts';
import { NONE_QUEUED, queuedTask, runqTask } from './lines.ts';

const INDENT = 3;

export function* groupLines(cpus: readonly RunqCpu[]): Generator<string> {
  for (const [i, cpu] of cpus.entries()) {
    if (i > 0) yield '';
    yield `CPU ${cpu.cpu}`;
    yield `  CURRENT: ${runqTask(cpu.current)}`;
    yield `  ROOT_TASK_GROUP: ${address16(cpu.rootGroup)}  CFS_RQ: ${address16(cpu.fairQueue)}`;
    if (cpu.fair.length === 0) yield NONE_QUEUED;
    yield* fairLines(cpu);
  }
}

/** A group's heading stands where the first of its tasks comes. */
function* fairLines({ fair }: RunqCpu): Generator<string> {
  let open: readonly RunqGroup[] = [];
  for (const task of fair) {
    const shared = task.groups.findIndex((group, depth) => open[depth]?.queue !== group.queue);
    const from = shared < 0 ? task.groups.length : shared;
    for (const [i, group] of task.groups.slice(from).entries()) yield heading(group, from + i + 1);
    open = task.groups;
    const mark = task.isCurrent ? ' [CURRENT]' : '';
    yield queuedTask(task, 5 + INDENT * task.groups.length) + mark;
  }
}

const heading = ({ group, queue, throttled, name }: RunqGroup, depth: number): string =>
  `${' '.repeat(2 + INDENT * depth)}TASK_GROUP: ${address16(group)}  CFS_RQ: ${address16(queue)} ` +
  (name === null ? '' : ` <${name}>`) +
  (throttled ? ' (THROTTLED)' : '');
