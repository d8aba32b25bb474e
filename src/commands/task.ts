// `task`: a task's task_struct and thread_info, whole or by member.
import { CommandError, defineCommand } from './kit/define.ts';
import { type TaskId, taskId, taskLine } from './kit/task-line.ts';
import { choose } from './task/choose.ts';
import { readMembers, readStructs, type TaskParts } from './task/read.ts';

export interface TaskEntry extends TaskId, TaskParts {}

/** In the order asked for. */
export type TaskData = readonly TaskEntry[];

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

  run(context, options, operands): TaskData {
    if (options.x && options.d)
      throw new CommandError('usage', 'task: -d and -x are mutually exclusive');
    const { tasks, references } = choose(context, options.R ?? [], operands);
    const radix = options.x ? 16 : options.d ? 10 : context.session.radix;
    return tasks.map((task) => ({
      ...taskId(task),
      ...(references
        ? readMembers(context, task, references, radix)
        : readStructs(context, task, radix)),
    }));
  },

  *render(tasks) {
    for (const task of tasks) {
      yield taskLine(task);
      yield task.text;
      yield '';
    }
  },
});
