// What speaks for a stack that overflowed: `bt -v`.
import { isFault } from '../../bytes/fault.ts';
import { taskStack } from '../../kernel/cpu-stacks.ts';
import type { Task } from '../../kernel/task.ts';
import { identity, NO_FRAMES } from './collect.ts';
import type { BtTask } from './data.ts';

/** Written to the last word of every stack: include/uapi/linux/magic.h, STACK_END_MAGIC (5.10 to 7.2). */
const STACK_END_MAGIC = 0x57ac6e9dn;

/** undefined: nothing does, or the stack's end cannot be read. */
export function overflowed(task: Task): BtTask | undefined {
  const stack = taskStack(task);
  if (!stack || isFault(stack)) return undefined;
  const word = task.dump.memory.u64(stack.low);
  if (isFault(word) || word === STACK_END_MAGIC) return undefined;
  const text = `${word.toString(16)} != STACK_END_MAGIC`;
  return { ...identity(task), ...NO_FRAMES, overflow: [text] };
}
