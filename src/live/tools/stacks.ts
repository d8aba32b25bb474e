// User stacks by the tool that is there and fits.
import { euStacks } from './eu-stack.ts';
import type { NoStacks, UserStacks } from './frames.ts';
import { gdbStacks, hasUninterruptible, type StackOptions } from './gdb.ts';
import { isInstalled } from './guard.ts';

export async function userStacks(
  pid: number,
  options: StackOptions,
): Promise<UserStacks | NoStacks> {
  if (!isInstalled('timeout'))
    return { why: 'without timeout(1), of coreutils, no debugger is let near a process' };
  const hasEuStack = isInstalled('eu-stack');
  if (isInstalled('gdb') && !(hasEuStack && hasUninterruptible(pid))) {
    const seen = await gdbStacks(pid, options);
    if (!('why' in seen) || !hasEuStack || hasUninterruptible(pid)) return seen;
    const other = await euStacks(pid, options);
    return 'why' in other ? seen : other;
  }
  if (hasEuStack) return euStacks(pid, options);
  return { why: 'neither gdb nor eu-stack (package elfutils) is installed' };
}
