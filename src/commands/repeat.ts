// `repeat`: a command again and again, until ^C. The shell does it; elsewhere there is nobody to stop it.
import { CommandError, defineCommand } from './kit/define.ts';

/** It never ends by itself. */
export type RepeatData = null;

export default defineCommand({
  name: 'repeat',
  summary: 'a command again and again, until ^C',
  operands: '[-SECONDS] CMD …',
  options: {},
  needsNoTypes: true,
  details: [
    'Only at the prompt. SECONDS lie between two runs; without them the next follows at once. ^C ends it, and so does leaving the pager.',
  ],
  examples: [],
  spell: (words) => ['--', ...words],

  run(): RepeatData {
    throw new CommandError('unsupported', 'repeat: only at the prompt, where ^C ends it');
  },

  *render() {},
});
