// The text panic() was given, from its own buffer and from the log.
import { virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { kernelLog, type LogRecord } from './printk.ts';

const BUFFER_SIZE = 1024;
/** What the linker puts behind it: kernel/panic.c (`cpus_stopped` to 6.12, `panic_csd` on 7.2). */
const NEIGHBOURS = /^(?:cpus_stopped|panic_csd)\b/;
/** kallsyms numbers same-named statics: `buf.0` … */
const MOST_BUFFERS = 64;

/**
 * What stands in panic()'s static `buf`; undefined: nothing (nobody panicked) or not found. Several functions have a
 * `buf`: this one is told by its length and its neighbour (5.10, 6.1, 6.12, 7.2).
 */
export function panicBuffer(dump: Dump): string | undefined {
  for (let i = 0; i < MOST_BUFFERS; i++) {
    for (const buffer of dump.symbols.kernel.lookup(`buf.${i}`)) {
      const after = dump.symbols.kernel.at(virtual(buffer.address + BigInt(BUFFER_SIZE)));
      if (buffer.size !== BUFFER_SIZE || !after || !NEIGHBOURS.test(after.name)) continue;
      const text = dump.memory.text(buffer.address, BUFFER_SIZE);
      if (!isFault(text) && text !== '') return text.trimEnd();
    }
  }
  return undefined;
}

export interface LoggedStop {
  readonly text: string;
  readonly timestampNs: number;
}

/** What the log says last about why it stopped: `Kernel panic - not syncing: …`; undefined: nothing. */
export const loggedPanic = (dump: Dump): LoggedStop | undefined =>
  newest(dump, /^Kernel panic - not syncing: (.*)/);

/**
 * First lines of an oops, and the line that heads its registers: all that is left of one whose beginning is lost. Newer
 * kernels put `Oops: ` before a trap's name, too (not 6.1, but 7.2).
 */
const OOPS_BEGINNING =
  /^((?:BUG: (?:kernel NULL pointer|unable to handle|(?:\w+ )?stack guard)|kernel BUG at|(?:Oops: )?(?:general protection fault|divide error)).*)/;
const OOPS_HEADING = /^((?:Oops: |double fault: |invalid opcode: ).*)/;

/** Whether an oops begins with a line of the log. */
export const isOopsBeginning = (line: string): boolean =>
  OOPS_BEGINNING.test(line) || OOPS_HEADING.test(line);

/** What the newest oops began with. arch/x86/mm/fault.c, arch/x86/kernel/{traps,dumpstack}.c, lib/bug.c */
export const loggedOops = (dump: Dump): LoggedStop | undefined =>
  newest(dump, OOPS_BEGINNING) ?? newest(dump, OOPS_HEADING);

/** The oops that came first: later ones are often its consequences. */
export const firstOops = (dump: Dump): LoggedStop | undefined =>
  oldest(dump, OOPS_BEGINNING) ?? oldest(dump, OOPS_HEADING);

/** crash's PANIC line: the first line of the log with the worst of these words; undefined: none has any. */
export function panicLine(dump: Dump): string | undefined {
  const log = kernelLog(dump);
  if (isFault(log)) return undefined;
  let best: string | undefined;
  let bestRank: number = PANIC_WORDS.length;
  for (const { text, facility } of log.records) {
    if (facility !== 0) continue;
    for (const line of text?.split('\n') ?? []) {
      const rank = PANIC_WORDS.findIndex((words) => line.includes(words));
      if (rank >= 0 && rank < bestRank) [best, bestRank] = [line, rank];
    }
  }
  return best;
}

/** Worst first: the order in which crash looks for them. task.c of crash 9.0.2 */
const PANIC_WORDS = [
  'SysRq : Crash',
  'SysRq : Trigger a crash',
  'SysRq : Netdump',
  'Kernel panic: ',
  'Kernel panic - ',
  'Kernel BUG at',
  'kernel BUG at',
  'Unable to handle kernel paging request',
  'Unable to handle kernel NULL pointer dereference',
  'BUG: unable to handle kernel ',
  'general protection fault: ',
  'double fault: ',
  'divide error: ',
  'stack segment: ',
  '[Hardware Error]: ',
  'Bad mode in ',
  'Oops: ',
] as const;

/**
 * The address that the log gives for the newest fault: of a page fault its `CR2:` line, else what the kernel made out of the
 * instruction (`CR2` is then of an earlier page fault). arch/x86/kernel/traps.c, exc_general_protection() (5.10 to 7.2)
 */
export function loggedFaultAddress(dump: Dump, isPageFault: boolean): bigint | undefined {
  const line = isPageFault
    ? newest(dump, /^CR2: ([0-9a-f]{16})/)
    : newest(dump, /^(?:Oops: )?general protection fault.* for .*address 0x([0-9a-f]{1,16})/);
  return line && BigInt(`0x${line.text}`);
}

/** The status of the newest machine check: arch/x86/kernel/cpu/mce/core.c, __print_mce() (5.10 to 7.2). */
export function loggedMachineCheck(dump: Dump): bigint | undefined {
  const line = newest(
    dump,
    /^mce: \[Hardware Error\]: CPU \d+: Machine Check.*: .* Bank \d+: ([0-9a-f]{16})/,
  );
  return line && BigInt(`0x${line.text}`);
}

const CUT = /^-+\[ cut here \]-+$/;

/**
 * What the newest warning said of itself, between the line that begins it and the one that names its place: kernel/panic.c,
 * __warn_printk() (5.10 to 7.2). Undefined: nothing, as WARN_ON() does.
 */
export function loggedWarning(dump: Dump): string | undefined {
  const log = kernelLog(dump);
  if (isFault(log)) return undefined;
  const own = log.records.filter(({ facility }) => facility === 0);
  const at = own.findLastIndex(({ text }) => text?.startsWith('WARNING: '));
  const said = own[at - 1]?.text?.split('\n')[0]?.trimEnd();
  const isSaid = said !== undefined && !CUT.test(said) && CUT.test(own[at - 2]?.text ?? '');
  return isSaid ? said : undefined;
}

/** What the check of lists said last: lib/list_debug.c (5.10 to 7.2). */
export const loggedListComplaint = (dump: Dump): string | undefined =>
  newest(dump, /^(list_(?:add|del) (?:corruption|double add).*)/)?.text;

const newest = (dump: Dump, pattern: RegExp): LoggedStop | undefined =>
  matching(dump, pattern, (records) => records.toReversed());

const oldest = (dump: Dump, pattern: RegExp): LoggedStop | undefined =>
  matching(dump, pattern, (records) => records);

/** Kernel records only: a program may write any text to /dev/kmsg. */
function matching(
  dump: Dump,
  pattern: RegExp,
  inOrder: (records: readonly LogRecord[]) => readonly LogRecord[],
): LoggedStop | undefined {
  const log = kernelLog(dump);
  if (isFault(log)) return undefined;
  for (const { text, facility, timestampNs } of inOrder(log.records)) {
    const match = facility === 0 ? text?.match(pattern) : undefined;
    if (match) return { text: (match[1] ?? '').trimEnd(), timestampNs };
  }
  return undefined;
}
