// `search`: where in memory a value or a string is.
import { isFault } from '../bytes/fault.ts';
import { taskStack } from '../kernel/cpu-stacks.ts';
import { runningTasks } from '../kernel/cpus.ts';
import type { Mapping } from '../memory/mappings.ts';
import { joinBrackets, placeOf } from './kit/address.ts';
import { numberOf } from './kit/arithmetic.ts';
import { CommandError, type Context, defineCommand, type Options } from './kit/define.ts';
import { type Reader, readerOf } from './kit/reader.ts';
import { everyTask } from './kit/select.ts';
import { type TaskId, taskId, taskLine } from './kit/task-line.ts';
import { misused } from './kit/usage.ts';
import { userSpace } from './kit/user-space.ts';
import { addressColumn, memoryLine } from './rd/render.ts';
import { Collected, MAX_MATCHES } from './search/collect.ts';
import type { SearchData, SearchMatch } from './search/data.ts';
import { needlesOf } from './search/operands.ts';
import {
  firstKernelAddress,
  kernelPages,
  LAST,
  type Place,
  physicalPages,
  virtualPages,
} from './search/places.ts';
import { type Needles, type PartFound, partsOf, type SearchPart, scan } from './search/scan.ts';

export type { SearchData } from './search/data.ts';

const options = {
  k: { type: 'boolean', help: "the kernel's memory: all that its page tables map; the default" },
  K: { type: 'boolean', help: 'as -k, without vmalloc, modules and page descriptors' },
  V: { type: 'boolean', help: 'as -k, without what is mapped one to one and the kernel image' },
  u: { type: 'boolean', help: "the current program's memory" },
  p: { type: 'boolean', help: 'physical memory' },
  t: { type: 'boolean', help: "every task's kernel stack" },
  T: { type: 'boolean', help: 'the kernel stacks of the tasks that were running' },
  s: {
    type: 'string',
    value: 'START',
    help: 'from this address on: a number, symbol or (expression)',
  },
  e: { type: 'string', value: 'END', help: 'up to this address' },
  l: { type: 'string', value: 'LENGTH', help: 'this many bytes' },
  m: { type: 'string', value: 'MASK', help: 'bits that do not matter' },
  c: { type: 'boolean', help: 'strings' },
  w: { type: 'boolean', help: 'values of 32 bits' },
  h: { type: 'boolean', help: 'values of 16 bits' },
  x: { type: 'string', value: 'COUNT', help: 'with so many words before and behind' },
} as const;

type SearchOptions = Options<typeof options>;

const search = defineCommand({
  name: 'search',
  summary: 'where in memory a value or a string is',
  operands: '[VALUE | (EXPRESSION) | SYMBOL | STRING]…',
  options,
  needsNoTypes: true,
  details: [
    'Values are 64-bit words, hexadecimal, at addresses that 8 divides. Pages that are not in the dump are passed over; how many is said.',
  ],
  examples: [
    ['search -t init_task', 'stacks that hold the address'],
    ['search -s linux_banner -l 256 -c Debian', 'a string'],
    ['search -p -m fff ffffffff81000000', 'with bits that do not matter'],
  ],

  run(context, options, operands): SearchData {
    const asked = question(context, options, operands);
    const collected = new Collected(context, asked.needles, asked.around);
    for (const target of targets(context, options)) {
      for (const part of partsOf(target.pages)) {
        collected.add(scanHere(context, asked, target, part), target.reader, target.task);
        if (collected.isFull) break;
      }
      if (collected.isFull) break;
    }
    return collected.data(spaceOf(options));
  },

  async runSlowly(context, options, operands): Promise<SearchData> {
    const asked = question(context, options, operands);
    const collected = new Collected(context, asked.needles, asked.around);
    for (const target of targets(context, options)) {
      for await (const found of foundIn(context, asked, target)) {
        collected.add(found, target.reader, target.task);
        context.progress?.(`search: ${collected.pages >> 8} MiB`);
        if (collected.isFull) break;
      }
      if (collected.isFull) break;
    }
    return collected.data(spaceOf(options));
  },

  *render({ groups, space }, options) {
    let isFirst = true;
    for (const { task, matches } of groups) {
      if (task) {
        if (!isFirst) yield '';
        yield taskLine(task);
        isFirst = false;
      }
      for (const match of matches) yield* matchLines(match, options, space === 'physical');
    }
  },
});

export default search;

interface Question {
  readonly needles: Needles;
  /** Words shown before and behind a match. */
  readonly around: number;
}

function question(
  { dump }: Context,
  options: SearchOptions,
  operands: readonly string[],
): Question {
  const { k, K, V, u, p, t, T, c } = options;
  const spaces = [k || K || V, u, p, t, T].filter(Boolean);
  const words = c ? operands : joinBrackets(operands);
  if (t && T) throw new CommandError('usage', 'search: -t and -T options are mutually exclusive');
  if (words.length === 0 || spaces.length > 1) throw misused(search);
  const bits = options.h ? 16 : options.w ? 32 : 64;
  const needles = needlesOf(dump, words, bits, options, misused(search).message);
  return { needles, around: contextCount(options) };
}

const spaceOf = ({ p, u }: SearchOptions): SearchData['space'] =>
  p ? 'physical' : u ? 'user virtual' : 'kernel virtual';

