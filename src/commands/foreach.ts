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
    const data: ForeachData = [];
    const lines: string[] = [];
    for (const answer of answers(context, operands)) {
      for (const one of answer.data) data.push(one);
      for (const line of answer.lines) lines.push(line);
    }
    texts.set(data, lines);
    return data;
  },

  *lines(context, _options, operands) {
    for (const { lines } of answers(context, operands)) yield* lines;
  },

  *render(data) {
    yield* texts.get(data) ?? [];
  },
});

/** What a command came to for one task. */
interface TaskAnswer {
  readonly data: readonly unknown[];
  readonly lines: readonly string[];
}

/** @throws CommandError before the first, when the question is wrong */
function answers(context: Context, operands: readonly string[]): Iterable<TaskAnswer> {
  const { selectors, name, words } = split(operands);
  if (name === undefined) {
    selected(context, selectors);
    throw new CommandError('usage', 'foreach: no keywords specified; end with bt, ps, set or task');
  }
  const { runs: command } = context;
  if (!command) throw new CommandError('not-found', `foreach: command not found: ${name}`);
  const tasks = selected(context, selectors);
  const { values, positionals } = parseWords(command, words);
  const contrary = ['a', 'c', 'p', 'g', 'E', 'v'].find((o) => name === 'bt' && o in values);
  if (contrary)
    throw new CommandError('usage', `foreach: bt -${contrary} chooses its tasks itself`);
  if (positionals.length > 0)
    context.warn(`foreach: tasks are named before the command; ignored: ${positionals.join(' ')}`);
  return new Run(context, command, values as Options<OptionSpecs>).all(tasks);
}

/** One command, its options parsed once, over many tasks. */
class Run {
  readonly #context: Context;
  readonly #command: AnyCommand;
  readonly #options: Options<OptionSpecs>;
  /** The first and the last line so far. */
  #first: string | undefined;
  #last: string | undefined;

  constructor(context: Context, command: AnyCommand, options: Options<OptionSpecs>) {
    this.#context = context;
    this.#command = command;
    this.#options = options;
  }

  *all(tasks: readonly Task[]): Generator<TaskAnswer> {
    for (const task of tasks) {
      try {
        yield this.#one(task);
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        this.#context.warn(`${taskLine(taskId(task))}: ${error.message}`);
        if (this.#command.name !== 'bt')
          yield { data: [{ task: hex(task.address), data: null }], lines: [] };
      }
    }
  }

  /** The command sees the task as the current one; `ps`, which then lists all, as its argument. */
  #one(task: Task): TaskAnswer {
    const { name } = this.#command;
    const operands = name === 'ps' ? [hex(task.address)] : [];
    const session = { ...this.#context.session, task: task.address };
    const data = this.#command.run({ ...this.#context, session }, this.#options, operands);
    const lines = this.#under(task, [...this.#command.render(data, this.#options, operands)]);
    this.#first ??= lines[0];
    this.#last = lines.at(-1) ?? this.#last;
    return { data: name === 'bt' ? data : [{ task: hex(task.address), data }], lines };
  }

  /** A task's lines below its head, which those of most commands have of their own. */
  #under(task: Task, lines: readonly string[]): readonly string[] {
    if (lines.length === 0) return lines;
    const head = taskLine(taskId(task));
    // One head for the whole table.
    if (this.#command.name === 'ps' && lines[0] !== head)
      return lines[0] === this.#first ? lines.slice(1) : lines;
    const above = this.#last === undefined || this.#last === '' ? [] : [''];
    if (lines[0] !== head) above.push(head);
    return [...above, ...lines];
  }
}
