// The search itself: a page at a time, nothing kept but what is found.
import { isFault } from '../../bytes/fault.ts';
import type { Mapping } from '../../memory/mappings.ts';
import type { Dump } from '../../types/dump.ts';
import { type Hit, StringFinder, type ValueNeedle, valueFinder } from './needle.ts';
import type { Place } from './places.ts';

export type Needles =
  | { readonly texts: readonly string[] }
  | { readonly values: readonly ValueNeedle[]; readonly bits: 16 | 32 | 64 };

export interface Found extends Hit {
  readonly address: bigint;
}

export interface Tally {
  pages: number;
  missing: number;
}

/** Pages between two looks at the clock. */
const PIECE = 2048;

/**
 * What of a place matches, through `found`, which says whether to go on. Gives way after every 8 MiB.
 *
 * @param isUser of whom the addresses are
 */
export function* scan(
  dump: Dump,
  needles: Needles,
  pages: Iterable<Mapping>,
  { start, end }: Place,
  isUser: boolean,
  tally: Tally,
  found: (hit: Found) => boolean,
): Generator<void> {
  const strings = 'texts' in needles ? new StringFinder(needles.texts) : undefined;
  const values = 'texts' in needles ? undefined : valueFinder(needles.values, needles.bits);
  const hits: Hit[] = [];
  let next = -1;
  for (const { page, frame, count } of pages)
    for (let i = 0; i < count; i++) {
      if (tally.pages % PIECE === PIECE - 1) yield;
      tally.pages++;
      const bytes = dump.physical.page(frame + i, isUser);
      if (isFault(bytes)) {
        tally.missing++;
        continue;
      }
      const base = BigInt(page + i) << 12n;
      const from = base < start ? Number(start - base) : 0;
      const to = base + 4096n > end ? Number(end - base) : 4096;
      if (values) values(bytes, from, to, hits);
      else if (strings) {
        if (page + i !== next) strings.gap();
        strings.find(bytes, from, to, hits);
        next = page + i + 1;
      }
      for (const hit of hits) if (!found({ ...hit, address: base + BigInt(hit.offset) })) return;
      hits.length = 0;
    }
}
