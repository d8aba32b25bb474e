// What the operands of `search` say is searched for.
import type { Dump } from '../../types/dump.ts';
import { hexNumber, placeOf } from '../kit/address.ts';
import { CommandError } from '../kit/define.ts';
import type { ValueNeedle } from './needle.ts';
import type { Needles } from './scan.ts';

interface Wishes {
  readonly c?: boolean | undefined;
  readonly m?: string | undefined;
}

/** @throws CommandError with crash's text */
export function needlesOf(
  dump: Dump,
  words: readonly string[],
  bits: 16 | 32 | 64,
  { c, m }: Wishes,
  usage: string,
): Needles {
  if (c) {
    if (m !== undefined)
      throw new CommandError('usage', `search: -m option is not allowed with -c\n${usage}`);
    // Words keep single quotes: they are regular expressions to the commands that select tasks.
    const texts = words
      .map((word) => word.replace(/^'(.*)'$/s, '$1'))
      .filter((text) => text !== '');
    if (texts.length === 0) throw new CommandError('usage', usage);
    return { texts };
  }
  const mask = m === undefined ? 0n : hexNumber(m);
  if (mask === undefined) throw new CommandError('usage', `search: invalid input: "${m}"`);
  return { values: words.map((word) => needleOf(dump, word, bits, mask)), bits };
}

const LETTERS = { 16: 'h', 32: 'w', 64: '' } as const;

function needleOf(dump: Dump, word: string, bits: 16 | 32 | 64, mask: bigint): ValueNeedle {
  const place = placeOf(dump, word);
  if (!place) throw new CommandError('usage', `search: invalid input: "${word}"`);
  const value: bigint = place.address;
  if (value >> BigInt(bits))
    throw new CommandError(
      'usage',
      `search: value too large for -${LETTERS[bits]} option: ${value.toString(16)}`,
    );
  const isNumber = !place.symbol && hexNumber(word) !== undefined;
  const care = BigInt.asUintN(bits, ~mask);
  return { value: value & care, care, label: isNumber ? '' : `(${bare(word)})` };
}

const bare = (word: string): string => (/^\(.*\)$/.test(word) ? word.slice(1, -1) : word);
