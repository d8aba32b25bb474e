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

/** Why a walk of `treeNodes` ended at a node it had met before. */
export const RUNS_INTO_ITSELF = 'the tree runs into itself';

export interface TreeNode {
  readonly node: VirtualAddress;
  /** The way from the top: `l` and `r`. */
  readonly path: readonly ('l' | 'r')[];
}

/**
 * The nodes of a tree with where they hang, each before those below it. Where one cannot be read the walk
 * goes on with the others, and ends with that Fault.
 *
 * @param top the topmost node itself; 0: an empty tree
 */
export function treeNodes(dump: Dump, top: VirtualAddress, limit = 1_000_000): Walk<TreeNode> {
  const right = BigInt(dump.types.member('rb_node', 'rb_right')?.offset ?? 8);
  const left = BigInt(dump.types.member('rb_node', 'rb_left')?.offset ?? 16);
  return new Walk(function* () {
    const seen = new Set<VirtualAddress>();
    let broken: Fault | undefined;
    const open: TreeNode[] = top === 0n ? [] : [{ node: top, path: [] }];
    for (let next = open.pop(); next; next = open.pop()) {
      const { node, path } = next;
      if (seen.has(node)) return new Fault('implausible', node, RUNS_INTO_ITSELF);
      if (seen.size >= limit) return 'limit';
      if (path.length > MAX_DEPTH) return new Fault('implausible', node, 'tree is too deep');
      seen.add(node);
      yield next;
      for (const [side, offset] of [
        ['r', right],
        ['l', left],
      ] as const) {
        const child = dump.memory.pointer(virtual(node + offset));
        if (isFault(child)) broken ??= child;
        else if (child !== 0n) open.push({ node: child, path: [...path, side] });
      }
    }
    return broken ?? 'complete';
  });
}