function scanHere(
  { dump }: Context,
  { needles }: Question,
  { place, reader }: Target,
  part: SearchPart,
): PartFound {
  const isUser = reader.space === 'user virtual';
  const job = { needles, place, limit: MAX_MATCHES };
  return scan((frame) => dump.physical.page(frame, isUser), job, part);
}

/** Parts that are searched sooner than other threads have started: 64 MiB. */
const FEW_PARTS = 8;

/** Part after part, giving way between them; in other threads where there are many parts, and any threads. */
async function* foundIn(
  context: Context,
  asked: Question,
  target: Target,
): AsyncGenerator<PartFound> {
  const rest = partsOf(target.pages);
  const first: SearchPart[] = [];
  while (first.length <= FEW_PARTS) {
    const { done, value } = rest.next();
    if (done) break;
    first.push(value);
  }
  const parts = chained(first, rest);
  if (context.searchCrew && first.length > FEW_PARTS) {
    const { needles } = asked;
    yield* context.searchCrew({ needles, place: target.place, limit: MAX_MATCHES }, parts);
    return;
  }
  for (const part of parts) {
    yield scanHere(context, asked, target, part);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function* chained<T>(first: Iterable<T>, rest: Iterable<T>): Generator<T> {
  yield* first;
  yield* rest;
}

function contextCount({ x, c }: SearchOptions): number {
  if (x === undefined) return 0;
  if (c) throw new CommandError('usage', 'search: -x option is not allowed with -c');
  if (!/^\d{1,4}$/.test(x)) throw new CommandError('usage', `search: not a valid number: ${x}`);
  return Number(x);
}

interface Target {
  readonly task: TaskId | null;
  readonly place: Place;
  readonly pages: Iterable<Mapping>;
  readonly reader: Reader;
}

/** @throws CommandError when the range is none of the memory asked for */
function* targets(context: Context, options: SearchOptions): Generator<Target> {
  const { dump } = context;
  if (options.t || options.T) {
    yield* stacks(context, Boolean(options.T));
    return;
  }
  const { p, u, K, V } = options;
  if (p) {
    const place = rangeOf(context, options, 0n, BigInt(dump.source.endPfn) << 12n);
    const reader = readerOf(context, 'search', 'physical', 0n);
    yield { task: null, place, pages: physicalPages(dump, place), reader };
  } else if (u) {
    const place = rangeOf(context, options, 0n, 1n << 56n);
    const space = userSpace(context, 'search');
    const reader = readerOf(context, 'search', 'user', 0n);
    yield { task: null, place, pages: virtualPages(space, place), reader };
  } else {
    const lowest = firstKernelAddress(dump);
    const place = rangeOf(context, options, lowest, LAST);
    if (place.start < lowest)
      throw new CommandError(
        'usage',
        `search: invalid kernel virtual address: ${place.start.toString(16)}\n${misused(search).message}`,
      );
    const part = K ? 'linear' : V ? 'mapped' : 'all';
    const reader = readerOf(context, 'search', 'kernel', 0n);
    yield { task: null, place, pages: kernelPages(dump, part, place), reader };
  }
}

function* stacks(context: Context, onlyRunning: boolean): Generator<Target> {
  const { dump } = context;
  const reader = readerOf(context, 'search', 'kernel', 0n);
  const running = runningTasks(dump);
  for (const task of everyTask(context)) {
    if (onlyRunning && !running.has(task.address)) continue;
    const stack = taskStack(task);
    if (!stack || isFault(stack)) continue;
    const place = { start: stack.low, end: stack.high };
    yield { task: taskId(task), place, pages: kernelPages(dump, 'all', place), reader };
  }
}

/** @throws CommandError with crash's text */
function rangeOf(
  { dump }: Context,
  { s, e, l }: SearchOptions,
  lowest: bigint,
  highest: bigint,
): Place {
  const at = (word: string): bigint => {
    const place = placeOf(dump, word);
    if (!place) throw new CommandError('usage', `search: invalid input: "${word}"`);
    return place.address;
  };
  const start = s === undefined ? lowest : at(s);
  const length = l === undefined ? undefined : lengthOf(l);
  const end = e !== undefined ? at(e) : length === undefined ? highest : start + length;
  if (end <= start)
    throw new CommandError(
      'usage',
      `search: ending address ${end.toString(16)} is below starting address ${start.toString(16)}\n${misused(search).message}`,
    );
  return { start, end: end > highest ? highest : end };
}

function lengthOf(word: string): bigint {
  const length = numberOf(word);
  if (length === undefined || length === 0n)
    throw new CommandError('usage', `search: invalid input: "${word}"`);
  return length;
}

function* matchLines(
  { address, value, name, text, before, after }: SearchMatch,
  { x, w, h }: SearchOptions,
  isPhysical: boolean,
): Generator<string> {
  const at = address.slice(2);
  if (text !== null) {
    yield `${at}: ${text}`;
    return;
  }
  const found = `${value?.slice(2)} ${name === null ? '' : `(${name})`}`;
  if (x === undefined) {
    yield `${at}: ${found}`;
    return;
  }
  const width = h ? 16 : w ? 32 : 64;
  const columns = { width, text: true, words: false } as const;
  for (const line of before) yield memoryLine(line, columns);
  const digits = value?.slice(2).padStart(width / 4, '0');
  yield `${isPhysical ? addressColumn(address) : at}:  ${digits} ${name === null ? '' : `(${name})`}`;
  for (const line of after) yield memoryLine(line, columns);
  yield '';
}
