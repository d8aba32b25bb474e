// Words as a command's options and operands.
import { parseArgs } from 'node:util';
import type { AnyCommand } from './define.ts';
import { misused } from './usage.ts';

/**
 * A command's words as its options and operands.
 *
 * @throws CommandError with its usage when it has no such option
 */
export function parseWords(command: AnyCommand, words: readonly string[]) {
  if (command.runs) return { values: {}, positionals: [...words] };
  const options: Record<string, { type: 'boolean' | 'string'; short: string; multiple: boolean }> =
    {};
  for (const [letter, spec] of Object.entries(command.options as AnyCommand['options']))
    options[letter] = {
      type: (spec as { type: 'boolean' | 'string' }).type,
      short: letter,
      multiple: (spec as { multiple?: boolean }).multiple ?? false,
    };
  const args = [...(command.spell?.(words) ?? words)];
  try {
    return parseArgs({
      args,
      options,
      allowPositionals: true,
      strict: true,
    });
  } catch {
    throw misused(command);
  }
}
