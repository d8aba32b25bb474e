// The search itself: a part at a time, nothing kept but what is found. Parts can be searched anywhere that has the pages.
import { type Fault, isFault } from '../../bytes/fault.ts';
import type { Mapping } from '../../memory/mappings.ts';
import { type Hit, StringFinder, type ValueNeedle, valueFinder } from './needle.ts';
import type { Place } from './places.ts';

export type Needles =
  | { readonly texts: readonly string[] }
  | { readonly values: readonly ValueNeedle[]; readonly bits: 16 | 32 | 64 };

/** What is searched for in every part. */
export interface SearchJob {
  readonly needles: Needles;
  readonly place: Place;
  /** Nobody wants more matches. */
  readonly limit: number;
}

/** What is searched in one go. */
export interface SearchPart {
  readonly runs: readonly Mapping[];
  /** The page that the first one follows: strings may begin there. */
  readonly before: Mapping | undefined;
}

export interface Found extends Hit {
  readonly address: bigint;
}

export interface PartFound {
  readonly hits: readonly Found[];
  readonly pages: number;
  /** How many of them are not in the dump. */
  readonly missing: number;
}

/** Searches parts in other threads; answers in the order of the parts. */
export type SearchCrew = (job: SearchJob, parts: Iterable<SearchPart>) => AsyncIterable<PartFound>;

/** Pages of a part: 8 MiB. */
const PART = 2048;

/** Runs of pages, cut into parts. */
export function* partsOf(pages: Iterable<Mapping>): Generator<SearchPart> {
  let runs: Mapping[] = [];
  let room = PART;
  let before: Mapping | undefined;
  for (const { page, frame, count } of pages)
    for (let done = 0; done < count; ) {
      const taken = Math.min(room, count - done);
      runs.push({ page: page + done, frame: frame + done, count: taken });
      done += taken;
      room -= taken;
      if (room > 0) continue;
      yield { runs, before };
      before = { page: page + done - 1, frame: frame + done - 1, count: 1 };
      runs = [];
      room = PART;
    }
  if (runs.length > 0) yield { runs, before };
}

/** What of a part matches. */
export function scan(
  pageOf: (frame: number) => Uint8Array | Fault,
  { needles, place, limit }: SearchJob,
  { runs, before }: SearchPart,
): PartFound {
  const find = finder(needles);
  const found: Found[] = [];
  const hits: Hit[] = [];
  let pages = 0;
  let missing = 0;
  const look = (page: number, frame: number): boolean => {
    const bytes = pageOf(frame);
    if (isFault(bytes)) return false;
    const base = BigInt(page) << 12n;
    const from = base < place.start ? Number(place.start - base) : 0;
    const to = base + 4096n > place.end ? Number(place.end - base) : 4096;
    find(page, bytes, from, to, hits);
    return true;
  };
  if (before && 'texts' in needles) {
    look(before.page, before.frame);
    hits.length = 0;
  }
  for (const { page, frame, count } of runs)
    for (let i = 0; i < count; i++) {
      pages++;
      if (!look(page + i, frame + i)) missing++;
      else if (hits.length > 0) {
        const base = BigInt(page + i) << 12n;
        for (const hit of hits) {
          if (found.length === limit) return { hits: found, pages, missing };
          found.push({ ...hit, address: base + BigInt(hit.offset) });
        }
        hits.length = 0;
      }
    }
  return { hits: found, pages, missing };
}

type FindInPage = (page: number, bytes: Uint8Array, from: number, to: number, hits: Hit[]) => void;

function finder(needles: Needles): FindInPage {
  if (!('texts' in needles)) {
    const values = valueFinder(needles.values, needles.bits);
    return (_page, bytes, from, to, hits) => values(bytes, from, to, hits);
  }
  const strings = new StringFinder(needles.texts);
  let next = -1;
  return (page, bytes, from, to, hits) => {
    if (page !== next) strings.gap();
    strings.find(bytes, from, to, hits);
    next = page + 1;
  };
}
