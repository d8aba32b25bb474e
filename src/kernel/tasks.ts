// Every task of the machine, by several routes.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { listEntries } from './lib/list.ts';
import { Task } from './task.ts';

export interface TaskList {
  /** The idle tasks first, by CPU; then the others by pid. */
  readonly tasks: readonly Task[];
  /** What could not be walked, and what filled in: sentences. */
  readonly warnings: readonly string[];
}

/** All tasks, once a dump. */
export const allTasks = (dump: Dump): TaskList => dump.memo(allTasks, () => findTasks(dump));

function findTasks(dump: Dump): TaskList {
  const init = dump.symbol('init_task');
  const link = dump.types.member('task_struct', 'tasks');
  const found = new Map<VirtualAddress, Task>();
  if (isFault(init) || !link) return { tasks: [], warnings: ['init_task is not known'] };
  const head = virtual(init + BigInt(link.offset));
  found.set(init, new Task(dump, init));
  for (const address of listEntries(dump, head, link.offset)) {
    found.set(address, new Task(dump, address));
  }
  return { tasks: [...found.values()], warnings: [] };
}
