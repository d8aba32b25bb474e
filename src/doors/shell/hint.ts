// What to do next where crash's words for an error, which scripts know, do not say it. Only a person is told.
import { builtinAliases } from '../../commands/kit/aliases.ts';
import { commandNames } from '../../commands/kit/names.ts';
import { similar } from '../cli/similar.ts';

/** @param aliases the person's own */
export function hint(error: string, aliases: Iterable<string>): string | undefined {
  const word = /^crash: command not found: (\S+)/.exec(error)?.[1];
  if (word === undefined) return undefined;
  const meant = similar(word, [...commandNames, ...Object.keys(builtinAliases), ...aliases]);
  return meant ? `did you mean ${meant}?` : '`help` lists the commands';
}
