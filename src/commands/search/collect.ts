// What a search found, with what is shown of each match, until there is more than anyone reads.
import { isFault } from '../../bytes/fault.ts';
import { hex } from '../../print/hex.ts';
import type { Context } from '../kit/define.ts';
import type { Reader } from '../kit/reader.ts';
import type { TaskId } from '../kit/task-line.ts';
import type { RdLine } from '../rd/data.ts';
import { lineOf, textOf } from '../rd/words.ts';
import type { SearchData, SearchGroup, SearchMatch } from './data.ts';
import type { Found, Needles, PartFound } from './scan.ts';

/** More matches than anyone reads: bounds what is kept. */
export const MAX_MATCHES = 200_000;

export class Collected {
  readonly #context: Context;
  readonly #needles: Needles;
  readonly #around: number;
  readonly #groups: (SearchGroup & { readonly matches: SearchMatch[] })[] = [];
  #matches = 0;
  #missing = 0;
  pages = 0;

  /** @param around words shown before and behind a match */
  constructor(context: Context, needles: Needles, around: number) {
    this.#context = context;
    this.#needles = needles;
    this.#around = around;
  }

  get isFull(): boolean {
    return this.#matches === MAX_MATCHES;
  }

  /** @param task whose stack was searched */
  add({ hits, pages, missing }: PartFound, reader: Reader, task: TaskId | null): void {
    this.pages += pages;
    this.#missing += missing;
    if (hits.length === 0) return;
    let group = this.#groups.at(-1);
    if (!group || group.task?.task !== task?.task) {
      group = { task, matches: [] };
      this.#groups.push(group);
    }
    for (const hit of hits.slice(0, MAX_MATCHES - this.#matches)) {
      group.matches.push(matchOf(this.#context, reader, hit, this.#needles, this.#around));
      this.#matches++;
    }
  }

  /** All of it; what was left out is said. */
  data(space: SearchData['space']): SearchData {
    const { warn } = this.#context;
    if (this.isFull)
      warn(`search: ended after ${this.#matches} matches; go on with -s behind the last`);
    if (this.#missing > 0)
      warn(`search: ${this.#missing} of ${this.pages} pages are not in the dump`);
    const { pages } = this;
    const groups = this.#groups;
    return { space, groups, pages, missingPages: this.#missing, isCut: this.isFull };
  }
}

/** Characters of a string that are shown. */
const TEXT = 56;

function matchOf(
  { dump }: Context,
  reader: Reader,
  hit: Found,
  needles: Needles,
  count: number,
): SearchMatch {
  const address = hex(hit.address);
  if ('texts' in needles) {
    const bytes = asFarAsThere(reader, hit.address, TEXT);
    return { address, value: null, name: null, text: textOf(bytes), before: [], after: [] };
  }
  const size = needles.bits / 8;
  const look = { width: needles.bits, swapped: false, symbols: false, caches: false };
  const around = (at: bigint): RdLine[] => {
    const bytes = asFarAsThere(reader, at, count * size);
    const lines: RdLine[] = [];
    for (let from = 0; from < bytes.length; from += 16)
      lines.push(lineOf(dump, at + BigInt(from), bytes.subarray(from, from + 16), look));
    return lines;
  };
  return {
    address,
    value: hex(hit.value),
    name: hit.label === '' ? null : hit.label.slice(1, -1),
    text: null,
    before: count > 0 ? around(hit.address - BigInt(count * size)) : [],
    after: count > 0 ? around(hit.address + BigInt(size)) : [],
  };
}

/** Bytes up to a page that is missing. */
function asFarAsThere(reader: Reader, address: bigint, length: number): Uint8Array {
  const whole = reader.read(address, length);
  if (!isFault(whole)) return whole;
  const part = reader.read(address, Math.min(length, 4096 - Number(address & 0xfffn)));
  return isFault(part) ? new Uint8Array(0) : part;
}
