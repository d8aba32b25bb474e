// Lines of memory in crash's columns.
import type { RdLine, RdWord } from './data.ts';
import type { Width } from './words.ts';

/** Digits of the largest decimal number, as crash allots them; its -d of 64 bits grows beyond. */
const DECIMALS: Readonly<Record<Width, number>> = { 8: 3, 16: 5, 32: 12, 64: 15 };

export interface Columns {
  readonly width: Width;
  readonly decimal?: 'signed' | 'unsigned' | undefined;
  /** Whether the bytes stand as text behind the words. */
  readonly text: boolean;
  /** With -SS: the word beside the cache's name. */
  readonly words: boolean;
}

export function memoryLine({ address, words, text }: RdLine, columns: Columns): string {
  const room = roomOf(columns);
  const cells = words.map((word) => `${cell(word, columns, room)} `).join('');
  const start = `${addressColumn(address)}:  `;
  if (!columns.text) return start + cells;
  return `${start}${cells.padEnd((16 / (columns.width / 8)) * (room + 1))}  ${text}`;
}

/** 16 columns; digits in front only a kernel address has. */
export const addressColumn = (address: string): string => address.slice(2).padStart(16);

function roomOf({ width, decimal }: Columns): number {
  if (!decimal) return width / 4;
  return decimal === 'unsigned' && width === 64 ? 20 : DECIMALS[width];
}

function cell({ value, symbol, offset, cache }: RdWord, columns: Columns, room: number): string {
  if (symbol) return `${symbol}${offset ? `+${offset}` : ''}`.padEnd(room);
  if (cache) return (columns.words ? `[${value}:${cache}]` : `[${cache}]`).padEnd(room);
  return value.padStart(room);
}
