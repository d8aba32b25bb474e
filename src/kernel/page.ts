// `struct page`: the descriptor of a page frame. include/linux/mm_types.h
import { type PhysicalAddress, virtual } from '../bytes/address.ts';
import { Fault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { memoryLayout } from './memory-layout.ts';

const pageShape = shape('page', {
  // A struct of its own since 53fbef56e07d ("mm: introduce memdesc_flags_t", v6.18).
  flags: ['flags.f', 'flags'],
  mapping: ['mapping'],
  // Renamed by acc53a0b4c15 ("mm: rename page->index to page->__folio_index", v6.16).
  index: ['index', '__folio_index'],
  refcount: ['_refcount.counter'],
});

export class Page extends View<keyof typeof pageShape.fields> {
  protected readonly shape = pageShape;

  /** Words for the flags that are set, in the order of their bits: `referenced`, `lru`. */
  flagNames(flags: bigint): string[] {
    const names: string[] = [];
    for (const [bit, name] of pageFlags(this.dump))
      if ((flags >> BigInt(bit)) & 1n) names.push(name);
    return names;
  }
}

/** The descriptor of the frame a physical address is in. */
export function pageAt(dump: Dump, at: PhysicalAddress): Page | Fault {
  const size = dump.types.sizeOf('page');
  if (!size) return new Fault('no-type', undefined, 'struct page');
  const index = BigInt(Math.floor(at / dump.source.pageSize)) * BigInt(size);
  return new Page(dump, virtual(memoryLayout(dump).vmemmap + index));
}

/** `enum pageflags`, include/linux/page-flags.h: of several names of a bit the first. */
const pageFlags = (dump: Dump): ReadonlyMap<number, string> =>
  dump.memo(pageFlags, () => {
    const flags = new Map<number, string>();
    const id = dump.types.find('enum', 'pageflags');
    const type = id === undefined ? undefined : dump.types.strip(id);
    if (type?.kind !== 'enum') return flags;
    const end = dump.types.enumerator('pageflags', '__NR_PAGEFLAGS') ?? 0;
    for (const { name, value } of type.values) {
      const bit = Number(value);
      if (bit < end && name.startsWith('PG_') && !flags.has(bit)) flags.set(bit, name.slice(3));
    }
    return flags;
  });
