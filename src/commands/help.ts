// `help`: the commands, and each one's own help.

import { CommandError, defineCommand } from './kit/define.ts';
import { commandNames } from './kit/names.ts';

export interface HelpData {
  readonly commands: readonly string[];
}

export default defineCommand({
  name: 'help',
  summary: 'the commands; CMD -h explains one',
  options: {},
  examples: [['help', 'all commands']],

  run(_context, _options, operands): HelpData {
    if (operands.length > 0)
      throw new CommandError('usage', `help: takes no argument; \`${operands[0]} -h\` explains it`);
    return { commands: commandNames };
  },

  *render({ commands }) {
    yield commands.join('  ');
    yield '';
    yield '`CMD -h` explains a command, with an example.';
  },
});
