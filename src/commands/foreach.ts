// `foreach`: a command for many tasks.

import type { Task } from '../kernel/task.ts';
import { hex } from '../print/hex.ts';
import { split } from './foreach/arguments.ts';
import { selected } from './foreach/selectors.ts';
import {
  type AnyCommand,
  CommandError,
  type Context,
  defineCommand,
  type OptionSpecs,
  type Options,
} from './kit/define.ts';
import { parseWords } from './kit/parse.ts';
import { taskId, taskLine } from './kit/task-line.ts';

/** What a command came to for one task. */
export interface ForeachAnswer {
  /** Address of the task_struct. */
  task: string;
  /** The command's own data; null where it failed: the warnings say why. */
  data: unknown;
}

/** Of `bt` its own data over all tasks, one array; of any other command one entry a task. */
export type ForeachData = unknown[];

/** The text of an answer, which only the commands that were run can lay out: kept beside its data. */
const texts = new WeakMap<ForeachData, readonly string[]>();

export default defineCommand({
  name: 'foreach',
  summary: 'a command for many tasks: bt, ps, set, task',
  operands:
    "[[PID | TASK | NAME | 'EXPR' | STATE | user | kernel | gleader | active]…] COMMAND [OPTION]…",
  options: {},
  details: [
    'Without a word that selects tasks, all of them. PIDs, addresses, names and expressions add up; a state (RU, IN, UN, …), user, kernel, gleader (first threads of programs) and active (executing on a CPU) narrow down what is there.',
    'A task for which the command fails does not stop the others.',
  ],
  examples: [
    ['foreach bt', 'every stack'],
    ['foreach UN bt', 'tasks in uninterruptible sleep: what they wait for'],
    ['foreach active ps', 'what the CPUs executed'],
  ],

  runs: (words) => split(words).name,

  run(context, _options, operands): ForeachData {
    const { selectors, name, words } = split(operands);
    if (name === undefined) {
      selected(context, selectors);
      throw new CommandError(
        'usage',
        'foreach: no keywords specified; end with bt, ps, set or task',
      );
    }
    const { runs: command } = context;
    if (!command) throw new CommandError('not-found', `foreach: command not found: ${name}`);
    const tasks = selected(context, selectors);
    const { values, positionals } = parseWords(command, words);
    const contrary = ['a', 'c', 'p', 'g', 'E', 'v'].find((o) => name === 'bt' && o in values);
    if (contrary)
      throw new CommandError('usage', `foreach: bt -${contrary} chooses its tasks itself`);
    if (positionals.length > 0)
      context.warn(
        `foreach: tasks are named before the command; ignored: ${positionals.join(' ')}`,
      );
    return new Run(context, command, values as Options<OptionSpecs>).all(tasks);
  },

  *render(data) {
    yield* texts.get(data) ?? [];
  },
});

/** One command, its options parsed once, over many tasks. */
class Run {
  readonly #context: Context;
  readonly #command: AnyCommand;
  readonly #options: Options<OptionSpecs>;
  readonly #data: ForeachData = [];
  readonly #lines: string[] = [];

  constructor(context: Context, command: AnyCommand, options: Options<OptionSpecs>) {
    this.#context = context;
    this.#command = command;
    this.#options = options;
  }

  all(tasks: readonly Task[]): ForeachData {
    for (const task of tasks) {
      try {
        this.#one(task);
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        this.#context.warn(`${taskLine(taskId(task))}: ${error.message}`);
        if (this.#command.name !== 'bt') this.#data.push({ task: hex(task.address), data: null });
      }
    }
    texts.set(this.#data, this.#lines);
    return this.#data;
  }

  /** The command sees the task as the current one; `ps`, which then lists all, as its argument. */
  #one(task: Task): void {
    const { name } = this.#command;
    const operands = name === 'ps' ? [hex(task.address)] : [];
    const session = { ...this.#context.session, task: task.address };
    const data = this.#command.run({ ...this.#context, session }, this.#options, operands);
    const lines = [...this.#command.render(data, this.#options, operands)];
    if (name === 'bt') this.#data.push(...data);
    else this.#data.push({ task: hex(task.address), data });
    this.#add(task, lines);
  }

  #add(task: Task, lines: readonly string[]): void {
    if (lines.length === 0) return;
    const head = taskLine(taskId(task));
    const isFirst = this.#lines.length === 0;
    if (this.#command.name === 'ps' && lines[0] !== head) {
      // One head for the whole table.
      this.#lines.push(...(isFirst || lines[0] !== this.#lines[0] ? lines : lines.slice(1)));
      return;
    }
    if (!isFirst && this.#lines.at(-1) !== '') this.#lines.push('');
    if (lines[0] !== head) this.#lines.push(head);
    for (const line of lines) this.#lines.push(line);
  }
}
