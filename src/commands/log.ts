// `log`: the kernel's message buffer.
import { isFault } from '../bytes/fault.ts';
import { kernelLog } from '../kernel/printk.ts';
import { bootSeconds } from '../kernel/timekeeping.ts';
import { calendar } from '../print/time.ts';
import type { Dump } from '../types/dump.ts';
import { CommandError, type Context, defineCommand, type Options } from './kit/define.ts';
import { type LaidOut, layoutOf, withLayout } from './kit/layout.ts';
import { misused } from './kit/usage.ts';

export interface LogEntry {
  /** Number of the message since boot. */
  readonly seq: number;
  /** Nanoseconds of the scheduler's clock, near uptime. */
  readonly timestampNs: number;
  /** 0 emergency … 7 debug. */
  readonly level: number;
  /** syslog facility: 0 the kernel's own, 1 user programs through /dev/kmsg. */
  readonly facility: number;
  /** Who wrote it. `T155`: a task's pid; `C0`: a CPU, outside a task. */
  readonly caller: string;
  /** Null: the ring had no room for it. */
  readonly text: string | null;
  /** The device it is about, as the driver named it; null: none. */
  readonly subsystem: string | null;
  readonly device: string | null;
}

/** Oldest first. The options change the text only. */
export type LogData = readonly LogEntry[];

interface Layout {
  readonly callerWidth: number;
  /** With -T: when the machine booted, since 1970. */
  readonly bootSeconds: number | undefined;
}

const options = {
  t: { type: 'boolean', help: 'no time stamps' },
  T: { type: 'boolean', help: 'the date and time of day, in your time zone, for each stamp' },
  m: { type: 'boolean', help: 'the level of each message: <0> emergency to <7> debug' },
  c: { type: 'boolean', help: 'who wrote it: [T155] task 155, [C0] CPU 0 outside a task' },
  d: { type: 'boolean', help: 'the device a message is about, on lines below it' },
} as const;

type LogOptions = Options<typeof options>;

const log = defineCommand({
  name: 'log',
  summary: "the kernel's messages, from its ring buffer",
  needsNoTypes: true,
  options,
  details: [
    'Needs no types and no symbols (but -T): it works on any dump that opens.',
    'The dates of -T are right to a second or two: the stamps are of another clock than the calendar.',
  ],
  examples: [
    ['log', 'all messages, oldest first'],
    ['log -cm', 'with their writers and levels'],
    ['log -T', 'with dates'],
  ],

  run(context, options, operands): LaidOut<LogData, Layout> {
    if (operands.length > 0) throw misused(log);
    const buffer = kernelLog(context.dump);
    if (isFault(buffer)) throw new CommandError('unreadable', `log: ${buffer.explain()}`);
    for (const warning of buffer.warnings) context.warn(`log: ${warning}`);
    const entries = buffer.records.map(
      ({ seq, timestampNs, level, facility, caller, text, subsystem, device }): LogEntry => ({
        ...{ seq, timestampNs, level, facility, caller, text: text ?? null },
        subsystem: subsystem || null,
        device: device || null,
      }),
    );
    return withLayout(entries, {
      callerWidth: options.c ? callerWidth(context.dump) : 0,
      bootSeconds: options.T ? bootTime(context) : undefined,
    });
  },

  *render(entries, options) {
    const layout = layoutOf(entries);
    for (const entry of entries) yield* entryLines(entry, options, layout);
  },
});

export default log;

/** crash's column: as wide as the largest pid there can be, 8 where the kernel has no one limit (7.2). */
function callerWidth(dump: Dump): number {
  const at = dump.symbol('pid_max');
  const pidMax = isFault(at) ? at : dump.memory.u32(at);
  if (isFault(pidMax) || pidMax > 999_999) return 8;
  return pidMax > 99_999 ? 7 : 6;
}

/** @throws CommandError when the dump does not tell the time */
function bootTime({ dump }: Context): number {
  const boot = bootSeconds(dump);
  if (isFault(boot))
    throw new CommandError('unreadable', `log: the time of boot is not known: ${boot.explain()}`);
  return boot;
}

function* entryLines(entry: LogEntry, options: LogOptions, layout: Layout): Generator<string> {
  // Without a text crash prints nothing of a record but its line.
  if (!entry.text) {
    yield '';
    return;
  }
  const prefix = prefixOf(entry, options, layout);
  // A record of several lines keeps its column.
  const indent = ' '.repeat(prefix.length);
  yield prefix + entry.text.replaceAll('\n', `\n${indent}`);
  if (!options.d) return;
  if (entry.subsystem) yield `${indent}SUBSYSTEM=${entry.subsystem}`;
  if (entry.device) yield `${indent}DEVICE=${entry.device}`;
}

function prefixOf(entry: LogEntry, options: LogOptions, layout: Layout): string {
  const stamp = options.t ? '' : `[${timeOf(entry, layout)}] `;
  const caller = options.c ? `[${entry.caller.padStart(layout.callerWidth)}] ` : '';
  return stamp + caller + (options.m ? `<${entry.level}>` : '');
}

/** Seconds and microseconds, right-justified in 12 columns: `   91.921443`. Or, with -T, the date. */
function timeOf({ timestampNs }: LogEntry, { bootSeconds }: Layout): string {
  if (bootSeconds !== undefined) return calendar(bootSeconds + Math.floor(timestampNs / 1e9));
  const micros = Math.floor(timestampNs / 1000);
  const fraction = String(micros % 1_000_000).padStart(6, '0');
  return `${Math.floor(micros / 1_000_000)}.${fraction}`.padStart(12);
}
