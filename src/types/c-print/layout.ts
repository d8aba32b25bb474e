// A value laid out as gdb does with `print pretty`, and crash with it.
import { hex } from '../../print/hex.ts';
import { quoteChar, quoteString, type Text } from './text.ts';
import type { CValue } from './value.ts';

export type Radix = 10 | 16;

/**
 * The text of a value, several lines for a struct.
 *
 * @param depth how many structs and arrays it is in: its inner lines are indented by two blanks for each
 */
export function layOut(value: CValue, radix: Radix, depth = 0): string {
  switch (value.kind) {
    case 'aggregate':
      return aggregate(value, radix, depth);
    case 'array':
      return array(value, radix, depth);
    case 'string':
      return string(value);
    case 'int':
      return integer(value, radix);
    case 'float':
      return float(value.value);
    case 'enum':
      return value.name;
    case 'pointer':
      return pointer(value);
    case 'opaque':
      return value.text;
    case 'unreadable':
      return `<error: ${value.fault.explain()}>`;
  }
}

type Kind<K extends CValue['kind']> = Extract<CValue, { kind: K }>;

function aggregate({ fields }: Kind<'aggregate'>, radix: Radix, depth: number): string {
  if (fields.length === 0) return '{<No data fields>}';
  const indent = '  '.repeat(depth);
  const lines = fields.map(({ name, value }) => {
    const text = layOut(value, radix, depth + 1);
    return `${indent}  ${name === '' ? '' : `${name} = `}${text}`;
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

function array({ items, isCut }: Kind<'array'>, radix: Radix, depth: number): string {
  const texts = items.map((item) => layOut(item, radix, depth + 1));
  return `{${texts.join(', ')}${isCut ? '...' : ''}}`;
}

/** The last NUL of an array of characters is its end, and not shown. */
function string({ bytes, isCut }: Kind<'string'>): string {
  if (isCut) return `${quoteString(bytes)}...`;
  return quoteString(bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes);
}

function integer({ value, bits, form }: Kind<'int'>, radix: Radix): string {
  if (radix === 16) return hex(BigInt.asUintN(bits, value));
  if (form === 'bool' && (value === 0n || value === 1n)) return value === 1n ? 'true' : 'false';
  if (form === 'char') return `${value} ${quoteChar(Number(BigInt.asUintN(8, value)))}`;
  return `${value}`;
}

/** C's %.17g: every digit of a double. A `float` shows as many: the kernel has none, and no double either. */
function float(value: number): string {
  if (Number.isNaN(value)) return 'nan(0x8000000000000)';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const [digits = '', exponent = '0'] = value.toExponential(16).split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 17) return withoutZeros(value.toFixed(16 - power));
  const size = `${Math.abs(power)}`.padStart(2, '0');
  return `${withoutZeros(digits)}e${power < 0 ? '-' : '+'}${size}`;
}

const withoutZeros = (digits: string): string =>
  digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;

function pointer({ address, symbol, text }: Kind<'pointer'>): string {
  const name = symbol === undefined ? '' : ` <${symbol}>`;
  return `${hex(address)}${name}${text ? ` ${pointee(text)}` : ''}`;
}

function pointee({ bytes, isCut, fault }: Text): string {
  const error = fault ? `<error: Cannot access memory at address ${hex(fault.at)}>` : '';
  if (fault && bytes.length === 0) return error;
  return `${quoteString(bytes)}${isCut ? '...' : ''}${error}`;
}
