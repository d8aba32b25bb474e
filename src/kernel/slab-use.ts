// How much memory each slab cache has. mm/slab.h (5.10 to 7.2)
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { slabCaches } from './slab.ts';

export interface CacheUse {
  readonly name: string;
  readonly address: VirtualAddress;
  readonly pages: number;
  /** Of the node with most of them: where the number can be read again. */
  readonly node: VirtualAddress;
  readonly slabs: number;
}

const cacheShape = shape('kmem_cache', { order: ['oo.x'], nodes: ['node'], perNode: ['per_node'] });
class Cache extends View<keyof typeof cacheShape.fields> {
  protected readonly shape = cacheShape;
}

const nodeShape = shape('kmem_cache_node', { slabs: ['nr_slabs.counter'] });
class CacheNode extends View<keyof typeof nodeShape.fields> {
  protected readonly shape = nodeShape;
}

/** OO_SHIFT: mm/slub.c (5.10 to 7.2) */
const ORDER_SHIFT = 16;
/** MAX_ORDER of any configuration. */
const MOST_ORDER = 13;
/** More nodes than machines have, and few enough for some hundred caches. */
const MOST_NODES = 64;

/** The caches, the largest first; as far as they can be read. */
export function cacheUses(dump: Dump): CacheUse[] {
  const uses: CacheUse[] = [];
  for (const [address, name] of slabCaches(dump)) {
    const order = new Cache(dump, address).number('order');
    if (isFault(order) || order >>> ORDER_SHIFT > MOST_ORDER) continue;
    let best: CacheUse | undefined;
    let slabs = 0;
    for (const node of nodesOf(dump, address)) {
      const count = new CacheNode(dump, node).number('slabs');
      if (isFault(count) || count <= 0) continue;
      slabs += count;
      if (!best || count > best.slabs) best = { name, address, pages: 0, node, slabs: count };
    }
    if (best) uses.push({ ...best, pages: slabs * 2 ** (order >>> ORDER_SHIFT) });
  }
  return uses.sort((a, b) => b.pages - a.pages);
}

/** Pointers to the nodes that there are; each has a struct round it on 7.2. */
function* nodesOf(dump: Dump, address: VirtualAddress): Generator<VirtualAddress> {
  const cache = new Cache(dump, address);
  const isWrapped = cache.has('perNode');
  const start = cache.addressOf(isWrapped ? 'perNode' : 'nodes');
  const wrapper = 'kmem_cache_per_node_ptrs';
  const size = isWrapped ? dump.types.sizeOf(wrapper) : 8;
  const within = isWrapped ? dump.types.member(wrapper, 'node')?.offset : 0;
  if (isFault(start) || !size || within === undefined) return;
  for (let i = 0; i < MOST_NODES; i++) {
    const node = dump.memory.pointer(virtual(start + BigInt(i * size + within)));
    if (isFault(node) || node === 0n) return;
    yield node;
  }
}
