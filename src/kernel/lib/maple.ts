// `struct maple_tree`: ranges of numbers to pointers. include/linux/maple_tree.h, lib/maple_tree.c (6.1 to 7.2)
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { Fault, isFault } from '../../bytes/fault.ts';
import { Walk } from '../../bytes/walk.ts';
import type { Dump } from '../../types/dump.ts';

/** A range of numbers that a maple tree maps to something. */
export interface MapleEntry {
  /** The first number of its range. */
  readonly first: bigint;
  /** The last. */
  readonly last: bigint;
  /** The word stored: a pointer, or a value (bit 0 set). */
  readonly entry: VirtualAddress;
  /** The slots that lead to it; none: it is the only one, in the root itself. */
  readonly path: readonly number[];
}

/** MAPLE_NODE_MASK, MAPLE_NODE_TYPE_SHIFT and MAPLE_NODE_TYPE_MASK. */
const NODE_MASK = 0xffn;
const TYPE_SHIFT = 3n;
const TYPE_MASK = 0xfn;
/** enum maple_type */
const LEAF_64 = 1;
const RANGE_64 = 2;
const ARANGE_64 = 3;
/** MAPLE_HEIGHT_MAX */
const MAX_DEPTH = 31;

const LAST = 0xffff_ffff_ffff_ffffn;

/** An internal entry, low bits 10, above the reserved small values: xa_is_node(). */
const isNode = (entry: bigint): boolean => (entry & 3n) === 2n && entry > 4096n;

/** What a tree holds, in order. Where a node cannot be read the walk goes on, and ends with that Fault. */
export function mapleEntries(
  dump: Dump,
  tree: VirtualAddress,
  limit = 1_000_000,
): Walk<MapleEntry> {
  return new Walk(function* () {
    const root = dump.types.member('maple_tree', 'ma_root');
    if (!root) return new Fault('no-type', tree, 'maple_tree');
    const layouts = {
      range: layoutOf(dump, 'maple_range_64'),
      arange: layoutOf(dump, 'maple_arange_64'),
    };
    const seen = new Set<bigint>();
    let broken: Fault | undefined;
    let given = 0;

    function* below(
      entry: VirtualAddress,
      min: bigint,
      max: bigint,
      path: readonly number[],
    ): Generator<MapleEntry> {
      const node = virtual(entry & ~NODE_MASK);
      const type = Number((entry >> TYPE_SHIFT) & TYPE_MASK);
      const layout = type === ARANGE_64 ? layouts.arange : layouts.range;
      if (
        !layout ||
        type < LEAF_64 ||
        type > ARANGE_64 ||
        path.length > MAX_DEPTH ||
        seen.has(node)
      ) {
        broken ??= new Fault('implausible', node, 'maple node');
        return;
      }
      seen.add(node);
      const isLeaf = type < RANGE_64;
      let first = min;
      for (let i = 0; i < layout.slots && given < limit; i++) {
        const pivot =
          i < layout.pivots ? dump.memory.u64(virtual(node + layout.pivot + BigInt(i * 8))) : max;
        const slot = dump.memory.pointer(virtual(node + layout.slot + BigInt(i * 8)));
        if (isFault(pivot) || isFault(slot)) {
          broken ??= isFault(pivot) ? pivot : (slot as Fault);
          return;
        }
        // A pivot of 0 behind the first one ends the node: the slot reaches to the node's own end.
        const last = (pivot === 0n && i > 0) || pivot > max ? max : pivot;
        if (last < first) return;
        if (!isLeaf && slot !== 0n) yield* below(slot, first, last, [...path, i]);
        else if (isLeaf && slot !== 0n && !isReserved(slot)) {
          given++;
          yield { first, last, entry: slot, path: [...path, i] };
        }
        if (last >= max) return;
        first = last + 1n;
      }
    }

    const top = dump.memory.pointer(virtual(tree + BigInt(root.offset)));
    if (isFault(top)) return top;
    if (isNode(top)) yield* below(top, 0n, LAST, []);
    else if (top !== 0n) yield { first: 0n, last: 0n, entry: top, path: [] };
    if (given >= limit) return 'limit';
    return broken ?? 'complete';
  });
}

/** XA_ZERO_ENTRY and the like: a place kept, nothing in it. */
const isReserved = (entry: bigint): boolean => (entry & 3n) === 2n && entry <= 4096n;

interface Layout {
  readonly pivot: bigint;
  readonly pivots: number;
  readonly slot: bigint;
  readonly slots: number;
}

function layoutOf(dump: Dump, struct: string): Layout | undefined {
  const pivot = dump.types.member(struct, 'pivot');
  const slot = dump.types.member(struct, 'slot');
  if (!pivot || !slot) return undefined;
  return {
    pivot: BigInt(pivot.offset),
    pivots: Math.min(pivot.size / 8, 64),
    slot: BigInt(slot.offset),
    slots: Math.min(slot.size / 8, 64),
  };
}
