// `struct xarray`, and `struct idr` and radix trees, which are made of it. include/linux/xarray.h
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { Fault, isFault } from '../../bytes/fault.ts';
import { Walk } from '../../bytes/walk.ts';
import type { Dump } from '../../types/dump.ts';

/** A number that an xarray or a radix tree maps to something. */
export interface XarrayEntry {
  readonly index: number;
  /** The word stored: a pointer, or a value (bit 0 set). */
  readonly entry: VirtualAddress;
  /** The slots that lead to it; none: it is the only one, in the root itself. */
  readonly path: readonly number[];
}

/** XA_CHUNK_SHIFT is 6 unless CONFIG_BASE_SMALL: eleven levels of it cover 64 bits. */
const MAX_DEPTH = 11;

/** An internal entry, low bits 10, above the siblings' and marks' small values, is a node: xa_is_node(). */
const isNode = (entry: bigint): boolean => (entry & 3n) === 2n && entry > 4096n;

/**
 * What an array holds, by index. Where a node cannot be read the walk goes on with the others, and ends
 * with that Fault.
 *
 * @param array the address of the `struct xarray` (`idr.idr_rt`, …)
 */
export function xarrayEntries(
  dump: Dump,
  array: VirtualAddress,
  limit = 4_000_000,
): Walk<XarrayEntry> {
  const head = dump.types.member('xarray', 'xa_head');
  const slots = dump.types.member('xa_node', 'slots');
  const shift = dump.types.member('xa_node', 'shift');
  return new Walk(function* () {
    if (!head || !slots || !shift) return new Fault('no-type', array, 'xarray');
    const count = Math.min(slots.size / 8, 64);
    const seen = new Set<bigint>();
    let broken: Fault | undefined;
    let given = 0;

    function* below(
      entry: VirtualAddress,
      base: number,
      path: readonly number[],
    ): Generator<XarrayEntry> {
      if (entry === 0n) return;
      if (!isNode(entry)) {
        given++;
        yield { index: base, entry, path };
        return;
      }
      const node = virtual(entry & ~3n);
      const bits = dump.memory.u8(virtual(node + BigInt(shift?.offset ?? 0)));
      if (isFault(bits) || path.length >= MAX_DEPTH || seen.has(node)) {
        broken ??= isFault(bits) ? bits : new Fault('implausible', node, 'xarray node');
        return;
      }
      seen.add(node);
      for (let i = 0; i < count && given < limit; i++) {
        const slot = dump.memory.pointer(virtual(node + BigInt((slots?.offset ?? 0) + i * 8)));
        if (isFault(slot)) broken ??= slot;
        else if (!isSibling(slot)) yield* below(slot, base + i * 2 ** bits, [...path, i]);
      }
    }

    const top = dump.memory.pointer(virtual(array + BigInt(head.offset)));
    if (isFault(top)) return top;
    yield* below(top, 0, []);
    if (given >= limit) return 'limit';
    return broken ?? 'complete';
  });
}

/** The rest of a multi-index entry, and markers such as XA_ZERO_ENTRY: small internal values. */
const isSibling = (entry: bigint): boolean => (entry & 3n) === 2n && entry <= 4096n;
