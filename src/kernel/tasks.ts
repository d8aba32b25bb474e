// Every task of the machine, by several routes.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Walk } from '../bytes/walk.ts';
import type { Dump } from '../types/dump.ts';
import { currentTask, possibleCpus, presentCpus } from './cpus.ts';
import { listEntries } from './lib/list.ts';
import { pidTasks } from './pid.ts';
import { runQueue } from './run-queue.ts';
import { threadsOf } from './signal.ts';
import { Task } from './task.ts';

/** The tasks that were found, and how much of them that is. */
export interface TaskList {
  /** The idle tasks first, by CPU; then the others by pid. */
  readonly tasks: readonly Task[];
  /** What could not be walked, and what filled in: sentences. */
  readonly warnings: readonly string[];
}

/**
 * All tasks, once a dump.
 *
 * @param met told of each but the idle ones while its memory is at hand, if the tasks are not known yet: whoever comes
 * back to thousands of them later decompresses their pages anew
 */
export const allTasks = (dump: Dump, met?: (task: Task) => void): TaskList =>
  dump.memo(allTasks, () => new TaskSearch(dump, met).run());

/** Collects tasks from one route after the other; the later ones only when the first ones have holes. */
class TaskSearch {
  readonly #dump: Dump;
  readonly #met: ((task: Task) => void) | undefined;
  readonly #found = new Map<VirtualAddress, Task>();
  readonly #idle = new Map<VirtualAddress, Task>();
  readonly #warnings: string[] = [];

  constructor(dump: Dump, met: ((task: Task) => void) | undefined) {
    this.#dump = dump;
    this.#met = met;
  }

  run(): TaskList {
    this.#addIdle();
    const list = this.#taskList();
    const threads = this.#threads([...this.#found.values()]);
    const counted = this.#nrThreads();
    // While one walks a running machine's lists, the count goes on.
    const complete =
      counted === undefined || counted === this.#found.size || this.#dump.source.isLive === true;
    if (list.whole && threads.whole && complete) return this.#result();
    const before = this.#found.size;
    const filled = this.#otherRoutes();
    this.#report(list, threads, before, filled, counted);
    return this.#result();
  }

  /** A task found: true when it is new. The idle tasks are on no list but may be met on run queues. */
  #add(task: Task): boolean {
    if (this.#idle.has(task.address) || this.#found.has(task.address)) return false;
    task.readIdentity();
    this.#met?.(task);
    this.#found.set(task.address, task);
    return true;
  }

