// The commands, each loaded when it is first used.
import type { AnyCommand } from './kit/define.ts';

const loaders: Readonly<Record<string, () => Promise<{ default: AnyCommand }>>> = {};

export const commandNames: readonly string[] = Object.keys(loaders);

/** crash's built-in aliases: defs.h and alias.c of crash 9.0. */
const aliases: Readonly<Record<string, string>> = {
  dmesg: 'log',
  lsmod: 'mod',
  man: 'help',
  '?': 'help',
};

/** A command by name or alias; undefined when there is none. */
export async function findCommand(name: string): Promise<AnyCommand | undefined> {
  const load = loaders[aliases[name] ?? name];
  return load && (await load()).default;
}
