// `help`: the commands, and each one's own help.

import { CommandError, defineCommand } from './kit/define.ts';
import { commandNames } from './kit/names.ts';
import { misused, usage } from './kit/usage.ts';

export interface HelpData {
  /** Without an operand: every command, by name. */
  readonly commands: readonly string[];
  /** With one: what `CMD -h` prints; else null. */
  readonly usage: string | null;
}

const COLUMNS = 5;
const WIDTH = 15;

const help = defineCommand({
  name: 'help',
  summary: 'the commands, or one command’s own help',
  needsNoTypes: true,
  operands: '[CMD]',
  options: {},
  examples: [
    ['help', 'all commands'],
    ['help log', 'what log does, and its options'],
  ],
  runs: (words) => words[0],

  run(context, _options, operands): HelpData {
    const [name, ...more] = operands;
    if (more.length > 0) throw misused(help);
    if (name === undefined) return { commands: [...commandNames].sort(), usage: null };
    if (!context.runs)
      throw new CommandError('not-found', `No help data for "${name}" is available.`);
    return { commands: [], usage: usage(context.runs) };
  },

  *render({ commands, usage }) {
    if (usage !== null) {
      yield usage.trimEnd();
      return;
    }
    yield '';
    yield* columns(commands);
    yield '';
    yield 'For help on any command above, enter "help <command>" or "<command> -h".';
    yield '';
  },
});

export default help;

/** Down the first column, then the next. */
function* columns(names: readonly string[]): Generator<string> {
  const rows = Math.ceil(names.length / COLUMNS);
  for (let row = 0; row < rows; row++) {
    const line = names.filter((_, i) => i % rows === row).map((name) => name.padEnd(WIDTH));
    yield line.join('').trimEnd();
  }
}
