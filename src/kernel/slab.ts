// Which slab cache an address belongs to. mm/slab.h, include/linux/slub_def.h.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { globalStruct, globalWord } from './globals.ts';
import { listEntries } from './lib/list.ts';

const cacheShape = shape('kmem_cache', { name: ['name'] });

class KmemCache extends View<keyof typeof cacheShape.fields> {
  protected readonly shape = cacheShape;
}

/** Names of the slab caches by address; as far as their list can be walked. */
export const slabCaches = (dump: Dump): ReadonlyMap<VirtualAddress, string> =>
  dump.memo(slabCaches, () => {
    const names = new Map<VirtualAddress, string>();
    const head = globalStruct(dump, 'slab_caches');
    const link = dump.types.member('kmem_cache', 'list');
    if (isFault(head) || !link) return names;
    for (const address of listEntries(dump, head, link.offset)) {
      const at = new KmemCache(dump, address).pointer('name');
      const name = isFault(at) ? at : dump.memory.text(at);
      if (!isFault(name)) names.set(address, name);
    }
    return names;
  });

interface PageLayout {
  readonly base: bigint;
  readonly size: bigint;
  readonly cacheOffset: bigint;
  readonly headOffset: bigint | undefined;
}

const pageLayout = (dump: Dump): PageLayout | undefined =>
  dump.memo(pageLayout, () => {
    const base = globalWord(dump, 'vmemmap_base');
    const size = dump.types.sizeOf('page');
    // A slab's page descriptor has a type of its own since 5.17 (mm/slab.h); before, it was part of `struct page`.
    const cache =
      dump.types.member('slab', 'slab_cache') ?? dump.types.member('page', 'slab_cache');
    if (isFault(base) || !size || !cache) return undefined;
    const head = dump.types.member('page', 'compound_head');
    return {
      base,
      size: BigInt(size),
      cacheOffset: BigInt(cache.offset),
      headOffset: head && BigInt(head.offset),
    };
  });

/**
 * The name of the cache whose object an address points into; undefined when it is no slab memory or the
 * page's descriptor cannot be read. That the descriptor names one of the known caches is what tells a slab:
 * the flag for it has moved between kernels, the pointer has not.
 */
export const slabCacheOf = (dump: Dump, address: VirtualAddress): string | undefined =>
  slabCacheAt(dump, address)?.name;

/** The cache itself, of slabCacheOf(). */
export function slabCacheAt(
  dump: Dump,
  address: VirtualAddress,
): { readonly address: VirtualAddress; readonly name: string } | undefined {
  const caches = slabCaches(dump);
  const layout = pageLayout(dump);
  const found = layout && caches.size > 0 ? dump.memory.translate(address) : undefined;
  if (!layout || !found || isFault(found)) return undefined;
  const { base, size, cacheOffset, headOffset } = layout;
  let page = virtual(base + (BigInt(found.at) / 4096n) * size);
  const head = headOffset === undefined ? 0n : dump.memory.u64(virtual(page + headOffset));
  // The lowest bit marks a tail page: include/linux/page-flags.h, _compound_head() (5.10 to 6.12).
  if (!isFault(head) && head & 1n) page = virtual(head - 1n);
  const cache = dump.memory.pointer(virtual(page + cacheOffset));
  const name = isFault(cache) ? undefined : caches.get(cache);
  return isFault(cache) || name === undefined ? undefined : { address: cache, name };
}
