// The words of a stack: raw, and what they may mean.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { isFault } from '../../bytes/fault.ts';
import type { StackRange } from '../../kernel/cpu-stacks.ts';
import { slabCacheOf } from '../../kernel/slab.ts';
import { hex } from '../../print/hex.ts';
import { Text } from '../../stacks/text.ts';
import { codeWords } from '../../stacks/words.ts';
import type { Dump } from '../../types/dump.ts';

/** Eight bytes of a stack. */
export interface BtWord {
  address: string;
  /** null: the page is not in the dump. */
  value: string | null;
  /** With -F, -r, -t, -T: the symbol it points to or behind. */
  symbol: string | null;
  offset: number | null;
  module: string | null;
  /** With -F: the slab cache whose object it points into. */
  cache: string | null;
}

/** What to find out about each word. */
export interface Meanings {
  readonly symbols: boolean;
  readonly caches: boolean;
}

/** Further behind a symbol than any buffer is long: what lies there has no symbol of its own. */
const MAX_OFFSET = 0x40000n;
/** Words of at most one stack: 64 KiB. */
const MAX_WORDS = 8192;

/** The words from one address up to another (not included). */
export function wordsBetween(dump: Dump, from: bigint, to: bigint, meanings: Meanings): BtWord[] {
  const words: BtWord[] = [];
  for (let at = from; at < to && words.length < MAX_WORDS; at += 8n) {
    const value = dump.memory.pointer(virtual(at));
    words.push(
      isFault(value)
        ? { address: hex(at), value: null, ...NOTHING }
        : { address: hex(at), value: hex(value), ...meaningOf(dump, value, meanings) },
    );
  }
  return words;
}

/** Every word of a stack that points into code, from an address on. */
export function textWords(dump: Dump, stack: StackRange, from: bigint): BtWord[] {
  const text = Text.of(dump);
  const words: BtWord[] = [];
  for (const { slot, word } of codeWords(dump, stack, from)) {
    // A return address belongs to the function of the call before it, even when it is the first byte of the next.
    const place = text.isReturnAddress(word)
      ? text.atReturn(word)
      : text.isText(word)
        ? text.at(word)
        : undefined;
    if (place?.symbol === undefined) continue;
    words.push({
      address: hex(slot),
      value: hex(word),
      symbol: place.symbol,
      offset: place.offset ?? null,
      module: place.module ?? null,
      cache: null,
    });
  }
  return words;
}

const NOTHING = { symbol: null, offset: null, module: null, cache: null } as const;

function meaningOf(
  dump: Dump,
  value: VirtualAddress,
  { symbols, caches }: Meanings,
): Omit<BtWord, 'address' | 'value'> {
  if (!symbols) return NOTHING;
  const symbol = dump.symbols.at(value);
  if (symbol && value - symbol.address < MAX_OFFSET)
    return {
      symbol: symbol.name,
      offset: Number(value - symbol.address),
      module: symbol.module ?? null,
      cache: null,
    };
  const cache = caches ? slabCacheOf(dump, value) : undefined;
  return { ...NOTHING, cache: cache ?? null };
}
