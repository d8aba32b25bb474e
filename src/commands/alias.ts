// `alias`: words of one's own for command lines.
import { builtinAliases } from './kit/aliases.ts';
import { CommandError, type Context, defineCommand } from './kit/define.ts';
import { commandNames } from './kit/names.ts';

export interface AliasData {
  /** The one that was asked for or made, or all. */
  readonly aliases: readonly AliasEntry[];
  /** The one that was deleted. */
  readonly deleted: string | null;
}

export interface AliasEntry {
  readonly origin: 'builtin' | 'runtime';
  readonly alias: string;
  readonly command: string;
}

export default defineCommand({
  name: 'alias',
  summary: 'words of one’s own for command lines',
  operands: '[ALIAS [COMMAND STRING]]',
  options: {},
  needsNoTypes: true,
  details: [
    'Without operands all are listed; with a word alone, that one. An empty command string (`""`) deletes it. A command string with `|` or `>` stands in quotation marks.',
  ],
  examples: [
    ['alias', 'all aliases'],
    ['alias blocked ps -m', 'from now on blocked is ps -m'],
  ],
  spell: (words) => ['--', ...words],

  run(context, _options, operands): AliasData {
    const [alias, ...words] = operands;
    if (alias === undefined) return { aliases: entries(context), deleted: null };
    if (words.length > 0) return change(context, alias, words.join(' ').trim());
    const aliases = entries(context).filter((entry) => entry.alias === alias);
    if (aliases.length === 0) throw new CommandError('not-found', `alias does not exist: ${alias}`);
    return { aliases, deleted: null };
  },

  *render({ aliases, deleted }) {
    if (deleted !== null) {
      yield `alias deleted: ${deleted}`;
      return;
    }
    yield 'ORIGIN   ALIAS    COMMAND';
    for (const { origin, alias, command } of aliases)
      yield `${origin}  ${alias.padEnd(8)} ${command} `;
  },
});

function entries({ session }: Context): AliasEntry[] {
  const builtin = Object.entries(builtinAliases)
    .filter(([alias]) => !session.aliases.has(alias))
    .map(([alias, words]) => ({ origin: 'builtin', alias, command: words.join(' ') }) as const);
  const made = [...session.aliases].map(
    ([alias, command]) => ({ origin: 'runtime', alias, command }) as const,
  );
  return [...builtin, ...made];
}

function change({ session }: Context, alias: string, command: string): AliasData {
  const names: readonly string[] = commandNames;
  if (names.includes(alias))
    throw new CommandError('usage', `alias: cannot alias existing command name: ${alias}`);
  if (command === '') {
    if (!session.aliases.delete(alias))
      throw new CommandError('not-found', `alias does not exist: ${alias}`);
    return { aliases: [], deleted: alias };
  }
  const [first = ''] = command.split(/\s+/);
  if (!names.includes(first) && !Object.hasOwn(builtinAliases, first))
    throw new CommandError(
      'usage',
      `alias: invalid alias attempt on non-existent command: ${first}`,
    );
  session.aliases.set(alias, command);
  return { aliases: [{ origin: 'runtime', alias, command }], deleted: null };
}
