// `exit`: leaves the shell, and ends a file of commands.
import { defineCommand } from './kit/define.ts';

/** There is nothing to say. */
export type ExitData = null;

export default defineCommand({
  name: 'exit',
  summary: 'leaves the shell; in a file of commands, what stands below is not run',
  options: {},
  needsNoTypes: true,
  details: ['So do q, quit, and ^D at the prompt.'],
  examples: [['exit', 'the end']],

  run({ session }): ExitData {
    session.isOver = true;
    return null;
  },

  *render() {},
});
