// `rd`: memory as words.
import { type Fault, isFault } from '../bytes/fault.ts';
import { hex } from '../print/hex.ts';
import { countOf, hexNumber, joinBrackets, placeNamed } from './kit/address.ts';
import { CommandError, type Context, defineCommand, type Options } from './kit/define.ts';
import { type Reader, readerOf } from './kit/reader.ts';
import { misused } from './kit/usage.ts';
import type { RdData, RdLine } from './rd/data.ts';
import { addressColumn, memoryLine } from './rd/render.ts';
import { type Look, lineOf, textOf, type Width } from './rd/words.ts';

export type { RdData } from './rd/data.ts';

const options = {
  a: {
    type: 'boolean',
    help: 'as text, up to the first byte that is none; COUNT is in characters',
  },
  d: { type: 'boolean', help: 'signed decimal numbers' },
  D: { type: 'boolean', help: 'unsigned decimal numbers' },
  e: { type: 'string', value: 'ADDRESS', help: 'up to this address' },
  o: { type: 'string', value: 'OFFSET', help: 'this many bytes behind the address' },
  p: { type: 'boolean', help: 'the address is a physical one' },
  u: { type: 'boolean', help: 'the address is one of the current program' },
  f: { type: 'boolean', help: "the address is an offset in the dump's file" },
  m: { type: 'boolean', help: 'refused: only Xen has machine addresses' },
  r: { type: 'string', value: 'FILE', help: 'COUNT bytes, written to a new file' },
  s: { type: 'boolean', help: 'symbols instead of words that point at them' },
  S: {
    type: 'boolean',
    multiple: true,
    help: 'as -s, and the slab caches whose objects words point into; -SS: with the words',
  },
  x: { type: 'boolean', help: 'no text beside the words' },
  N: { type: 'boolean', help: 'words in network byte order' },
  R: { type: 'boolean', help: 'COUNT words that end at the address' },
  W: {
    type: 'string',
    value: 'BITS',
    help: 'words of 8, 16, 32 or 64 bits; also written -8, -16, -32, -64',
  },
} as const;

type RdOptions = Options<typeof options>;

const rd = defineCommand({
  name: 'rd',
  summary: 'memory, as words',
  operands: '[ADDRESS | SYMBOL | (EXPRESSION)] [COUNT]',
  options,
  needsNoTypes: true,
  details: ['COUNT is decimal, or hexadecimal with 0x or a digit a-f. -r never overwrites a file.'],
  examples: [
    ['rd linux_banner 12', 'twelve 64-bit words'],
    ['rd -a linux_banner', 'a string'],
    ['rd -S init_task 64', 'words, with what they point at'],
  ],

  // -16 is no group of letters.
  spell: (words) =>
    words.flatMap((word) => {
      const [, width, rest] = /^-(8|16|32|64)([a-zA-Z]*)$/.exec(word) ?? [];
      return width === undefined ? [word] : [`-W${width}`, ...(rest ? [`-${rest}`] : [])];
    }),

  run(context, options, operands): RdData {
    const [word, count, ...more] = joinBrackets(operands);
    if (word === undefined || more.length > 0) throw misused(rd);
    if (options.m)
      throw new CommandError('unsupported', 'rd: -m option only applies to xen architecture');
    const look = lookOf(options);
    const { dump } = context;
    const start = options.p ? physicalStart(word) : placeNamed(dump, word).address;
    const address = BigInt.asUintN(64, start + numberOption('o', options.o));
    const reader = readerOf(
      context,
      'rd',
      options.f ? 'file' : options.p ? 'physical' : options.u ? 'user' : undefined,
      address,
    );
    if (options.r !== undefined) return copied(context, reader, address, options.r, count);
    if (options.a) return asText(reader, address, options, count);
    const asked = wordCount(options, look, address, count);
    const words = Math.min(MAX_WORDS, asked);
    if (words < asked)
      context.warn(`rd: only ${words} words of ${asked}; -r FILE writes any number`);
    const size = BigInt(look.width / 8);
    const first = options.R ? BigInt.asUintN(64, address - (BigInt(words) - 1n) * size) : address;
    return { ...head(reader, look.width), lines: linesOf(context, reader, first, words, look) };
  },

  *render(data, options) {
    if (data.file !== null) {
      yield `${data.bytes} bytes copied from ${data.lines[0]?.address ?? '0x0'} to ${data.file}`;
      return;
    }
    const { width, lines } = data;
    const decimal = options.d ? 'signed' : options.D ? 'unsigned' : undefined;
    const plain = options.x || decimal || options.s || options.S;
    const words = (options.S?.length ?? 0) > 1;
    for (const line of lines)
      yield options.a
        ? `${addressColumn(line.address)}:  ${line.text}`
        : memoryLine(line, { width, decimal, text: !plain, words });
  },
});

export default rd;

const head = (reader: Reader, width: Width) => ({
  space: reader.space,
  width,
  file: null,
  bytes: null,
});

/** @throws CommandError with crash's text */
function lookOf({ W, d, D, N, s, S }: RdOptions): Look {
  if (W !== undefined && !WIDTHS.has(W)) throw misused(rd);
  const width = (W === undefined ? 64 : Number(W)) as Width;
  const symbols = Boolean(s || S);
  if (symbols && width !== 64)
    throw new CommandError(
      'usage',
      `rd: -${s ? 's' : 'S'} option is only allowed with 64-bit display\n${misused(rd).message}`,
    );
  const decimal = d ? 'signed' : D ? 'unsigned' : undefined;
  return { width, decimal, swapped: Boolean(N) && width !== 64, symbols, caches: Boolean(S) };
}