  /** `init_task` is CPU 0's; those of the other CPUs are only in their run queues. */
  #addIdle(): void {
    const add = (task: Task) => this.#idle.set(task.address, task);
    const init = this.#dump.symbol('init_task');
    if (!isFault(init)) add(new Task(this.#dump, init));
    else this.#warnings.push(`the first idle task is unknown: ${init.explain()}`);
    for (const cpu of presentCpus(this.#dump)) {
      const rq = runQueue(this.#dump, cpu);
      const idle = isFault(rq) ? rq : rq.idle;
      if (isFault(idle)) this.#warnings.push(`no idle task of CPU ${cpu}: ${idle.explain()}`);
      else add(idle);
    }
  }

  /** `init_task.tasks`: one task a process; backwards too when forwards breaks off. */
  #taskList(): Route {
    const init = this.#dump.symbol('init_task');
    const link = this.#dump.types.member('task_struct', 'tasks');
    if (isFault(init) || !link) return { whole: false, why: 'init_task is not known' };
    const head = virtual(init + BigInt(link.offset));
    const forwards = listEntries(this.#dump, head, link.offset);
    this.#addAll(forwards);
    if (forwards.end === 'complete') return WHOLE;
    this.#addAll(listEntries(this.#dump, head, link.offset, { backwards: true }));
    return { whole: false, why: endText(forwards.end) };
  }

  #addAll(walk: Walk<VirtualAddress>): void {
    for (const address of walk) this.#add(new Task(this.#dump, address));
  }

  /** The other threads of processes; returns those that are new with it. */
  #threads(leaders: readonly Task[]): Route & { readonly added: readonly Task[] } {
    const added: Task[] = [];
    let why = '';
    for (const leader of leaders) {
      const walk = threadsOf(leader);
      for (const task of walk) if (this.#add(task)) added.push(task);
      if (walk.end !== 'complete') why ||= endText(walk.end);
    }
    return { whole: why === '', why, added };
  }

  /** What the kernel counts: every thread but the idle ones. */
  #nrThreads(): number | undefined {
    const at = this.#dump.symbol('nr_threads');
    const count = isFault(at) ? at : this.#dump.memory.i32(at);
    return isFault(count) ? undefined : count;
  }

  /** The routes that need neither list, each until nothing new follows from it. */
  #otherRoutes(): string[] {
    const routes: [string, () => Iterable<Task>][] = [
      ['children of tasks', () => this.#children()],
      ['the PID table', () => pidTasks(this.#dump)],
      ['run queues', () => this.#runQueues()],
    ];
    const filled: string[] = [];
    for (const [name, route] of routes) {
      let count = 0;
      for (const task of [...route()]) {
        if (!isPlausible(task) || !this.#add(task)) continue;
        count += 1 + this.#threads([task]).added.length;
      }
      if (count > 0) filled.push(`${count} from ${name}`);
    }
    return filled;
  }

  /** `children` / `sibling` of everything known, downwards: threads have children of their own. */
  *#children(): Generator<Task> {
    const head = this.#dump.types.member('task_struct', 'children');
    const link = this.#dump.types.member('task_struct', 'sibling');
    if (!head || !link) return;
    const seen = new Set<VirtualAddress>();
    const toAsk = [...this.#idle.values(), ...this.#found.values()];
    for (let parent = toAsk.pop(); parent; parent = toAsk.pop()) {
      if (seen.has(parent.address)) continue;
      seen.add(parent.address);
      const at = virtual(parent.address + BigInt(head.offset));
      for (const backwards of [false, true]) {
        const walk = listEntries(this.#dump, at, link.offset, { backwards });
        for (const address of walk) {
          const child = new Task(this.#dump, address);
          if (!seen.has(address) && !this.#found.has(address)) {
            toAsk.push(child);
            yield child;
          }
        }
        if (walk.end === 'complete') break;
      }
    }
  }

  *#runQueues(): Generator<Task> {
    const link = this.#dump.types.member('task_struct', 'se.group_node');
    for (const cpu of possibleCpus(this.#dump)) {
      const current = currentTask(this.#dump, cpu);
      if (!isFault(current)) yield current;
      const rq = runQueue(this.#dump, cpu);
      if (isFault(rq)) continue;
      for (const task of [rq.curr, rq.donor, rq.stopper]) if (!isFault(task)) yield task;
      for (const { task } of rq.queued()) yield task;
      const fair = rq.addressOf('cfsTasks');
      if (isFault(fair) || !link) continue;
      for (const address of listEntries(this.#dump, fair, link.offset))
        yield new Task(this.#dump, address);
    }
  }

  #report(
    list: Route,
    threads: Route,
    before: number,
    filled: readonly string[],
    counted: number | undefined,
  ): void {
    if (!list.whole) this.#warnings.push(`the task list breaks off: ${list.why}`);
    if (!threads.whole)
      this.#warnings.push(`the threads of a process could not be listed: ${threads.why}`);
    if (filled.length > 0)
      this.#warnings.push(`beside ${before} tasks of the lists, found ${filled.join(', ')}`);
    if (counted !== undefined && counted !== this.#found.size)
      this.#warnings.push(
        `${this.#found.size} tasks were found, the kernel counts ${counted} (nr_threads)`,
      );
  }

  #result(): TaskList {
    const byPid = [...this.#found.values()].map((task) => ({ task, pid: sortKey(task) }));
    byPid.sort((a, b) => a.pid - b.pid);
    const tasks = [...this.#idle.values(), ...byPid.map(({ task }) => task)];
    return { tasks, warnings: this.#warnings };
  }
}

interface Route {
  readonly whole: boolean;
  readonly why: string;
}

const WHOLE: Route = { whole: true, why: '' };

/** PID_MAX_LIMIT: include/linux/threads.h */
const MAX_PID = 4 << 20;

/** Whether what a lossy route calls a task can be one: what is unreadable is not held against it. */
function isPlausible(task: Task): boolean {
  const { pid } = task;
  return isFault(pid) || (pid > 0 && pid <= MAX_PID);
}

/** Tasks whose PID is lost come last. */
function sortKey(task: Task): number {
  const { pid } = task;
  return isFault(pid) ? Number.MAX_SAFE_INTEGER : pid;
}

const endText = (end: Walk<unknown>['end']): string =>
  isFault(end) ? end.explain() : end === 'looped' ? 'it runs in a circle' : `${end}`;
