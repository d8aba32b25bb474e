// The addresses on a list, up to its end or to where it breaks.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { isFault } from '../../bytes/fault.ts';
import type { Dump } from '../../types/dump.ts';
import { unreadable } from '../kit/read-error.ts';
import type { ListQuestion } from './arguments.ts';

export interface Followed {
  readonly addresses: readonly VirtualAddress[];
  readonly error: string | null;
}

/** Structs on the longest list anyone waits for. */
const MAX_ENTRIES = 4_000_000;

export function followList(dump: Dump, question: ListQuestion): Followed {
  const { start, offset, form, end } = question;
  const shift = BigInt(offset);
  const field = question.isBackwards ? 8n : 0n;
  const addresses: VirtualAddress[] = [];
  const seen = new Set<bigint>();
  const minus = (link: bigint) => virtual(BigInt.asUintN(64, link - shift));
  const plus = (at: bigint) => virtual(BigInt.asUintN(64, at + shift));
  const stop = (error: string | null): Followed => ({ addresses, error });
  // With a head the walk is along the links; without, along the addresses themselves.
  const isRing = form !== 'plain';
  const first = form === 'ring' ? plus(start) : start;
  let link = first;
  let second: bigint | undefined;
  if (form !== 'head') {
    seen.add(first);
    addresses.push(start);
  }
  for (;;) {
    const at = isRing ? link + field : plus(link) + field;
    const next = dump.memory.pointer(virtual(BigInt.asUintN(64, at)));
    if (isFault(next)) {
      const type = link === first ? 'first list entry' : 'list entry';
      // Where nothing can be read is no list.
      if (link === first) addresses.length = 0;
      return stop(unreadable('list', at, type, next, 'kernel virtual').message);
    }
    if (next === first) return stop(null);
    if (next === 0n) return stop(isRing ? 'list: invalid list entry: 0' : null);
    const entry = isRing ? minus(next) : next;
    if (end !== undefined && (entry === end || next === end)) return stop(null);
    // Back at the first entry: a ring whose head, where the walk began, is not on it.
    if (next === second) return stop(null);
    second ??= next;
    if (seen.has(next)) return stop(`list: duplicate list entry: ${entry.toString(16)}`);
    if (addresses.length >= MAX_ENTRIES) return stop(`list: stopped after ${MAX_ENTRIES} entries`);
    seen.add(next);
    addresses.push(entry);
    link = next;
  }
}
