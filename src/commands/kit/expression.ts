// C expressions in commands: their names are the kernel's variables, their errors the command's.
import { isCpu } from '../../kernel/cpus.ts';
import { globalType } from '../../kernel/globals.ts';
import type { Memory } from '../../memory/memory.ts';
import { ExpressionError, Scope } from '../../types/expression.ts';
import { CommandError, type Context } from './define.ts';

/** What an expression's names mean here. @param memory where values are read, if not in the kernel's */
export function scopeOf({ dump, session }: Context, memory: Memory = dump.memory): Scope {
  const knowledge = {
    typeOfVariable(name: string): string | undefined {
      const known = globalType(name);
      return known && `${known.type}${known.isPointer ? ' *' : ''}`;
    },
    isCpu: (cpu: bigint) => cpu >= 0n && cpu < 1n << 31n && isCpu(dump, Number(cpu)),
  };
  return new Scope(dump, knowledge, session.values, memory);
}

/**
 * What `work` returns.
 *
 * @throws CommandError where it throws an ExpressionError
 */
export function answering<T>(command: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const code = { syntax: 'usage', name: 'not-found', value: 'unreadable' } as const;
    throw new CommandError(code[error.code], `${command}: ${error.message}`);
  }
}
