// Which tasks `foreach` means.
import { runningTasks } from '../../kernel/cpus.ts';
import type { Task } from '../../kernel/task.ts';
import { CommandError, type Context } from '../kit/define.ts';
import { everyTask, tasksNamed } from '../kit/select.ts';

/** crash's words for states. */
const STATES = ['RU', 'IN', 'UN', 'ST', 'ZO', 'TR', 'SW', 'DE', 'WA', 'PA', 'ID', 'NE'];

type Filter = (task: Task) => boolean;

/** Words that are true of some tasks rather than names of some. */
const FILTERS: Readonly<Record<string, Filter>> = {
  user: (task) => task.isKernelThread === false,
  kernel: (task) => task.isKernelThread === true,
  gleader: (task) => task.isKernelThread === false && task.pid === task.tgid,
  active: (task) => runningTasks(task.dump).has(task.address),
};

/**
 * Tasks by PID, address, name or expression, else all; of these the ones that every other word is true
 * of. Several states: tasks in any of them.
 *
 * @throws CommandError `foreach: unknown argument: "X"`
 */
export function selected(context: Context, words: readonly string[]): readonly Task[] {
  const named = new Set<Task>();
  const filters: Filter[] = [];
  const states = new Set<string>();
  let isNamed = false;
  for (const word of words) {
    const filter = Object.hasOwn(FILTERS, word) ? FILTERS[word] : undefined;
    if (filter) filters.push(filter);
    else if (STATES.includes(word)) states.add(word);
    else {
      const tasks = tasksNamed(context, word);
      if (!tasks) throw new CommandError('not-found', `foreach: unknown argument: "${word}"`);
      isNamed = true;
      for (const task of tasks) named.add(task);
    }
  }
  if (states.size > 0) filters.push((task) => states.has(`${task.stateCode}`));
  const from = isNamed ? [...named] : everyTask(context);
  return from.filter((task) => filters.every((filter) => filter(task)));
}
