// `ps -p`, `ps -c`, `ps -g`: parents, children, threads.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { isFault } from '../../bytes/fault.ts';
import { Task } from '../../kernel/task.ts';
import type { Context } from '../kit/define.ts';
import { type TaskId, taskId, taskLine } from '../kit/task-line.ts';
import { leadersByPid } from './select.ts';
import { Unread } from './unread.ts';

export interface PsParents {
  show: 'parents';
  /** One a task asked for: its ancestors, the first idle task first, and itself last. */
  lineages: TaskId[][];
}

export interface PsChildren {
  show: 'children';
  parents: PsFamily[];
}

/** A parent with its children. */
interface PsFamily extends TaskId {
  children: TaskId[];
}

export interface PsThreads {
  show: 'threads';
  processes: PsProcess[];
}

/** A process's first thread with the others. */
interface PsProcess extends TaskId {
  threads: TaskId[];
}

/** Deeper lines of descent are damage: a PID takes one step at least. */
const MAX_ANCESTORS = 4096;

export function parents(context: Context, tasks: readonly Task[]): PsParents {
  const unread = new Unread(context);
  const lineages = tasks.map((task) => lineage(unread, task));
  unread.report();
  return { show: 'parents', lineages };
}

function lineage(unread: Unread, task: Task): TaskId[] {
  const line: TaskId[] = [];
  const seen = new Set<VirtualAddress>();
  for (let at: Task | undefined = task; at && seen.size < MAX_ANCESTORS; ) {
    seen.add(at.address);
    line.unshift(taskId(at));
    const parent: VirtualAddress | undefined = parentOf(unread, at);
    at = parent === undefined || seen.has(parent) ? undefined : new Task(at.dump, parent);
  }
  return line;
}

function parentOf(unread: Unread, task: Task): VirtualAddress | undefined {
  const parent = unread.value(task.pointer('parent'));
  return parent === null || parent === 0n ? undefined : virtual(parent);
}

export function children(
  context: Context,
  tasks: readonly Task[],
  all: readonly Task[],
): PsChildren {
  const unread = new Unread(context);
  const byParent = new Map<VirtualAddress, TaskId[]>();
  for (const task of all) {
    const parent = parentOf(unread, task);
    if (parent !== undefined) listIn(byParent, parent).push(taskId(task));
  }
  unread.report();
  const families = tasks.map((task) => ({
    ...taskId(task),
    children: byParent.get(task.address) ?? [],
  }));
  return { show: 'children', parents: families };
}

/**
 * Each process whose first thread is among the tasks; where they were asked for by name or number, of
 * every one of them. The idle tasks count as one process.
 */
export function threads(
  tasks: readonly Task[],
  all: readonly Task[],
  wereAskedFor: boolean,
): PsThreads {
  const leaders = leadersByPid(all);
  const byProcess = new Map<number, Task[]>();
  for (const task of all) if (!isFault(task.tgid)) listIn(byProcess, task.tgid).push(task);
  const processes: PsProcess[] = [];
  let idleShown = false;
  for (const task of tasks) {
    const { pid, tgid } = task;
    if (isFault(tgid) || (pid !== tgid && !wereAskedFor) || (tgid === 0 && idleShown)) continue;
    const leader = pid === tgid ? task : leaders.get(tgid);
    if (!leader) continue;
    idleShown ||= tgid === 0;
    const others = (byProcess.get(tgid) ?? []).filter((other) => other.address !== leader.address);
    processes.push({ ...taskId(leader), threads: others.map(taskId) });
  }
  return { show: 'threads', processes };
}

function listIn<K, V>(lists: Map<K, V[]>, key: K): V[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

export function* renderParents({ lineages }: PsParents): Generator<string> {
  for (const line of lineages) {
    for (const [depth, task] of line.entries()) yield ' '.repeat(depth) + taskLine(task);
    yield '';
  }
}

export function* renderChildren(data: PsChildren): Generator<string> {
  for (const parent of data.parents) {
    yield taskLine(parent);
    yield* indented(parent.children, '  (no children)');
    yield '';
  }
}

export function* renderThreads({ processes }: PsThreads): Generator<string> {
  for (const process of processes) {
    yield taskLine(process);
    yield* indented(process.threads, '  (no threads)');
    yield '';
  }
}

function* indented(tasks: readonly TaskId[], none: string): Generator<string> {
  for (const task of tasks) yield `  ${taskLine(task)}`;
  if (tasks.length === 0) yield none;
}
