// `bt` as text: crash's columns, separators and register blocks.
import { taskLine } from '../kit/task-line.ts';
import type { BtFrame, BtTask } from './data.ts';
import { type BtException, exceptionRip, pad16 as pad, registerBlock } from './registers.ts';
import type { BtWord } from './words.ts';

/** What of the options changes only the text. */
export interface Layout {
  /** -s: `function+offset`, in this radix. */
  readonly offsets: 10 | 16 | undefined;
  /** -F -F: caches with the object's address. */
  readonly cacheAddresses: boolean;
  /** -F, -r: words as symbols. */
  readonly symbols: boolean;
}

/** Names of the stacks in crash's separators. */
const STACKS: Readonly<Record<string, string>> = {
  irq: 'IRQ stack',
  nmi: 'NMI exception stack',
  df: 'DOUBLEFAULT exception stack',
  db: 'DEBUG exception stack',
  mce: 'MCE exception stack',
  vc: 'VC exception stack',
  vc2: 'VC2 exception stack',
  entry: 'entry trampoline stack',
  task: 'task stack',
};

const separator = (stack: string): string => `--- <${STACKS[stack] ?? stack}> ---`;

/** One task's answer, header first. */
export function* taskLines(task: BtTask, layout: Layout): Generator<string> {
  yield taskLine(task);
  if (task.idle) return;
  if (!task.hasStack) yield '(no stack)';
  else if (task.active && !task.text && !task.memory) yield '(active)';
  else if (task.exceptions) for (const { exception } of task.exceptions) yield* found(exception);
  else if (task.text) yield* textLines(task, layout);
  else if (task.memory) yield* rows(task.memory, layout, '', ':  ');
  else yield* frameLines(task, layout);
}

function* frameLines(task: BtTask, layout: Layout): Generator<string> {
  const { frames } = task;
  let number = 0;
  for (const [i, frame] of frames.entries()) {
    const before = frames[i - 1];
    const isOther = before !== undefined && before.stack !== frame.stack;
    if (isOther) yield separator(before.stack);
    if (frame.interrupted && !isOther) continue;
    const place = code(frame.symbol ?? '(unknown)', frame.offset, frame, layout);
    const mark = frame.certainty === 'guessed' ? '  (guessed)' : '';
    yield `${`#${number++}`.padStart(3)} [${pad(frame.sp)}] ${place}${mark}`;
    if (frame.exception) yield* exceptionBlock(frame.exception);
    if (frame.words) yield* rows(frame.words, layout, '    ', ': ');
  }
  const isShown = frames.some((frame) => frame.exception?.mode === 'user');
  if (task.userRegisters && !isShown) {
    yield '    [exception RIP: user space]';
    yield* registerBlock(task.userRegisters);
  }
  if (task.endReason !== null) yield `    [the frames end here: ${task.endReason}]`;
}

function* exceptionBlock(exception: BtException): Generator<string> {
  if (exception.mode === 'kernel') yield `    [exception RIP: ${exceptionRip(exception)}]`;
  yield* registerBlock(exception.registers);
}

function* found(exception: BtException): Generator<string> {
  yield '';
  yield `  ${exception.mode.toUpperCase()}-MODE EXCEPTION FRAME AT: ${pad(exception.address)}`;
  yield* exceptionBlock(exception);
}

/** `-t`, `-T`: the words that point into code, and the registers where one stack leads to the next. */
function* textLines(task: BtTask, layout: Layout): Generator<string> {
  const stacks = task.text ?? [];
  const [first] = task.frames;
  const isFromFrame = first !== undefined && stacks[0]?.words[0]?.address === first.sp;
  if (isFromFrame)
    yield `              START: ${code(first.symbol ?? '(unknown)', 0, first, layout)}`;
  for (const [i, { stack, words }] of stacks.entries()) {
    for (const word of words)
      yield `  [${pad(word.address)}] ${code(word.symbol ?? '', word.offset, { ...word, pc: word.value ?? '0x0' }, layout)}`;
    if (i === stacks.length - 1) break;
    const exception = task.frames.findLast((f) => f.stack === stack)?.exception;
    if (exception) yield* exceptionBlock(exception);
    yield separator(stack);
  }
  if (task.userRegisters) yield* registerBlock(task.userRegisters);
}

/** `function[+offset] at pc [module]` */
function code(
  symbol: string,
  offset: number | null,
  { pc, module }: Pick<BtFrame, 'pc' | 'module'>,
  layout: Layout,
): string {
  return `${shown(symbol)}${layout.offsets ? plus(offset, layout.offsets) : ''} at ${pad(pc)}${module === null ? '' : ` [${module}]`}`;
}

/** crash leaves out what the compiler appended to a function it changed or split: only these two. */
export const shown = (symbol: string): string =>
  symbol.includes('.') ? symbol.replace(/\.(?:isra|part)\.\d+/, '') : symbol;

const plus = (offset: number | null, radix: 10 | 16): string =>
  !offset ? '' : radix === 16 ? `+0x${offset.toString(16)}` : `+${offset}`;

/** Two words a line. */
function* rows(
  words: readonly BtWord[],
  layout: Layout,
  indent: string,
  colon: string,
): Generator<string> {
  for (let i = 0; i < words.length; i += 2) {
    const pair = words.slice(i, i + 2).map((word) => `${wordText(word, layout)} `);
    yield `${indent}${pad((words[i] as BtWord).address)}${colon}${pair.join('')}`;
  }
}

function wordText({ value, symbol, offset, cache }: BtWord, layout: Layout): string {
  if (value === null) return '?'.repeat(16);
  if (layout.symbols && symbol !== null) return `${shown(symbol)}${plus(offset, 10)}`.padEnd(16);
  if (layout.symbols && cache !== null)
    return `[${layout.cacheAddresses ? `${pad(value)}:` : ''}${cache}]`.padEnd(16);
  return pad(value);
}

/** `-E`: every CPU's IRQ stack, then each CPU's exception stacks. */
export function* cpuStackLines(tasks: readonly BtTask[]): Generator<string> {
  const section = function* (task: BtTask, stack: string): Generator<string> {
    const of = (task.exceptions ?? []).filter((entry) => entry.stack === stack);
    const name = (STACKS[stack] ?? stack).toUpperCase();
    yield `CPU ${task.cpu} ${name}:`;
    if (of.length === 0) yield '(none found)';
    for (const { exception } of of) yield* found(exception);
    yield '';
  };
  for (const task of tasks) if (task.scanned?.includes('irq')) yield* section(task, 'irq');
  for (const task of tasks)
    for (const stack of task.scanned ?? []) if (stack !== 'irq') yield* section(task, stack);
}
