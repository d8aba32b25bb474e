// `set`: the current context, and crash's variables.
import { panicTask } from '../kernel/panic.ts';
import { CommandError, defineCommand } from './kit/define.ts';
import {
  activeOn,
  choose,
  chosen,
  contextNow,
  declareActive,
  renderActive,
  renderContext,
  type SetActive,
  type SetContext,
} from './set/context.ts';
import {
  allSettings,
  isSetting,
  renderSettings,
  type SetSettings,
  setting,
} from './set/settings.ts';

export type SetData = SetContext | SetActive | SetSettings;

export default defineCommand({
  name: 'set',
  summary: 'the current context, which commands are about when they name no task; and settings',
  operands: '[PID | TASK | NAME [VALUE]]',
  options: {
    p: { type: 'boolean', help: 'back to the task that panicked' },
    c: { type: 'string', value: 'CPU', help: 'to the task that this CPU was executing' },
    a: {
      type: 'string',
      value: 'PID|TASK',
      help: 'declare a task the active one of its CPU, for `ps -A` and `set -c`',
    },
    v: { type: 'boolean', help: 'all settings' },
  },
  details: [
    'Of the settings only `radix` (10 or 16; also `set hex`, `set dec`) changes what is printed; at a terminal `set scroll off` does without the pager. The others of crash keep what they are given, and change nothing.',
  ],
  examples: [
    ['set', 'the current context'],
    ['set 1', 'make init the current task'],
    ['set -c 0', 'what CPU 0 was executing'],
    ['set -p', 'back to the task that panicked'],
    ['set radix 16', 'numbers in hexadecimal from now on'],
  ],

  run(context, { p, c, a, v }, words): SetData {
    if (c !== undefined) return choose(context, activeOn(context, c));
    if (p) {
      const task = panicTask(context.dump);
      if (!task) throw new CommandError('not-found', 'set: no panic task found!');
      return choose(context, task);
    }
    if (v) return allSettings(context);
    if (a !== undefined) return declareActive(context, a);
    const [word] = words;
    if (word === undefined) return contextNow(context);
    return isSetting(word) ? setting(context, words) : choose(context, chosen(context, word));
  },

  *render(data) {
    if (data.show === 'context') yield* renderContext(data);
    else if (data.show === 'active') yield* renderActive(data);
    else yield* renderSettings(data);
  },
});
