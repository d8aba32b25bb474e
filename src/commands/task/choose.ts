// Which tasks and which members a `task` line asks for.
import type { Task } from '../../kernel/task.ts';
import { CommandError, type Context } from '../kit/define.ts';
import { contextTask, selectTasks } from '../kit/select.ts';
import { isMember, notMember } from './members.ts';

export interface Choice {
  readonly tasks: readonly Task[];
  /** Undefined: both structs, whole. */
  readonly references: readonly string[] | undefined;
}

/**
 * Operands are PIDs, task addresses, or (crash allows it without -R) members.
 *
 * @param lists the values of -R
 * @throws CommandError when an operand is neither and none names a task, or no reference is a member
 */
export function choose(
  context: Context,
  lists: readonly string[],
  operands: readonly string[],
): Choice {
  const tasks: Task[] = [];
  const bare: string[] = [];
  const errors: CommandError[] = [];
  for (const word of operands) {
    if (namesMember(context, word)) bare.push(word);
    else {
      const found = tasksOf(context, word);
      if (found instanceof CommandError) errors.push(found);
      else tasks.push(...found);
    }
  }
  const [first] = errors;
  if (first && tasks.length === 0) throw first;
  for (const error of errors) context.warn(error.message);
  return {
    tasks: tasks.length > 0 ? tasks : [contextTask(context, 'task')],
    references: referencesOf(context, [...lists, ...bare]),
  };
}

const namesMember = (context: Context, word: string): boolean =>
  word.split(',').some((name) => isMember(context.dump, name));

/** To crash anything that could be a number is one: a mistyped PID is not looked for as a member. */
function tasksOf(context: Context, word: string): Task[] | CommandError {
  if (!/^(?:0x)?[0-9a-f]+$/i.test(word))
    return new CommandError('not-found', `task: invalid task, pid, or task_struct member: ${word}`);
  try {
    return selectTasks(context, 'task', [word]);
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
}

function referencesOf(context: Context, lists: readonly string[]): readonly string[] | undefined {
  if (lists.length === 0) return undefined;
  const references = lists.flatMap((list) => list.split(',')).filter((name) => name !== '');
  if (references.some((reference) => isMember(context.dump, reference))) return references;
  throw new CommandError('not-found', notMember(references[0] ?? ''));
}
