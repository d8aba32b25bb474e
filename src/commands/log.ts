// `log`: the kernel's message buffer.
import { isFault } from '../bytes/fault.ts';
import { kernelLog } from '../kernel/printk.ts';
import { CommandError, defineCommand } from './kit/define.ts';

export interface LogEntry {
  readonly seq: number;
  /** Nanoseconds of the scheduler's clock, near uptime. */
  readonly timestampNs: number;
  readonly level: number;
  readonly facility: number;
  /** `T155`: a task's pid; `C0`: a CPU. */
  readonly caller: string;
  /** Null: the ring had no room for it. */
  readonly text: string | null;
}

export type LogData = readonly LogEntry[];

export default defineCommand({
  name: 'log',
  summary: "the kernel's messages, from its ring buffer",
  options: {},
  details: ['Needs no types and no symbols: it works on any dump that opens.'],
  examples: [['log', 'all messages, oldest first']],

  run({ dump, warn }): LogData {
    const log = kernelLog(dump);
    if (isFault(log)) throw new CommandError('unreadable', `log: ${log.explain()}`);
    for (const warning of log.warnings) warn(`log: ${warning}`);
    return log.records.map(({ seq, timestampNs, level, facility, caller, text }) => {
      return { seq, timestampNs, level, facility, caller, text: text ?? null };
    });
  },

  *render(entries) {
    for (const { timestampNs, text } of entries) {
      const stamp = `[${seconds(timestampNs)}] `;
      // A record of several lines keeps its column, as in crash's log.
      yield stamp + (text ?? '').replaceAll('\n', `\n${' '.repeat(stamp.length)}`);
    }
  },
});

/** Seconds and microseconds, right-justified in 12 columns: `   91.921443`. */
function seconds(ns: number): string {
  const micros = Math.floor(ns / 1000);
  const fraction = String(micros % 1_000_000).padStart(6, '0');
  return `${Math.floor(micros / 1_000_000)}.${fraction}`.padStart(12);
}
