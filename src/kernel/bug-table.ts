// The kernel's own table of its checks: which BUG() or WARN() an `ud2` stands for. lib/bug.c, include/asm-generic/bug.h
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Cursor } from '../bytes/cursor.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { modules } from './module.ts';

export interface Check {
  /** As the compiler was given it: `lib/list_debug.c`, or a path. Not escaped. */
  readonly file: string | null;
  readonly line: number;
  /** Whether the kernel goes on after it: WARN(), not BUG(). */
  readonly isWarning: boolean;
}

const entryShape = shape('bug_entry', {
  address: ['bug_addr_disp'],
  file: ['file_disp'],
  line: ['line'],
  flags: ['flags'],
});

/** BUGFLAG_WARNING. include/linux/bug.h (5.10 to 7.2) */
const WARNING = 1;
/** Debian's kernels have some 20,000 entries. */
const MOST_BYTES = 4 << 20;
const LONGEST_PATH = 512;

class BugEntry extends View<keyof typeof entryShape.fields> {
  protected readonly shape = entryShape;

  get check(): Check | undefined {
    const line = this.number('line');
    const flags = this.number('flags');
    if (isFault(line) || isFault(flags)) return undefined;
    return { file: this.#file(), line, isWarning: (flags & WARNING) !== 0 };
  }

  /**
   * The distance counts from the entry on 5.10, from its own slot on 6.1 and later (arch/x86/include/asm/bug.h): only one
   * of the two is where a string begins that could be a file's name.
   */
  #file(): string | null {
    const slot = this.addressOf('file');
    const distance = isFault(slot) ? slot : this.dump.memory.i32(slot);
    if (isFault(slot) || isFault(distance)) return null;
    for (const from of [slot, this.address]) {
      const at = virtual(from + BigInt(distance));
      const before = this.dump.memory.u8(virtual(at - 1n));
      const text = this.dump.memory.text(at, LONGEST_PATH);
      if (before === 0 && !isFault(text) && /^[\x21-\x7e]+\.[chS]$/.test(text)) return text;
    }
    return null;
  }
}

const moduleShape = shape('module', { table: ['bug_table'], count: ['num_bugs'] });
class ModuleBugs extends View<keyof typeof moduleShape.fields> {
  protected readonly shape = moduleShape;
}

/** The check that an entry of the table describes; undefined: it cannot be one. */
export function checkAs(dump: Dump, entry: VirtualAddress): Check | undefined {
  const check = new BugEntry(dump, entry).check;
  return check?.file === null ? undefined : check;
}

/** The check whose instruction this is; undefined: none that is known. */
export function checkAt(dump: Dump, ip: VirtualAddress): Check | undefined {
  for (const [start, size] of tables(dump)) {
    const check = search(dump, start, size, ip);
    if (check) return check;
  }
  return undefined;
}

function* tables(dump: Dump): Generator<readonly [start: VirtualAddress, size: number]> {
  const start = dump.symbol('__start___bug_table');
  const end = dump.symbol('__stop___bug_table');
  if (!isFault(start) && !isFault(end) && end > start) yield [start, Number(end - start)];
  const size = dump.types.sizeOf(entryShape.struct) ?? 0;
  for (const { address } of modules(dump)) {
    const bugs = new ModuleBugs(dump, address);
    const table = bugs.pointer('table');
    const count = bugs.number('count');
    if (!isFault(table) && !isFault(count)) yield [table, count * size];
  }
}

function search(
  dump: Dump,
  start: VirtualAddress,
  size: number,
  ip: VirtualAddress,
): Check | undefined {
  const each = dump.types.sizeOf(entryShape.struct);
  if (!each || size <= 0 || size > MOST_BYTES) return undefined;
  const bytes = dump.memory.read(start, size);
  if (isFault(bytes)) return undefined;
  const cursor = new Cursor(bytes);
  // `bug_addr_disp` is the first member on all of 5.10 to 7.2.
  for (let at = 0; at + each <= size; at += each)
    if (start + BigInt(at) + BigInt(cursor.i32(at) ?? 0) === ip)
      return new BugEntry(dump, virtual(start + BigInt(at))).check;
  return undefined;
}
