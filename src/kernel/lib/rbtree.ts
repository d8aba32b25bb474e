// `struct rb_root`, red-black trees. include/linux/rbtree.h, lib/rbtree.c
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { Fault, isFault } from '../../bytes/fault.ts';
import { Walk } from '../../bytes/walk.ts';
import type { Dump } from '../../types/dump.ts';

/** A red-black tree of 2^32 nodes is at most 64 deep: deeper is damage. */
const MAX_DEPTH = 64;

/**
 * The structs in a tree, by address, leftmost first. Where a node cannot be read the walk goes on with
 * the rest of the tree, and ends with that Fault.
 *
 * @param root where the pointer to the topmost node lies (`rb_root.rb_node`)
 * @param nodeOffset bytes from the start of a struct to the `rb_node` in it
 */
export function treeEntries(
  dump: Dump,
  root: VirtualAddress,
  nodeOffset: number,
  limit = 1_000_000,
): Walk<VirtualAddress> {
  const right = BigInt(dump.types.member('rb_node', 'rb_right')?.offset ?? 8);
  const left = BigInt(dump.types.member('rb_node', 'rb_left')?.offset ?? 16);
  return new Walk(function* () {
    const seen = new Set<VirtualAddress>();
    const path: VirtualAddress[] = [];
    let broken: Fault | undefined;
    const follow = (at: VirtualAddress): VirtualAddress => {
      const to = dump.memory.pointer(at);
      if (!isFault(to)) return to;
      broken ??= to;
      return virtual(0n);
    };
    for (let node = follow(root); ; ) {
      while (node !== 0n) {
        if (seen.has(node)) return 'looped';
        if (seen.size >= limit) return 'limit';
        if (path.length >= MAX_DEPTH) return new Fault('implausible', node, 'tree is too deep');
        seen.add(node);
        path.push(node);
        node = follow(virtual(node + left));
      }
      const next = path.pop();
      if (next === undefined) return broken ?? 'complete';
      yield virtual(next - BigInt(nodeOffset));
      node = follow(virtual(next + right));
    }
  });
}
