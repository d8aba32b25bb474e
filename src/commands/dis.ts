// `dis`: code as instructions, in AT&T syntax, from the bytes in the dump.
import { loadDisassembler } from '../arch/x86_64/disassembly/decoder.ts';
import { virtual } from '../bytes/address.ts';
import { hex } from '../print/hex.ts';
import type { Dump } from '../types/dump.ts';
import { quoted, stringAt } from './dis/comment.ts';
import { type Decoded, decode, rangeOf } from './dis/range.ts';
import { countOf, joinBrackets, placeNamed } from './kit/address.ts';
import { numberOf } from './kit/arithmetic.ts';
import { CommandError, type Context, defineCommand, type Options } from './kit/define.ts';
import { type LaidOut, layoutOf, withLayout } from './kit/layout.ts';
import { unreadable } from './kit/read-error.ts';
import { misused } from './kit/usage.ts';
import { userSpace } from './kit/user-space.ts';

export interface DisInstruction {
  readonly address: string;
  /** Bytes, as hexadecimal digits. */
  readonly bytes: string;
  /** The function it lies in; null where no symbol covers it. */
  readonly symbol: string | null;
  readonly offset: number | null;
  readonly module: string | null;
  /** As objdump has it, without what a target or operand is called. */
  readonly text: string;
  /** Where a direct jump or call goes, and what is there. */
  readonly target: string | null;
  readonly targetSymbol: string | null;
  readonly targetOffset: number | null;
  /** The address that a `(%rip)` operand names, and what is there. */
  readonly operand: string | null;
  readonly operandSymbol: string | null;
  readonly operandOffset: number | null;
  /** The string that an operand points at. */
  readonly string: string | null;
  /** Source file and line: need debug information, which a dump does not hold. */
  readonly file: string | null;
  readonly line: number | null;
}

export type DisData = readonly DisInstruction[];

interface Layout {
  /** What is said instead of instructions. */
  readonly head: string | null;
  /** Of offsets. */
  readonly radix: 10 | 16;
}

const options = {
  r: { type: 'boolean', help: 'from the start of the function to the address' },
  f: { type: 'boolean', help: 'from the address to the end of the function' },
  l: { type: 'boolean', help: 'source file and line numbers: none in a dump' },
  x: { type: 'boolean', help: 'offsets in hexadecimal' },
  d: { type: 'boolean', help: 'offsets in decimal' },
  s: { type: 'boolean', help: 'the source: none in a dump' },
  u: { type: 'boolean', help: 'a user address of the current context' },
  b: {
    type: 'boolean',
    help: 'accepted, with the number of bytes behind it: nothing is skipped after ud2',
  },
} as const;

type DisOptions = Options<typeof options>;

const dis = defineCommand({
  name: 'dis',
  summary: 'code as instructions, from the bytes in the dump',
  operands: '[ADDRESS | SYMBOL | (EXPRESSION)] [COUNT]',
  options,
  needsNoTypes: true,
  details: [
    'A function is shown to its end, any other address shows one instruction, unless COUNT, -r or -f say otherwise. What an operand points at stands behind #: a symbol, or the string that lies there.',
  ],
  examples: [
    ['dis schedule', 'a whole function'],
    ['dis -r schedule+0x20', 'what leads to an address'],
    ['dis schedule 5', 'five instructions'],
  ],

  async prepare() {
    await loadDisassembler();
  },

  run(context, options, operands): LaidOut<DisData, Layout> {
    const words = joinBrackets(operands);
    if (options.b) {
      const done = skipped(context, words.shift(), words.length === 0);
      if (done) return done;
    }
    const [word, count, ...more] = words;
    if (word === undefined || more.length > 0) throw misused(dis);
    if (options.r && options.f) throw exclusive('-r', '-f');
    if (options.d && options.x) throw exclusive('-d', '-x');
    if (options.s)
      throw new CommandError('unsupported', `dis: ${word}: source code is not available`);
    if (options.l)
      context.warn('dis: files and line numbers need debug information; a dump holds none');
    const { address } = placeNamed(context.dump, word);
    const asked = count === undefined ? undefined : countOf('dis', count, 'argument');
    const limit = asked === undefined ? undefined : Math.min(MAX_COUNT, asked);
    if (limit !== asked) context.warn(`dis: only ${limit} instructions of ${asked}`);
    const symbol = options.u ? undefined : context.dump.symbols.at(address);
    if (!symbol && !options.u)
      context.warn(`${address.toString(16)}: no associated kernel symbol found`);
    const towards = options.r ? 'start' : options.f ? 'end' : undefined;
    const range = rangeOf(address, symbol, limit, towards);
    const { found, fault } = decode(
      options.u ? userSpace(context, 'dis') : context.dump.memory,
      range,
    );
    const first = found[0];
    if (fault && !first) throw unreadable('dis', address, 'gdb_readmem_callback', fault);
    if (fault) context.warn(`dis: the rest is missing: ${fault.explain()}`);
    const entries = found.map((instruction) => dataOf(context, instruction));
    return withLayout(entries, { radix: context.session.radix, head: null });
  },

  *render(instructions, options) {
    const { radix, head } = layoutOf(instructions);
    if (head !== null) yield head;
    for (const instruction of instructions) yield lineOf(instruction, options, radix);
  },
});

