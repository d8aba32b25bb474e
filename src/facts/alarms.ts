// What the kernel itself complained of in its log.
import { isFault } from '../bytes/fault.ts';
import { kernelLog, type LogRecord } from '../kernel/printk.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, type Seen } from './kit/define.ts';

export interface Alarm {
  /** `hung task`, `soft lockup`, … */
  readonly kind: string;
  /** The first message of its kind; not escaped. */
  readonly text: string;
  readonly timestampNs: number;
  readonly count: number;
}

/**
 * Messages that say the kernel was not well. kernel/hung_task.c, kernel/watchdog.c, kernel/rcu/tree_stall.h,
 * kernel/workqueue.c, mm/oom_kill.c, mm/page_alloc.c, block/blk-core.c, kernel/panic.c, arch/x86/kernel/cpu/mce/core.c
 * (5.10 to 7.2).
 */
const KINDS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['hung task', /^INFO: task .* blocked for more than \d+ seconds/],
  ['soft lockup', /BUG: soft lockup/],
  ['hard lockup', /hard LOCKUP/i],
  ['RCU stall', /^rcu: INFO: .* (?:detected stalls|self-detected stall|detected expedited stalls)/],
  ['starved RCU', /kthread starved for \d+ jiffies/],
  ['workqueue lockup', /^BUG: workqueue lockup/],
  [
    'kernel bug',
    /^(?:BUG: (?!soft lockup|workqueue lockup)|kernel BUG at|Oops: |general protection fault)/,
  ],
  // mm/slub.c, slab_bug(): with slub_debug
  ['slab corruption', /^BUG [\w-]+ \((?:Not tainted|Tainted: .*)\): /],
  ['kernel warning', /^WARNING: (?:CPU: \d+ PID: \d+ at |\S+:\d+ at |.* at .*:\d+)/],
  ['out of memory', /^(?:Out of memory: |.* invoked oom-killer: |Memory cgroup out of memory: )/],
  ['failed allocation', /: page allocation failure: /],
  ['I/O error', /(?:^|[ :])(?:I\/O error, dev |Buffer I\/O error on dev)/],
  ['hardware error', /^(?:mce: )?\[Hardware Error\]/],
];

export const alarms = defineFact<readonly Alarm[]>({
  id: 'alarms',
  says: 'what the kernel’s log complains of',
  from: look,
});

function look(dump: Dump): Seen<readonly Alarm[]> {
  const log = kernelLog(dump);
  if (isFault(log))
    return { value: [], holes: [`the kernel’s log cannot be read: ${log.explain()}`] };
  return { value: alarmsOf(log.records), holes: [] };
}

/** One alarm a kind, in the order of the log. */
export function alarmsOf(
  records: Iterable<Pick<LogRecord, 'text' | 'facility' | 'timestampNs'>>,
): Alarm[] {
  const found = new Map<string, Alarm>();
  for (const { text, facility, timestampNs } of records) {
    // A program may write any text to /dev/kmsg.
    const kind = facility === 0 && text ? KINDS.find(([, p]) => p.test(text))?.[0] : undefined;
    if (!kind || !text) continue;
    const before = found.get(kind);
    const first = before ?? { kind, text, timestampNs, count: 0 };
    found.set(kind, { ...first, count: first.count + 1 });
  }
  return [...found.values()];
}
