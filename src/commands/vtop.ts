// `vtop`: virtual addresses as physical ones, with the way there.
import type { PhysicalAddress, VirtualAddress } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { mmOf } from '../kernel/mm.ts';
import { pageAt } from '../kernel/page.ts';
import { pathOf } from '../kernel/path.ts';
import type { Task } from '../kernel/task.ts';
import { areaAt, type Vma } from '../kernel/vma.ts';
import type { AddressSpace } from '../memory/space.ts';
import { type Step, translate } from '../memory/translate.ts';
import { hex } from '../print/hex.ts';
import { placeOf } from './kit/address.ts';
import { CommandError, type Context, defineCommand, type Options } from './kit/define.ts';
import { contextTask, selectTasks } from './kit/select.ts';
import { misused } from './kit/usage.ts';
import type { VtopArea, VtopData, VtopEntry, VtopPage } from './vtop/data.ts';
import { pteData } from './vtop/entry.ts';
import { linesOf } from './vtop/render.ts';

export type { VtopData } from './vtop/data.ts';

const options = {
  u: { type: 'boolean', help: 'user addresses of the current program' },
  k: { type: 'boolean', help: 'kernel addresses' },
  c: { type: 'string', value: 'PID | TASK', help: "user addresses of this task's program" },
} as const;

type VtopOptions = Options<typeof options>;

const vtop = defineCommand({
  name: 'vtop',
  summary: 'the physical address of a virtual one, and the page tables that say so',
  operands: 'ADDRESS…',
  options,
  examples: [
    ['vtop init_task', "the walk, the entry's flags, the page's descriptor"],
    ['vtop -c 1 400000', "an address of pid 1's program"],
  ],

  run(context, options, operands): VtopData {
    if (operands.length === 0) throw misused(vtop);
    if (options.u && options.k)
      throw new CommandError('usage', 'vtop: -u and -k options are mutually exclusive');
    const task = taskOf(context, options);
    return operands.map((word) => {
      const place = placeOf(context.dump, word);
      if (!place) throw new CommandError('usage', `vtop: invalid input: "${word}"`);
      return entryOf(context, options, task, word, place.address);
    });
  },

  *render(entries) {
    for (const [i, entry] of entries.entries()) {
      if (i > 0) yield '';
      yield* linesOf(entry);
    }
  },
});

export default vtop;

function taskOf(context: Context, { c }: VtopOptions): Task | undefined {
  return c === undefined ? undefined : selectTasks(context, 'vtop', [c])[0];
}

/** @throws CommandError where the address is neither of the kernel nor of a program */
function entryOf(
  context: Context,
  { u, k, c }: VtopOptions,
  task: Task | undefined,
  word: string,
  address: VirtualAddress,
): VtopEntry {
  const { dump } = context;
  const isUser = Boolean(u || (c !== undefined && !k)) || (!k && address >> 63n === 0n);
  if (!isUser && !k && !dump.paging.isCanonical(address))
    throw new CommandError('usage', `vtop: ambiguous address: ${word}  (requires -u or -k)`);
  return isUser
    ? userEntry(context, task ?? contextTask(context, 'vtop'), address)
    : walked(context, dump.memory, address, false);
}

function userEntry(context: Context, task: Task, address: VirtualAddress): VtopEntry {
  const mm = mmOf(task);
  const area = mm && !isFault(mm) ? areaAt(mm, address) : undefined;
  const space = mm && !isFault(mm) && area ? mm.space : undefined;
  if (!area || !space || isFault(space))
    return { ...nothing(address, true), state: 'not accessible' };
  const start = area.word('start');
  const end = area.word('end');
  const flags = area.word('flags');
  const file = area.pointer('file');
  const path = isFault(file) ? file : file === 0n ? null : pathOf(context.dump, file);
  if (isFault(path)) context.warn(`vtop: the name of a file: ${path.explain()}`);
  const found: VtopArea = {
    vma: hex(area.address),
    start: isFault(start) ? null : hex(start),
    end: isFault(end) ? null : hex(end),
    flags: isFault(flags) ? null : hex(flags),
    file: isFault(path) ? null : path,
    fileOffset: isFault(path) || path === null ? null : fileOffset(area, address),
  };
  return { ...walked(context, space, address, true), area: found };
}

function fileOffset(area: Vma, address: VirtualAddress): string | null {
  const start = area.word('start');
  const pages = area.word('fileOffset');
  if (isFault(start) || isFault(pages)) return null;
  return hex(BigInt.asUintN(64, (((address - start) >> 12n) + pages) << 12n));
}

const nothing = (address: VirtualAddress, isUser: boolean): VtopEntry => ({
  virtual: hex(address),
  physical: null,
  isUser,
  state: 'not mapped',
  directory: null,
  steps: [],
  pte: null,
  span: null,
  area: null,
  page: null,
});

function walked(
  context: Context,
  space: AddressSpace,
  address: VirtualAddress,
  isUser: boolean,
): VtopEntry {
  const { dump } = context;
  const seen: { at: PhysicalAddress; entry: bigint }[] = [];
  const found = translate(space.form, space.root, address, (at) => {
    const entry = space.physical.u64(at);
    if (!isFault(entry)) seen.push({ at, entry });
    return entry;
  });
  const levels = [...space.form.levels].reverse();
  const steps: Step[] = seen.map((step, i) => ({ level: levels[i] ?? '?', ...step }));
  const root =
    dump.symbols.address('swapper_pg_dir', null) ?? dump.vmcoreinfo.symbol('swapper_pg_dir');
  const base: VtopEntry = {
    ...nothing(address, isUser),
    directory: isUser || root === undefined ? null : hex(root),
    steps: steps.map(({ level, at, entry }) => ({ level, at: hex(BigInt(at)), entry: hex(entry) })),
  };
  if (isFault(found)) {
    if (found.reason !== 'unmapped') context.warn(`vtop: ${found.explain()}`);
    const last = steps.at(-1)?.entry ?? 0n;
    return {
      ...base,
      pte: last === 0n || steps.length < levels.length ? null : pteData(space.form, last),
    };
  }
  const last = steps.at(-1)?.entry ?? 0n;
  return {
    ...base,
    physical: hex(BigInt(found.at)),
    state: 'mapped',
    pte: pteData(space.form, last, found.span),
    span: found.span,
    page: pageOf(context, found.at),
  };
}

/** What the kernel keeps of the page; null where that is not in the dump. */
function pageOf({ dump, warn }: Context, at: PhysicalAddress): VtopPage | null {
  const page = pageAt(dump, at);
  if (isFault(page)) return null;
  const flags = page.word('flags');
  const mapping = page.word('mapping');
  const index = page.word('index');
  const count = page.number('refcount');
  if (isFault(flags) || isFault(mapping) || isFault(index) || isFault(count)) {
    if (isFault(flags) && flags.reason !== 'unmapped')
      warn(`vtop: struct page: ${flags.explain()}`);
    return null;
  }
  return {
    page: hex(page.address),
    physical: hex(BigInt(at - (at % 4096))),
    mapping: hex(mapping),
    index: hex(index),
    count,
    flags: hex(flags),
    flagNames: page.flagNames(flags),
  };
}