export default dis;

/**
 * -b: how many bytes crash leaves out after ud2, where kernels once kept what BUG() says. It stands in a table
 * now (lib/bug.c, 5.10 to 7.2).
 *
 * @returns the answer, where the number is all that was asked
 */
function skipped(
  context: Context,
  word: string | undefined,
  isAll: boolean,
): LaidOut<DisData, Layout> | undefined {
  const radix = context.session.radix;
  if (word === undefined)
    return withLayout([], { radix, head: 'encoded bytes being skipped after ud2a: 0' });
  const count = numberOf(word);
  if (count === undefined) throw new CommandError('usage', `dis: not a valid number: ${word}`);
  if (count > 0n) context.warn('dis: -b: nothing is skipped; this kernel keeps no data after ud2');
  return isAll ? withLayout([], { radix, head: null }) : undefined;
}

function dataOf({ dump }: Context, { instruction, bytes }: Decoded): DisInstruction {
  const { address, text, target, operand } = instruction;
  const own = spotOf(dump, address);
  const goal = spotOf(dump, target);
  const pointed = spotOf(dump, operand);
  return {
    address: hex(address),
    bytes: Buffer.from(bytes).toString('hex'),
    symbol: own.symbol,
    offset: own.offset,
    module: dump.symbols.moduleOf(virtual(address)) ?? null,
    text,
    target: target === undefined ? null : hex(target),
    targetSymbol: goal.symbol,
    targetOffset: goal.offset,
    operand: operand === undefined ? null : hex(operand),
    operandSymbol: pointed.symbol,
    operandOffset: pointed.offset,
    string: stringAt(dump, instruction),
    file: null,
    line: null,
  };
}

const exclusive = (a: string, b: string): CommandError =>
  new CommandError('usage', `dis: ${a} and ${b} are mutually exclusive`);

/** More instructions than anyone reads: bounds what is kept. */
const MAX_COUNT = 50_000;

interface Spot {
  readonly symbol: string | null;
  readonly offset: number | null;
}

function spotOf(dump: Dump, address: bigint | undefined): Spot {
  const symbol = address === undefined ? undefined : dump.symbols.at(virtual(address));
  if (!symbol || address === undefined) return { symbol: null, offset: null };
  return { symbol: symbol.name, offset: Number(address - symbol.address) };
}

/** What ftrace leaves where it can hook a function. */
const FTRACE_NOP = 'nopl   0x0(%rax,%rax,1)';

function lineOf(entry: DisInstruction, { x, u }: DisOptions, radix: 10 | 16): string {
  const isHex = x ?? radix === 16;
  const { symbol, offset, targetSymbol, targetOffset, operandSymbol, operandOffset } = entry;
  const own = named({ symbol, offset }, isHex);
  const goal = named({ symbol: targetSymbol, offset: targetOffset }, isHex);
  const pointed = named({ symbol: operandSymbol, offset: operandOffset }, isHex);
  const notes = [
    ...(entry.operand ? [`${entry.operand}${pointed}`] : []),
    ...(entry.string === null ? [] : [quoted(entry.string)]),
  ];
  const note = notes.length > 0 ? `        # ${notes.join(' ')}` : '';
  const ftrace = offset === 0 && entry.text === FTRACE_NOP ? ' [FTRACE NOP]' : '';
  const indent = u || symbol === null ? '   ' : '';
  return `${indent}${entry.address}${own}:\t${entry.text}${goal}${ftrace}${note}`;
}

const named = ({ symbol, offset }: Spot, isHex: boolean): string => {
  if (symbol === null || offset === null) return '';
  if (offset === 0) return ` <${symbol}>`;
  return ` <${symbol}+${isHex ? `0x${offset.toString(16)}` : offset}>`;
};
