// Which functions a kernel stack's room went to.
import type { Frame } from '../../stacks/stack.ts';
import { baseName, type FrameFact } from './frames.ts';

export interface StackUser {
  readonly function: string;
  readonly module: string | null;
  /** How many of its calls were under way, and the bytes of stack they had. */
  readonly frames: number;
  readonly bytes: number;
}

/** By function, the greatest first. @param frames of one stack, innermost first */
export function stackUsers(frames: readonly Frame[]): StackUser[] {
  const users = new Map<string, StackUser>();
  for (const [i, frame] of frames.entries()) {
    const next = frames[i + 1];
    if (frame.symbol === undefined || next?.stack !== frame.stack) continue;
    const name = baseName(frame.symbol);
    const key = `${name} ${frame.module ?? ''}`;
    const before = users.get(key);
    users.set(key, {
      function: name,
      module: frame.module ?? null,
      frames: (before?.frames ?? 0) + 1,
      bytes: (before?.bytes ?? 0) + Math.max(0, Number(next.sp - frame.sp)),
    });
  }
  return [...users.values()].sort((a, b) => b.bytes - a.bytes);
}

export const isUserOf = (
  { function: name, module }: StackUser,
  frame: Pick<FrameFact, 'function' | 'module'>,
): boolean => frame.function === name && frame.module === module;
