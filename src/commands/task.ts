// `task`: a task's task_struct and thread_info, whole or by member.
import { CommandError, defineCommand } from './kit/define.ts';
import { type LaidOut, layoutOf, withLayout } from './kit/layout.ts';
import { type TaskId, taskId, taskLine } from './kit/task-line.ts';
import { choose } from './task/choose.ts';
import { type MemberValues, readMembers, readStructs } from './task/read.ts';

export interface TaskEntry extends TaskId {
  /** Of its task_struct: all members, or those asked for. */
  readonly members: MemberValues;
  /** Of its thread_info. */
  readonly threadInfo: MemberValues;
}

/** In the order asked for. */
export type TaskData = readonly TaskEntry[];

/** Of each task, its structs as C. */
type Layout = readonly string[];

export default defineCommand({
  name: 'task',
  summary: "a task's task_struct and thread_info",
  operands: '[PID | TASK | MEMBER[,MEMBER]…]…',
  options: {
    R: {
      type: 'string',
      multiple: true,
      value: 'MEMBER[,MEMBER]…',
      help: 'only these members; one inside another as se.load.weight, an element as pid_links[1]',
    },
    x: { type: 'boolean', help: 'integers in hexadecimal' },
    d: { type: 'boolean', help: 'integers in decimal' },
  },
  details: [
    'Without PID or TASK (the address of a task_struct): the current context. Members may also be given without -R.',
    'In --json an integer beyond 2^53 is a string of decimal digits, a pointer the string "0x…", an enumeration the name of its value.',
  ],
  examples: [
    ['task -R pid,policy,prio,rt_priority', 'how the current task is scheduled'],
    ['task -x -R flags', 'its flags, in hexadecimal'],
  ],

  run(context, options, operands): LaidOut<TaskData, Layout> {
    if (options.x && options.d)
      throw new CommandError('usage', 'task: -d and -x are mutually exclusive');
    const { tasks, references } = choose(context, options.R ?? [], operands);
    const radix = options.x ? 16 : options.d ? 10 : context.session.radix;
    const entries: TaskEntry[] = [];
    const texts: string[] = [];
    for (const task of tasks) {
      const { members, threadInfo, text } = references
        ? readMembers(context, task, references, radix)
        : readStructs(context, task, radix);
      entries.push({ ...taskId(task), members, threadInfo });
      texts.push(text);
    }
    return withLayout(entries, texts);
  },

  *render(tasks) {
    const texts = layoutOf(tasks);
    for (const [i, task] of tasks.entries()) {
      yield taskLine(task);
      yield texts[i] ?? '';
      yield '';
    }
  },
});