const WIDTHS: ReadonlySet<string> = new Set(['8', '16', '32', '64']);

function physicalStart(word: string): bigint {
  const number = hexNumber(word);
  if (number === undefined) throw new CommandError('usage', `rd: invalid input: "${word}"`);
  return number;
}

function numberOption(letter: string, word: string | undefined): bigint {
  if (word === undefined) return 0n;
  return BigInt(countOf('rd', word, `-${letter}`));
}

/** More words than anyone reads: bounds what is kept. -r has no such bound. */
const MAX_WORDS = 1 << 19;

function wordCount(
  { e }: RdOptions,
  { width }: Look,
  address: bigint,
  count: string | undefined,
): number {
  if (count !== undefined) return countOf('rd', count, 'request');
  if (e === undefined) return 1;
  const end = endOption(e, address);
  const size = BigInt(width / 8);
  return Number((end - address + size - 1n) / size);
}

function endOption(word: string, address: bigint): bigint {
  const end = hexNumber(word);
  if (end === undefined) throw new CommandError('usage', `rd: invalid input: "${word}"`);
  if (end <= address)
    throw new CommandError('usage', `rd: ending address ${word} is below starting address`);
  return end;
}

const LINE = 16;

/** Lines up to the first that cannot be read; what is missing then is a warning. @throws CommandError when that is the first */
function linesOf(
  context: Context,
  reader: Reader,
  first: bigint,
  words: number,
  look: Look,
): RdLine[] {
  const lines: RdLine[] = [];
  const size = look.width / 8;
  for (let done = 0; done < words * size; done += LINE) {
    const address = BigInt.asUintN(64, first + BigInt(done));
    const length = Math.min(LINE, words * size - done);
    const bytes = readable(reader, address, length, size);
    if (isFault(bytes)) {
      const error = reader.error(address, look.width, bytes);
      if (lines.length === 0) throw error;
      context.warn(error.message);
      break;
    }
    lines.push(lineOf(context.dump, address, bytes, look));
  }
  return lines;
}

/** What of a line is there: a page may end within it. */
function readable(
  reader: Reader,
  address: bigint,
  length: number,
  size: number,
): Uint8Array | Fault {
  const whole = reader.read(address, length);
  if (!isFault(whole)) return whole;
  const toPageEnd = 4096 - Number(address & 0xfffn);
  const part = Math.floor(toPageEnd / size) * size;
  return part > 0 && part < length ? reader.read(address, part) : whole;
}

/** Characters of a line of -a. */
const TEXT_LINE = 60;
/** Without a count a string ends here at the latest. */
const MAX_TEXT = 65536;

function asText(
  reader: Reader,
  address: bigint,
  options: RdOptions,
  count: string | undefined,
): RdData {
  const limit =
    count !== undefined
      ? Math.min(MAX_WORDS, countOf('rd', count, 'request'))
      : options.e !== undefined
        ? Math.min(MAX_WORDS, Number(endOption(options.e, address) - address))
        : undefined;
  const bytes = textBytes(reader, address, limit);
  const lines: RdLine[] = [];
  for (let at = 0; at < bytes.length; at += TEXT_LINE) {
    const piece = bytes.subarray(at, at + TEXT_LINE);
    lines.push({ address: hex(address + BigInt(at)), words: [], text: textOf(piece) });
  }
  return { ...head(reader, 8), lines };
}

/** @throws CommandError when the first byte is missing */
function textBytes(reader: Reader, address: bigint, limit: number | undefined): Uint8Array {
  const bytes: number[] = [];
  while (bytes.length < (limit ?? MAX_TEXT)) {
    const at = address + BigInt(bytes.length);
    const length = Math.min((limit ?? MAX_TEXT) - bytes.length, 4096 - Number(at & 0xfffn));
    const piece = reader.read(at, length);
    if (isFault(piece)) {
      if (bytes.length === 0) throw reader.error(address, 'ascii', piece);
      break;
    }
    const end = piece.findIndex((byte) => byte < 0x20 || byte > 0x7e);
    bytes.push(...(end < 0 ? piece : piece.subarray(0, end)));
    if (end >= 0) break;
  }
  return Uint8Array.from(bytes);
}

/** Bytes copied at a time. */
const PIECE = 1 << 16;

/** -r: bytes into a new file. @throws CommandError when the first are missing or the file cannot be made */
function copied(
  context: Context,
  reader: Reader,
  address: bigint,
  file: string,
  count: string | undefined,
): RdData {
  if (count === undefined) throw misused(rd);
  if (!context.createFile)
    throw new CommandError('unsupported', 'rd: -r: no file can be written from here');
  const wanted = countOf('rd', count, 'request');
  const first = reader.read(address, 1);
  if (isFault(first)) throw reader.error(address, 8, first);
  let done = 0;
  const pieces = function* (): Generator<Uint8Array> {
    while (done < wanted) {
      const at = address + BigInt(done);
      const length = Math.min(wanted - done, PIECE - Number(at & BigInt(PIECE - 1)));
      const piece = reader.read(at, length);
      const bytes = isFault(piece)
        ? reader.read(at, Math.min(length, 4096 - Number(at & 0xfffn)))
        : piece;
      if (isFault(bytes)) {
        context.warn(`rd: ${done} of ${wanted} bytes: ${bytes.explain()}`);
        return;
      }
      yield bytes;
      done += bytes.length;
    }
  };
  const refused = context.createFile(file, pieces());
  if (refused !== undefined) throw new CommandError('usage', `rd: ${file}: ${refused}`);
  const line = { address: hex(address), words: [], text: '' };
  return { ...head(reader, 8), lines: [line], file, bytes: done };
}
