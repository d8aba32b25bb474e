// `ascii`: the characters in a word, or the table of them.
import { hex } from '../print/hex.ts';
import { hexNumber } from './kit/address.ts';
import { CommandError, defineCommand } from './kit/define.ts';

export interface AsciiWord {
  readonly value: string;
  /** Its eight bytes, lowest first; control characters by their names: `<NUL>`. */
  readonly text: string;
}

/** One for each value; empty for the chart. */
export type AsciiData = readonly AsciiWord[];

const CONTROL = [
  ...['NUL', 'SOH', 'STX', 'ETX', 'EOT', 'ENQ', 'ACK', 'BEL', 'BS', 'HT', 'LF', 'VT', 'FF', 'CR'],
  ...['SO', 'SI', 'DLE', 'DC1', 'DC2', 'DC3', 'DC4', 'NAK', 'SYN', 'ETB', 'CAN', 'EM', 'SUB'],
  ...['ESC', 'FS', 'GS', 'RS', 'US'],
];

const command = defineCommand({
  name: 'ascii',
  summary: 'the characters in a hexadecimal value, or the table of characters',
  operands: '[VALUE]…',
  options: {},
  needsNoTypes: true,
  examples: [
    ['ascii 62696c2f7273752f', 'the eight characters of a word'],
    ['ascii', 'the table'],
  ],

  spell: (words) => ['--', ...words],

  run(_context, _options, operands): AsciiData {
    return operands.map((word) => {
      const value = hexNumber(word);
      if (value === undefined) throw new CommandError('usage', `ascii: invalid input: "${word}"`);
      return { value: hex(value), text: charactersOf(value) };
    });
  },

  *render(words) {
    if (words.length === 0) yield* chart();
    for (const { value, text } of words) yield `${value.slice(2).padStart(16, '0')}: ${text}`;
  },
});

export default command;

function charactersOf(value: bigint): string {
  let text = '';
  for (let i = 0n; i < 8n; i++) text += characterOf(Number((value >> (i * 8n)) & 0xffn));
  return text;
}

function characterOf(byte: number): string {
  if (byte < 32) return `<${CONTROL[byte]}>`;
  if (byte === 127) return '<DEL>';
  return byte < 127 ? String.fromCharCode(byte) : `<${byte.toString(16)}>`;
}

function* chart(): Generator<string> {
  yield '';
  yield '      0    1   2   3   4   5   6   7';
  yield '    +-------------------------------';
  for (let low = 0; low < 16; low++) {
    const cells = Array.from({ length: 8 }, (_, high) => cell(high * 16 + low, high));
    yield `  ${low.toString(16).toUpperCase()} |${cells.join('')}`;
  }
  yield '';
}

function cell(byte: number, column: number): string {
  const name = byte < 32 ? CONTROL[byte] : byte === 32 ? 'SP' : byte === 127 ? 'DEL' : undefined;
  if (name !== undefined) return ` ${name.padStart(3)}`;
  // The first column of plain characters stands under the head of a wider one.
  return ` ${String.fromCharCode(byte)
    .padStart(column === 0 ? 3 : 2)
    .padEnd(3)}`;
}
