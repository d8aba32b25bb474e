// Tasks as crash's arguments name them: PID, task address, command name, 'regular expression'.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { utf8 } from '../../bytes/cursor.ts';
import { isFault } from '../../bytes/fault.ts';
import { defaultTask } from '../../kernel/panic.ts';
import { Task } from '../../kernel/task.ts';
import { allTasks } from '../../kernel/tasks.ts';
import type { Dump } from '../../types/dump.ts';
import { CommandError, type Context } from './define.ts';

/** The tasks of a dump; what of them could not be walked becomes warnings. */
export function everyTask(context: Context): readonly Task[] {
  const { tasks, warnings } = allTasks(context.dump);
  for (const warning of warnings) context.warn(warning);
  return tasks;
}

/**
 * The current context: what `set` chose, else the panic task.
 *
 * @throws CommandError when the dump does not tell
 */
export function contextTask(context: Context, command: string): Task {
  const { dump, session } = context;
  if (session.task !== undefined) return new Task(dump, session.task);
  const task = defaultTask(dump);
  if (!task) throw new CommandError('unreadable', `${command}: no panic task found!`);
  return task;
}

/**
 * The tasks that PIDs and task addresses name, in the order given; without any, the current context's.
 *
 * @param command whose error text it becomes
 * @throws CommandError `COMMAND: invalid task or pid value: X`
 */
export function selectTasks(context: Context, command: string, words: readonly string[]): Task[] {
  if (words.length === 0) return [contextTask(context, command)];
  return words.flatMap((word) => {
    const tasks = numberedTasks(context, word);
    if (tasks.length === 0) throw invalidTask(command, word);
    return tasks;
  });
}

/**
 * As selectTasks, where command names (`loop.sh`, `\123` for one of digits) and POSIX expressions in
 * single quotes (`'loop.*'`) select too: `ps`, `foreach`.
 *
 * @returns undefined when the word names no task
 */
export function tasksNamed(context: Context, word: string): readonly Task[] | undefined {
  const expression = /^'(.*)'$/s.exec(word)?.[1];
  const tasks =
    expression !== undefined
      ? matching(context, expression)
      : word.startsWith('\\')
        ? called(context, word.slice(1))
        : numberedOrCalled(context, word);
  return tasks.length > 0 ? tasks : undefined;
}

export const invalidTask = (command: string, word: string): CommandError =>
  new CommandError('not-found', `${command}: invalid task or pid value: ${word}`);

function numberedOrCalled(context: Context, word: string): readonly Task[] {
  const numbered = numberedTasks(context, word);
  return numbered.length > 0 ? numbered : called(context, word);
}

/** A decimal number that is a known PID (0: every idle task), else a hexadecimal task address. */
function numberedTasks(context: Context, word: string): Task[] {
  everyTask(context);
  const { byPid, byAddress } = taskIndex(context.dump);
  const found = /^[0-9]{1,10}$/.test(word) ? byPid.get(Number(word)) : undefined;
  if (found) return [...found];
  const digits = /^(?:0x)?([0-9a-f]{1,16})$/i.exec(word)?.[1];
  const at = digits === undefined ? undefined : byAddress.get(virtual(BigInt(`0x${digits}`)));
  return at ? [at.task] : [];
}

interface TaskIndex {
  readonly byPid: ReadonlyMap<number, readonly Task[]>;
  readonly byAddress: ReadonlyMap<VirtualAddress, { readonly task: Task; readonly place: number }>;
}

/** Tasks by number, once a dump: `foreach` asks for each of thousands. */
const taskIndex = (dump: Dump): TaskIndex =>
  dump.memo(taskIndex, () => {
    const { tasks } = allTasks(dump);
    const byPid = new Map<number, Task[]>();
    for (const task of tasks) {
      const { pid } = task;
      if (isFault(pid)) continue;
      const same = byPid.get(pid);
      if (same) same.push(task);
      else byPid.set(pid, [task]);
    }
    return {
      byPid,
      byAddress: new Map(tasks.map((task, place) => [task.address, { task, place }])),
    };
  });

/** Tasks in the order of all tasks; those that are there twice stay so. */
export function inOrder(dump: Dump, tasks: readonly Task[]): Task[] {
  const { byAddress } = taskIndex(dump);
  const place = (task: Task) => byAddress.get(task.address)?.place ?? byAddress.size;
  return [...tasks].sort((a, b) => place(a) - place(b));
}

/** The kernel keeps 15 bytes of a name: a longer word means the task whose name was cut. */
const called = (context: Context, name: string): Task[] =>
  everyTask(context).filter((task) => task.comm === utf8(Buffer.from(name).subarray(0, 15)));

function matching(context: Context, expression: string): Task[] {
  const regex = posixRegex(expression);
  return everyTask(context).filter((task) => !isFault(task.comm) && regex.test(task.comm));
}

/**
 * A POSIX extended expression as JavaScript's: only bracket classes are written differently.
 *
 * @throws CommandError when it is none
 */
function posixRegex(expression: string): RegExp {
  const classes: Record<string, string> = {
    alpha: 'A-Za-z',
    digit: '0-9',
    alnum: 'A-Za-z0-9',
    upper: 'A-Z',
    lower: 'a-z',
    space: '\\s',
    punct: '!-\\/:-@\\[-`{-~',
    xdigit: '0-9A-Fa-f',
    blank: ' \\t',
    cntrl: '\\x00-\\x1f\\x7f',
    print: '\\x20-\\x7e',
    graph: '\\x21-\\x7e',
  };
  const translated = expression.replace(/\[:([a-z]+):\]/g, (all, name) => classes[name] ?? all);
  try {
    return new RegExp(translated);
  } catch {
    throw new CommandError('usage', `invalid regular expression: ${expression}`);
  }
}
