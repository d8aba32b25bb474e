// The words of a stack that may lead into code.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { StackRange } from '../kernel/cpu-stacks.ts';
import type { Dump } from '../types/dump.ts';
import type { Certainty, State } from './state.ts';

export interface StackWord {
  readonly slot: VirtualAddress;
  readonly word: VirtualAddress;
}

/**
 * Aligned words that point into the topmost 4 GiB, where kernel and modules lie; pages that are absent
 * are passed over.
 *
 * @param from the lowest address to look at; the stack's own by default
 */
export function* codeWords(
  dump: Dump,
  stack: StackRange,
  from: bigint = stack.low,
): Generator<StackWord> {
  const start = from < stack.low ? stack.low : from;
  for (let page: bigint = start & ~0xfffn; page < stack.high; page += 4096n) {
    const bytes = dump.memory.read(virtual(page), 4096);
    if (isFault(bytes)) continue;
    const view = new DataView(bytes.buffer, bytes.byteOffset, 4096);
    const first = page < start ? (Number(start - page) + 7) & ~7 : 0;
    const end = Math.min(4096, Number(stack.high - page));
    for (let at = first; at < end; at += 8) {
      if (view.getUint32(at + 4, true) !== 0xffff_ffff) continue;
      yield { slot: virtual(page + BigInt(at)), word: virtual(view.getBigUint64(at, true)) };
    }
  }
}

/** The frame that a word stands for when it is a return address: the stack goes on right above it. */
export const stateAt = (
  stack: StackRange,
  { slot, word }: StackWord,
  certainty: Certainty,
): State => ({
  pc: word,
  sp: virtual(slot + 8n),
  bp: undefined,
  slot,
  is: 'return',
  registers: undefined,
  stack,
  certainty,
});
