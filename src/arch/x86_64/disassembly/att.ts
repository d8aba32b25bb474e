// From iced-x86's AT&T text to binutils' (2.41 and later): where the two differ, found by comparing both on the text of four
// kernels (test/full/dis.test.ts). binutils: opcodes/i386-dis.c.
import type { Instruction as Decoded, Formatter } from 'iced-x86';

type Iced = typeof import('iced-x86');

/** A formatter set as far towards binutils as its own options go. */
export function gasFormatter(iced: Iced): Formatter {
  const formatter = new iced.Formatter(iced.FormatterSyntax.Gas);
  formatter.spaceAfterOperandSeparator = false;
  formatter.hexPrefix = '0x';
  formatter.uppercaseHex = false;
  formatter.smallHexNumbersInDecimal = false;
  formatter.branchLeadingZeros = false;
  formatter.displacementLeadingZeros = false;
  formatter.ripRelativeAddresses = true;
  formatter.showBranchSize = false;
  formatter.gasShowMnemonicSizeSuffix = false;
  return formatter;
}

/** An instruction as binutils shows it: the mnemonic in six columns, then the operands. */
export function textOf(formatter: Formatter, decoded: Decoded, bytes: Uint8Array): string {
  // What the bytes hold is shown: a displacement of 0, a scale of 1.
  formatter.showZeroDisplacements = decoded.memoryDisplSize > 0;
  formatter.alwaysShowScale = decoded.memoryIndex !== 0;
  const [, words = '', operands = ''] =
    /^((?:(?:lock|rep(?:n?[ez])?|xacquire|xrelease|notrack|bnd) )*\S+) ?(.*)$/.exec(
      formatter.format(decoded),
    ) ?? [];
  const at = words.lastIndexOf(' ') + 1;
  const prefixes =
    words.slice(0, at).replace(/\brep(n?)e /, 'rep$1z ') + hiddenPrefixes(bytes, words.slice(at));
  return laidOut(
    prefixes,
    mnemonicOf(words.slice(at), operands),
    operandsOf(words.slice(at), operands, bytes),
  );
}

const laidOut = (prefixes: string, mnemonic: string, operands: string): string =>
  operands ? `${(prefixes + mnemonic).padEnd(6)} ${operands}` : prefixes + mnemonic;

/** Prefixes that decide nothing: compilers pad with them, binutils shows them. */
function hiddenPrefixes(bytes: Uint8Array, mnemonic: string): string {
  let operandSizes = 0;
  let text = '';
  for (const byte of bytes) {
    if (byte === 0x66) operandSizes++;
    else if (byte === 0x2e) text += 'cs ';
    else if (byte === 0x3e && mnemonic !== 'jmp' && mnemonic !== 'call') text += 'ds ';
    else break;
  }
  // One of them is what makes the operands 16 bits wide.
  return 'data16 '.repeat(Math.max(0, operandSizes - 1)) + text;
}

/** The only size that these have in 64-bit mode is not said. */
function mnemonicOf(mnemonic: string, operands: string): string {
  if (/^(?:call|jmp|push|pop)q$/.test(mnemonic) && /[(*]|^0x/.test(operands))
    return mnemonic.slice(0, -1);
  if (mnemonic === 'lretl' || mnemonic === 'ljmpl' || mnemonic === 'lcalll')
    return mnemonic.slice(0, -1);
  return mnemonic;
}

/** Operands that the encoding leaves no choice about. */
const IMPLIED: Readonly<Record<string, string>> = {
  monitor: '%rax,%ecx,%edx',
  mwait: '%eax,%ecx',
};

const SHIFTS = /^(?:sh[lr]|sa[lr]|ro[lr]|rc[lr])[bwlq]?$/;

/** Shifts whose opcode itself says by how much: D0 and D1, behind prefixes. */
const isByOne = (bytes: Uint8Array): boolean => {
  const opcode = bytes.find(
    (byte) => byte !== 0x66 && byte !== 0x65 && byte !== 0xf0 && (byte & 0xf0) !== 0x40,
  );
  return opcode === 0xd0 || opcode === 0xd1;
};

function operandsOf(mnemonic: string, operands: string, bytes: Uint8Array): string {
  if (SHIFTS.test(mnemonic) && isByOne(bytes)) return operands.replace(/^\$0x1(?=,|$)/, '$$1');
  if (mnemonic === 'nop') return operands.replace(/^%\w+,/, '');
  if (/^imul[wlq]?$/.test(mnemonic)) return operands.replace(/^(\$[^,]*),(%\w+)$/, '$1,$2,$2');
  if (/^(?:in|out)[bwl]?$/.test(mnemonic)) return operands.replace('%dx', '(%dx)');
  if (operands === '') return IMPLIED[mnemonic] ?? '';
  return stringOperands(mnemonic, operands);
}

/** String instructions: their segments, and the port's brackets. */
function stringOperands(mnemonic: string, operands: string): string {
  if (!/^(?:movs|cmps|stos|lods|scas|ins|outs)[bwlq]?$/.test(mnemonic)) return operands;
  return operands
    .replace(/(^|,)\((%[er]?si)\)/, '$1%ds:($2)')
    .replace(/(^|,)\((%[er]?di)\)/, '$1%es:($2)')
    .replace('%dx', '(%dx)');
}
