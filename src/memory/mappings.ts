// Everything that page tables map, in order of virtual addresses: for who looks at all of it.
import { type PhysicalAddress, physical } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { PAGE_SIZE } from './memory.ts';
import type { AddressSpace } from './space.ts';

/** Pages that follow each other, virtually and physically: what one entry maps. */
export interface Mapping {
  /** Number of the first virtual page: address / 4096. */
  readonly page: number;
  /** Number of its frame. */
  readonly frame: number;
  /** How many pages. */
  readonly count: number;
}

const ENTRIES = 512;

/**
 * The mappings between two page numbers. A table that is met again is not followed again: what is mapped many times
 * over (the shadow of KASAN) is given once, and no damaged table makes the walk longer than the dump has pages.
 * Tables that are not in the dump are passed over.
 */
export function* mappings(space: AddressSpace, first: number, end: number): Generator<Mapping> {
  const { form, physical: memory } = space;
  const seen = new Set<PhysicalAddress>();
  const bits = form.fields.reduce((a, b) => a + b) - 12;
  /** Page numbers above the hole between user and kernel have their upper bits set. */
  const signed = (number: number): number =>
    number >= 2 ** (bits - 1) ? 2 ** 52 - 2 ** bits + number : number;

  function* table(at: PhysicalAddress, level: number, base: number): Generator<Mapping> {
    if (seen.has(at)) return;
    seen.add(at);
    const bytes = memory.page(Math.floor(at / PAGE_SIZE));
    if (isFault(bytes)) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const pages = ENTRIES ** level;
    for (let i = 0; i < ENTRIES; i++) {
      const page = signed(base + i * pages);
      if (page + pages <= first || page >= end) continue;
      const low = view.getUint32(i * 8, true);
      const high = view.getUint32(i * 8 + 4, true);
      if (low === 0 && high === 0) continue;
      const entry = form.decode((BigInt(high) << 32n) | BigInt(low), level, pages * PAGE_SIZE);
      if (entry === 'absent') continue;
      if ('page' in entry)
        yield cut({ page, frame: entry.page / PAGE_SIZE, count: pages }, first, end);
      else if (level > 0) yield* table(entry.table, level - 1, base + i * pages);
    }
  }

  yield* table(physical(space.root - (space.root % PAGE_SIZE)), form.levels.length - 1, 0);
}

/** The part of a mapping that lies between two page numbers. */
function cut({ page, frame, count }: Mapping, first: number, end: number): Mapping {
  const skip = Math.max(0, first - page);
  return { page: page + skip, frame: frame + skip, count: Math.min(count, end - page) - skip };
}
