// Characters and strings as gdb writes them in C.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { type Fault, isFault } from '../../bytes/fault.ts';
import type { Memory } from '../../memory/memory.ts';
import type { Type } from '../table.ts';

/** What a pointer to characters points to. */
export interface Text {
  readonly bytes: Uint8Array;
  /** It goes on beyond what is shown. */
  readonly isCut: boolean;
  /** Why it ends before its NUL, and where. */
  readonly fault: { readonly why: Fault; readonly at: VirtualAddress } | undefined;
}

/**
 * Whether a type is shown as characters. DWARF has an encoding for it, BTF only the name; gdb takes
 * the kernel's u8 and s8 for characters too, as they are those types.
 */
export const isTextual = (type: Type): type is Extract<Type, { kind: 'int' }> =>
  type.kind === 'int' &&
  type.size === 1 &&
  !type.isBool &&
  (type.isChar || type.name === 'signed char');

/** A NUL-terminated string of at most `limit` characters. */
export function readString(memory: Memory, address: VirtualAddress, limit: number): Text {
  const bytes: number[] = [];
  for (let i = 0; i < limit; i++) {
    const at = virtual(address + BigInt(i));
    const byte = memory.u8(at);
    if (isFault(byte))
      return { bytes: Uint8Array.from(bytes), isCut: false, fault: { why: byte, at } };
    if (byte === 0) return { bytes: Uint8Array.from(bytes), isCut: false, fault: undefined };
    bytes.push(byte);
  }
  return { bytes: Uint8Array.from(bytes), isCut: true, fault: undefined };
}

const ESCAPES: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  92: '\\\\',
};

/** `"text\000"`. Bytes that are no ASCII are octal, whatever they would mean in another encoding. */
export function quoteString(bytes: Uint8Array): string {
  let text = '"';
  for (const byte of bytes) text += escapeByte(byte, 34);
  return `${text}"`;
}

/** `'a'`, `'\000'` */
export const quoteChar = (byte: number): string => `'${escapeByte(byte, 39)}'`;

function escapeByte(byte: number, quote: number): string {
  if (byte === quote) return `\\${String.fromCharCode(byte)}`;
  const escaped = ESCAPES[byte];
  if (escaped) return escaped;
  if (byte >= 32 && byte < 127) return String.fromCharCode(byte);
  return `\\${byte.toString(8).padStart(3, '0')}`;
}
