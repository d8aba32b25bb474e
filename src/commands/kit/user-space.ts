// The current task's user memory.
import { isFault } from '../../bytes/fault.ts';
import { mmOf } from '../../kernel/mm.ts';
import type { AddressSpace } from '../../memory/space.ts';
import { CommandError, type Context } from './define.ts';
import { contextTask } from './select.ts';

/** @throws CommandError when it has none, or it cannot be found */
export function userSpace(context: Context, command: string): AddressSpace {
  const mm = mmOf(contextTask(context, command));
  const space = mm === undefined || isFault(mm) ? mm : mm.space;
  if (space === undefined)
    throw new CommandError('unsupported', `${command}: the current task has no user memory`);
  if (isFault(space)) throw new CommandError('unreadable', `${command}: ${space.explain()}`);
  return space;
}
