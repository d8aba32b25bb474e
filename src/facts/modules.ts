// The loaded modules, and on whose stacks their functions stand.
import { virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { modules as loaded } from '../kernel/module.ts';
import { taintText } from '../kernel/taint.ts';
import { Task } from '../kernel/task.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, Holes, type Seen, seen } from './kit/define.ts';
import { stackFact } from './kit/stack.ts';
import { tasks } from './tasks.ts';

export interface ModuleFact {
  readonly name: string;
  /** Letters of what it tainted the kernel with: `OE`; empty: nothing; null: unreadable. */
  readonly taints: string | null;
  /** PIDs of the tasks on whose stacks a function of it stands. */
  readonly onStacksOf: readonly number[];
}

export interface Modules {
  readonly modules: readonly ModuleFact[];
  /** How many stacks were looked at, and how many of them were unwound to the end. */
  readonly stacks: number;
  readonly wholeStacks: number;
}

export const modules = defineFact<Modules>({
  id: 'modules',
  says: 'the loaded modules, and on whose stacks their functions stand',
  from: look,
});

function look(dump: Dump): Seen<Modules> {
  const holes = new Holes();
  const stacks = seen(dump, tasks).value.map((task) => ({
    pid: task.pid,
    ...stackFact(dump, new Task(dump, virtual(BigInt(task.address)))),
  }));
  const users = new Map<string, Set<number>>();
  for (const { pid, frames } of stacks)
    for (const { module } of frames) {
      if (module === null) continue;
      const pids = users.get(module) ?? new Set();
      users.set(module, pids.add(pid));
    }
  const walk = loaded(dump);
  const value: ModuleFact[] = [];
  for (const { name, taints } of walk) {
    if (isFault(name)) holes.add(`the name of a module cannot be read: ${name.explain()}`);
    else
      value.push({
        name,
        taints: isFault(taints) ? null : taintText(dump, taints),
        onStacksOf: [...(users.get(name) ?? [])],
      });
  }
  if (walk.end !== 'complete') holes.add('the list of modules is not whole');
  const wholeStacks = stacks.filter(({ isWhole }) => isWhole).length;
  return { value: { modules: value, stacks: stacks.length, wholeStacks }, holes: holes.list };
}
