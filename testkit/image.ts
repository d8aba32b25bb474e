// What all writers here are given: the memory of a machine, whatever it came from.
import { isFault } from '../src/bytes/fault.ts';
import type { Note, PageSource, PageState } from '../src/formats/format.ts';

export interface Image {
  readonly endPfn: number;
  /** Ascending, each of 4096 bytes. */
  readonly pages: readonly (readonly [pfn: number, bytes: Uint8Array])[];
  readonly state: (pfn: number) => PageState;
  readonly notes: readonly Note[];
  readonly physBase: bigint;
}

/** Everything that a dump has. @param limit pages taken at most */
export function imageOf(source: PageSource, limit = Infinity): Image {
  const pages: [number, Uint8Array][] = [];
  for (const [first, end] of source.ranges())
    for (let pfn = first; pfn < end && pages.length < limit; pfn++) {
      const page = source.page(pfn);
      if (!isFault(page)) pages.push([pfn, page]);
    }
  const { endPfn, notes, physBase = 0n } = source;
  return { endPfn, pages, notes, physBase, state: (pfn) => source.state(pfn) };
}

/** A small machine with pages of every kind: empty, plain, regular, random, and frames without memory. */
export function smallImage(): Image {
  let seed = 7;
  const random = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return seed >>> 24;
  };
  const pages: [number, Uint8Array][] = [];
  for (let pfn = 3; pfn < 700; pfn += 1 + (pfn % 5)) {
    const kind = pfn % 4;
    pages.push([
      pfn,
      Uint8Array.from(
        { length: 4096 },
        (_, i) => [0, pfn & 0xff, (i * pfn) >> 5, random()][kind] ?? 0,
      ),
    ]);
  }
  const present = new Set(pages.map(([pfn]) => pfn));
  const state = (pfn: number): PageState =>
    present.has(pfn) ? 'present' : pfn < 512 ? 'excluded' : 'unsaved';
  const desc = Buffer.from('OSRELEASE=6.12.0-test\nPAGESIZE=4096\n');
  const notes = [
    { name: 'CORE', type: 1, desc: new Uint8Array(336).fill(5) },
    { name: 'VMCOREINFO', type: 0, desc },
  ];
  return { endPfn: 1000, pages, state, notes, physBase: -656408576n };
}
