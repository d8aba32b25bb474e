// Words that stand for the beginning of a command line: crash's built-in ones, and those that `alias` made.
import type { CommandName } from './names.ts';
import type { Session } from './session.ts';

/** crash's own: defs.h and alias.c of crash 9.0. `q` is a command there. */
export const builtinAliases: Readonly<Record<string, readonly [CommandName | '*', ...string[]]>> = {
  man: ['help'],
  '?': ['help'],
  quit: ['exit'],
  q: ['exit'],
  sf: ['set', 'scroll', 'off'],
  sn: ['set', 'scroll', 'on'],
  hex: ['set', 'radix', '16'],
  dec: ['set', 'radix', '10'],
  px: ['p', '-x'],
  pd: ['p', '-d'],
  for: ['foreach'],
  size: ['*'],
  dmesg: ['log'],
  lsmod: ['mod'],
  last: ['ps', '-l'],
};

/** A command line's words, its first no alias any more. */
export function expandAlias(words: readonly string[], session?: Session): readonly string[] {
  const [name = '', ...others] = words;
  const made = session?.aliases.get(name);
  if (made !== undefined) return [...made.split(/\s+/), ...others];
  return Object.hasOwn(builtinAliases, name) ? [...(builtinAliases[name] ?? []), ...others] : words;
}

export const aliasNames = ({ aliases }: Session): string[] => [
  ...Object.keys(builtinAliases),
  ...aliases.keys(),
];
