// Addresses as crash's arguments name them: hexadecimal digits, a symbol, an expression in brackets.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import type { KernelSymbol } from '../../symbols/table.ts';
import type { Dump } from '../../types/dump.ts';
import { evaluate, numberOf } from './arithmetic.ts';
import { CommandError } from './define.ts';

/** An operand, and what of it the answer repeats. */
export interface Place {
  readonly address: VirtualAddress;
  /** The symbol, when the word is exactly its name. */
  readonly symbol: KernelSymbol | undefined;
}

/** A hexadecimal number, 0x or not: at most 64 bits. */
export function hexNumber(word: string): bigint | undefined {
  return /^(?:0x)?[0-9a-f]{1,16}$/i.test(word) ? numberOf(word, 16) : undefined;
}

/** What a word names; undefined when it is nothing of this dump. */
export function placeOf(dump: Dump, word: string): Place | undefined {
  const symbol = dump.symbols.lookup(word);
  if (symbol) return { address: symbol.address, symbol };
  const address =
    hexNumber(word) ??
    (/[-+(]/.test(word) ? evaluate(word, (name) => dump.symbols.address(name), 10) : undefined);
  return address === undefined ? undefined : { address: virtual(address), symbol: undefined };
}

/**
 * As `placeOf`.
 *
 * @throws CommandError with crash's text when the word is nothing of this dump
 */
export function placeNamed(dump: Dump, word: string): Place {
  const place = placeOf(dump, word);
  if (!place)
    throw new CommandError(
      'not-found',
      `symbol not found: ${word}\npossible alternatives:\n${alternatives(dump, word)}`,
    );
  return place;
}

/** More lines than this help nobody. */
const MAX_ALTERNATIVES = 500;

/** Symbols that have the word in their names, as crash offers them. */
export function alternatives(dump: Dump, word: string): string {
  const lines: string[] = [];
  for (const source of [dump.symbols.kernel, ...dump.symbols.modules])
    for (const { name, address, type } of source.all()) {
      if (lines.length === MAX_ALTERNATIVES) break;
      if (name.includes(word)) lines.push(`  ${address.toString(16)} (${type}) ${name}`);
    }
  return lines.length > 0 ? lines.join('\n') : '  (none found)';
}

/** Operands, an expression in brackets being one of them whatever blanks it has: `(init_task + 8)`. */
export function joinBrackets(words: readonly string[]): string[] {
  const joined: string[] = [];
  let open = 0;
  for (const word of words) {
    if (open > 0) joined[joined.length - 1] += ` ${word}`;
    else joined.push(word);
    open += count(word, '(') - count(word, ')');
  }
  return joined;
}

const count = (word: string, char: string): number => word.split(char).length - 1;

/**
 * A count: decimal, hexadecimal with 0x or a digit a-f.
 *
 * @throws CommandError with crash's text when it is none
 */
export function countOf(command: string, word: string, what: string): number {
  const value = numberOf(word);
  if (value === undefined)
    throw new CommandError('usage', `${command}: not a valid number: ${word}`);
  if (value === 0n || value > 2n ** 40n)
    throw new CommandError('usage', `${command}: invalid count ${what}: ${word}`);
  return Number(value);
}
