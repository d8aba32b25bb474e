// `eval`: a number or an expression, in all radices.
import { hex } from '../print/hex.ts';
import { evaluate } from './kit/arithmetic.ts';
import { CommandError, defineCommand } from './kit/define.ts';
import { misused } from './kit/usage.ts';

/** A 64-bit word in all radices. */
export interface EvalData {
  readonly hexadecimal: string;
  /** Its size as people say it, when it is whole: `128MB`; null otherwise. */
  readonly size: string | null;
  /** Digits: it may be beyond what a number holds. */
  readonly unsigned: string;
  readonly signed: string;
  readonly octal: string;
  /** 64 digits. */
  readonly binary: string;
  /** Numbers of the bits that are set, highest first. */
  readonly bits: readonly number[];
}

const options = {
  b: { type: 'boolean', help: 'also the numbers of the bits that are set' },
  l: { type: 'boolean', help: 'the number is 64 bits wide: it always is' },
} as const;

const command = defineCommand({
  name: 'eval',
  summary: 'a number or an expression, in all radices',
  operands: '(EXPRESSION) | VALUE',
  options,
  needsNoTypes: true,
  details: [
    'A number with 0x or a digit a-f is hexadecimal; k, m and g behind it are units. Symbols are their addresses. Operators are those of C on 64-bit words: * / % + - << >> & ^ | and the unary - and ~.',
  ],
  examples: [
    ['eval 128m', '134217728 in all radices'],
    ['eval -b (1 << 32)', 'with the bits that are set'],
    ['eval schedule + 0x10', 'an address'],
  ],

  // `-1` is a number.
  spell(words) {
    const first = words.findIndex((word) => !/^-[bl]+$/.test(word));
    return first < 0 ? words : [...words.slice(0, first), '--', ...words.slice(first)];
  },

  run({ dump }, _options, operands): EvalData {
    if (operands.length === 0) throw misused(command);
    const text = operands.join(' ');
    const value = evaluate(text, (name) => dump.symbols.address(name));
    if (value === undefined)
      throw new CommandError('usage', `eval: invalid expression: ${bracketed(text)}`);
    return dataOf(value);
  },

  *render({ hexadecimal, size, unsigned, signed, octal, binary, bits }, { b }) {
    yield `hexadecimal: ${hexadecimal.slice(2)}${size ? `  (${size})` : ''}`;
    yield `    decimal: ${unsigned}${signed === unsigned ? '' : `  (${signed})`}`;
    yield `      octal: ${octal}`;
    yield `     binary: ${binary}`;
    if (b) yield* bitLines(bits);
  },
});

export default command;

const bracketed = (text: string): string => (text.startsWith('(') ? text : `(${text})`);

function dataOf(value: bigint): EvalData {
  const bits: number[] = [];
  for (let bit = 63; bit >= 0; bit--) if ((value >> BigInt(bit)) & 1n) bits.push(bit);
  return {
    hexadecimal: hex(value),
    size: sizeText(value),
    unsigned: `${value}`,
    signed: `${BigInt.asIntN(64, value)}`,
    octal: value.toString(8),
    binary: value.toString(2).padStart(64, '0'),
    bits,
  };
}

/** A whole number of the largest unit that divides it; null when none does. */
function sizeText(value: bigint): string | null {
  if (value === 0n) return null;
  for (const [unit, shift] of [
    ['GB', 30n],
    ['MB', 20n],
    ['KB', 10n],
  ] as const)
    if (value % (1n << shift) === 0n) return `${value >> shift}${unit}`;
  return null;
}

const LABEL = '   bits set: ';
const WIDTH = 80;

function* bitLines(bits: readonly number[]): Generator<string> {
  let line = LABEL;
  for (const bit of bits) {
    if (line.length + `${bit}`.length + 1 > WIDTH) {
      yield line;
      line = ' '.repeat(LABEL.length);
    }
    line += `${bit} `;
  }
  yield line;
}
