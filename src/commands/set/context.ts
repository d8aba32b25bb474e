// The context block: which task commands are about when they name none.
import { isFault } from '../../bytes/fault.ts';
import { currentTask, onlineCpus, runningTasks } from '../../kernel/cpus.ts';
import { panicTask } from '../../kernel/panic.ts';
import { stateWords, Task } from '../../kernel/task.ts';
import { hex } from '../../print/hex.ts';
import { CommandError, type Context } from '../kit/define.ts';
import { contextTask, everyTask, selectTasks } from '../kit/select.ts';
import { address16, orNull, type TaskId, taskId, text } from '../kit/task-line.ts';

export interface SetContext extends TaskId {
  show: 'context';
  /** Address of its thread_info: the task_struct's own, which begins with it. */
  threadInfo: string;
  /** How many tasks have this PID: the idle tasks share 0. */
  tasksWithPid: number;
  /** TASK_* and EXIT_* names, joined by `|`. */
  state: string | null;
  /** PANIC: it panicked; ACTIVE: a CPU was executing it. */
  role: 'PANIC' | 'ACTIVE' | null;
}

/** `set -a`: what was declared. */
export interface SetActive extends TaskId {
  show: 'active';
}

/** The current context as it stands. */
export function contextNow(context: Context): SetContext {
  const task = contextTask(context, 'set');
  const { pid, stateWords: words } = { pid: task.pid, stateWords: stateWords(task) };
  for (const value of [pid, words]) if (isFault(value)) context.warn(`set: ${value.explain()}`);
  return {
    show: 'context',
    ...taskId(task),
    threadInfo: hex(task.address),
    tasksWithPid: everyTask(context).filter((other) => other.pid === pid).length,
    state: orNull(words),
    role: roleOf(context, task),
  };
}

function roleOf({ dump, session }: Context, task: Task): SetContext['role'] {
  const cpu = runningTasks(dump).get(task.address) ?? orNull(task.cpu);
  const declared = cpu === null ? undefined : session.active.get(cpu);
  const active =
    declared === undefined ? runningTasks(dump).has(task.address) : declared === task.address;
  if (!active) return null;
  return panicTask(dump)?.address === task.address ? 'PANIC' : 'ACTIVE';
}

/** Makes a task the current one. */
export function choose(context: Context, task: Task): SetContext {
  context.session.task = task.address;
  return contextNow(context);
}

/**
 * The task that a PID or task address names; of those that share a PID the first.
 *
 * @throws CommandError when there is none
 */
export const chosen = (context: Context, word: string): Task =>
  selectTasks(context, 'set', [word])[0] as Task;

/** What a CPU was executing. @throws CommandError when there is no such CPU or it cannot be told */
export function activeOn(context: Context, word: string): Task {
  const { dump, session } = context;
  if (!/^[0-9]+$/.test(word))
    throw new CommandError('usage', `set: ${word}: "${word}" is not a digit 0 - 9`);
  const cpu = Number(word);
  const cpus = onlineCpus(dump);
  if (!cpus.includes(cpu))
    throw new CommandError(
      'not-found',
      `set: invalid cpu number: system has only ${cpus.length} cpus`,
    );
  const declared = session.active.get(cpu);
  const task = declared === undefined ? currentTask(dump, cpu) : new Task(dump, declared);
  if (isFault(task))
    throw new CommandError('unreadable', `set: cannot determine active task on cpu ${cpu}`);
  return task;
}

/** Declares a task the active one of its CPU. @throws CommandError when a PID is shared */
export function declareActive(context: Context, word: string): SetActive {
  const task = chosen(context, word);
  const { cpu, pid } = task;
  const sharing = everyTask(context).filter((other) => other.pid === pid).length;
  if (task.pid === Number(word) && sharing > 1)
    throw new CommandError('usage', `set: pid ${word} has ${sharing} tasks: use a task address`);
  if (isFault(cpu)) throw new CommandError('unreadable', `set: ${cpu.explain()}`);
  context.session.active.set(cpu, task.address);
  return { show: 'active', ...taskId(task) };
}

export function* renderContext(data: SetContext): Generator<string> {
  const count = data.tasksWithPid > 1 ? `(1 of ${data.tasksWithPid})  ` : '';
  yield `    PID: ${text(data.pid)}`;
  yield `COMMAND: "${text(data.comm)}"`;
  yield `   TASK: ${address16(data.task)}  ${count}[THREAD_INFO: ${address16(data.threadInfo)}]`;
  yield `    CPU: ${text(data.cpu)}`;
  yield `  STATE: ${text(data.state)} ${data.role === null ? '' : `(${data.role})`}`;
}

export function* renderActive({ comm, task, cpu }: SetActive): Generator<string> {
  yield `"${text(comm)}" task ${address16(task)} has been marked as the active task on cpu ${text(cpu)}`;
}
