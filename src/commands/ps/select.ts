// Which tasks `ps` is asked about.
import type { VirtualAddress } from '../../bytes/address.ts';
import { POLICIES } from '../../kernel/sched.ts';
import type { Task } from '../../kernel/task.ts';
import { CommandError, type Context } from '../kit/define.ts';
import { inOrder, invalidTask, tasksNamed } from '../kit/select.ts';

export interface Question {
  /** PIDs, task addresses, names, 'expressions'; none: every task. */
  readonly words: readonly string[];
  readonly onlyKernel: boolean;
  readonly onlyUser: boolean;
  readonly withoutIdle: boolean;
  readonly onlyLeaders: boolean;
  /** Names and expressions mean processes, not threads. */
  readonly byProcess: boolean;
  /** As `-y` was given. */
  readonly policies: string | undefined;
}

/**
 * The tasks asked about, in the order of all. One that several words name comes as often.
 *
 * @param tasks all of them
 *
 * @throws CommandError when words are numbers and no task has any of them
 */
export function selected(context: Context, tasks: readonly Task[], question: Question): Task[] {
  const wanted = policyNumbers(question.policies);
  const named = question.words.length === 0 ? [...tasks] : byWords(context, question);
  const kept = named.filter((task) => {
    if (question.onlyKernel && task.isKernelThread !== true) return false;
    if (question.onlyUser && task.isKernelThread !== false) return false;
    if (question.withoutIdle && task.isIdle === true) return false;
    return !wanted || wanted.has(task.number('policy') as number);
  });
  return question.onlyLeaders ? leadersOf(kept, tasks, question.words.length > 0) : kept;
}

function byWords(context: Context, question: Question): Task[] {
  const named: Task[] = [];
  let missing: CommandError | undefined;
  for (const word of question.words) {
    const isNumber = /^(?:0x)?[0-9a-f]+$/i.test(word);
    const found = tasksNamed(context, word);
    if (!found && isNumber) missing ??= invalidTask('ps', word);
    if (!found) context.warn(isNumber ? invalidTask('ps', word).message : `ps: no task: ${word}`);
    for (const task of found ?? [])
      if (isNumber || !question.byProcess || task.pid === task.tgid) named.push(task);
  }
  if (named.length === 0 && missing) throw missing;
  return inOrder(context.dump, named);
}

/** Each process once, by its first thread; a thread that was asked for stands for it. */
function leadersOf(kept: readonly Task[], all: readonly Task[], asked: boolean): Task[] {
  const leaders = new Map<VirtualAddress, Task>();
  const byPid = asked ? leadersByPid(all) : undefined;
  for (const task of kept) {
    const { pid, tgid } = task;
    const leader = pid === tgid ? task : byPid?.get(tgid as number);
    if (leader) leaders.set(leader.address, leader);
  }
  return [...leaders.values()];
}

/** The first threads of all processes; of the idle tasks CPU 0's. */
export function leadersByPid(tasks: readonly Task[]): ReadonlyMap<number, Task> {
  const leaders = new Map<number, Task>();
  for (const task of tasks) {
    const { pid } = task;
    if (typeof pid === 'number' && pid === task.tgid && !leaders.has(pid)) leaders.set(pid, task);
  }
  return leaders;
}

const POLICY_NAMES: readonly string[] = POLICIES;

/**
 * Scheduling policies by number or name, divided by commas.
 *
 * @throws CommandError naming the first that is none
 */
function policyNumbers(text: string | undefined): ReadonlySet<number> | undefined {
  if (text === undefined) return undefined;
  const numbers = text.split(',').map((word) => {
    const named = POLICY_NAMES.indexOf(word.toUpperCase());
    const number = /^[0-9]+$/.test(word) ? Number(word) : named;
    if (number < 0 || number >= POLICIES.length)
      throw new CommandError('usage', `ps: ${word}: invalid scheduling policy`);
    return number;
  });
  return new Set(numbers);
}

/** What `-C` names: `1,3,5-7`, `a` or `all`. @throws CommandError in crash's words */
export function cpusNamed(text: string, known: readonly number[]): number[] {
  if (text === 'a' || text === 'all') return [...known];
  const cpus = new Set<number>();
  for (const part of text.split(',')) {
    const [first = '', last = first, more] = part.split('-');
    for (const word of [first, last])
      if (!/^[0-9]+$/.test(word))
        throw new CommandError('usage', `ps: ${word}: "${word}" is not a digit 0 - 9`);
    const range = known.filter((cpu) => cpu >= Number(first) && cpu <= Number(last));
    if (
      more !== undefined ||
      range.length === 0 ||
      range.length !== Number(last) - Number(first) + 1
    )
      throw new CommandError('not-found', `ps: invalid cpu specification: ${text}`);
    for (const cpu of range) cpus.add(cpu);
  }
  return [...cpus].sort((a, b) => a - b);
}
