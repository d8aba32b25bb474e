// `sys`: the machine, its kernel and how it stopped, on one page.
import { CommandError, defineCommand } from './kit/define.ts';
import { misused } from './kit/usage.ts';
import { kernelConfig } from './sys/config.ts';
import { type SystemSummary, summaryLines, systemSummary } from './sys/summary.ts';
import { type TaintSummary, taintLine, taintSummary } from './sys/taint.ts';

/** Plain: the summary; `-t`: the taints; `config`: the text of the kernel's configuration. */
export type SysData = SystemSummary | TaintSummary | ConfigText;

export interface ConfigText {
  readonly kind: 'config';
  /** One line an option, as the kernel was built with them. */
  readonly config: string;
}

const sys = defineCommand({
  name: 'sys',
  summary: 'the machine, its kernel, how long it was up, and the panic message',
  operands: '[config]',
  options: {
    t: { type: 'boolean', help: 'the taint mask and its letters' },
  },
  details: [
    'UPTIME is the timekeeper’s. PANIC is the first line of the worst kind in the log; with --json, firstOops is the oops that came first.',
    'sys config prints the configuration of a kernel that carries it (CONFIG_IKCONFIG).',
  ],
  examples: [
    ['sys', 'the summary'],
    ['sys -t', 'what tainted the kernel'],
  ],

  spell(words) {
    // On a running machine it would: nothing here writes.
    if (words.includes('-panic'))
      throw new CommandError('unsupported', 'sys: cannot panic a dumpfile!');
    return words;
  },

  run(context, options, operands): SysData {
    const [operand, ...more] = operands;
    if (more.length > 0 || (operand !== undefined && operand !== 'config')) throw misused(sys);
    if (operand === 'config') return { kind: 'config', config: kernelConfig(context.dump) };
    return options.t ? taintSummary(context.dump) : systemSummary(context);
  },

  *render(data) {
    if (data.kind === 'config') yield data.config.trimEnd();
    else if (data.kind === 'taint') yield taintLine(data);
    else yield* summaryLines(data);
  },
});

export default sys;
