// Bytes as the words of one line.
import { virtual } from '../../bytes/address.ts';
import { slabCacheOf } from '../../kernel/slab.ts';
import { hex } from '../../print/hex.ts';
import type { Dump } from '../../types/dump.ts';
import type { RdLine, RdWord } from './data.ts';

export type Width = 8 | 16 | 32 | 64;

export interface Look {
  readonly width: Width;
  /** With -d, -D: signed, unsigned. */
  readonly decimal?: 'signed' | 'unsigned' | undefined;
  /** Words in network byte order. */
  readonly swapped: boolean;
  readonly symbols: boolean;
  readonly caches: boolean;
}

/** One line of at most 16 bytes. */
export function lineOf(dump: Dump, address: bigint, memory: Uint8Array, look: Look): RdLine {
  const size = look.width / 8;
  const bytes = look.swapped ? swapped(memory, size) : memory;
  const words: RdWord[] = [];
  for (let at = 0; at + size <= bytes.length; at += size)
    words.push(wordOf(dump, littleEndian(bytes, at, size), look));
  return { address: hex(address), words, text: textOf(bytes) };
}

export const textOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '.')).join('');

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let at = 0; at + size <= copy.length; at += size) copy.subarray(at, at + size).reverse();
  return copy;
}

function littleEndian(bytes: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i] as number);
  return value;
}

const FIRST_KERNEL_ADDRESS = 1n << 63n;

function wordOf(dump: Dump, word: bigint, look: Look): RdWord {
  const value = digitsOf(word, look);
  if (!look.symbols && !look.caches) return { value };
  if (word < FIRST_KERNEL_ADDRESS)
    return { value, symbol: null, offset: null, ...(look.caches ? { cache: null } : {}) };
  const address = virtual(word);
  const symbol = dump.symbols.at(address);
  return {
    value,
    symbol: symbol?.name ?? null,
    offset: symbol ? Number(address - symbol.address) : null,
    ...(look.caches ? { cache: symbol ? null : (slabCacheOf(dump, address) ?? null) } : {}),
  };
}

function digitsOf(word: bigint, { width, decimal }: Look): string {
  if (decimal === 'signed') return `${BigInt.asIntN(width, word)}`;
  return decimal ? `${word}` : word.toString(16).padStart(width / 4, '0');
}
