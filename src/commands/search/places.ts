// Where is searched: runs of pages, in the order of their addresses.

import { memoryLayout } from '../../kernel/memory-layout.ts';
import { KERNEL_IMAGE_SIZE, START_KERNEL_MAP } from '../../memory/kernel-space.ts';
import { type Mapping, mappings } from '../../memory/mappings.ts';
import type { AddressSpace } from '../../memory/space.ts';
import type { Dump } from '../../types/dump.ts';

export interface Place {
  /** First byte, and first behind. */
  readonly start: bigint;
  readonly end: bigint;
}

/** Which of the kernel's memory: all of it, only what is mapped one to one, or only the rest (vmalloc, modules). */
export type KernelPart = 'all' | 'linear' | 'mapped';

/** The lowest address that the kernel's page tables have. */
export const firstKernelAddress = (dump: Dump): bigint =>
  dump.paging.levels.length > 4 ? 0xff00_0000_0000_0000n : 0xffff_8000_0000_0000n;

export const LAST = (1n << 64n) - 1n;

export function* kernelPages(dump: Dump, part: KernelPart, range: Place): Generator<Mapping> {
  for (const mapping of virtualPages(dump.memory, range))
    if (part === 'all' || isLinear(dump, mapping.page) === (part === 'linear')) yield mapping;
}

export const virtualPages = (space: AddressSpace, { start, end }: Place): Generator<Mapping> =>
  mappings(space, Number(start >> 12n), Number((end + 0xfffn) >> 12n));

function isLinear(dump: Dump, page: number): boolean {
  const { directMap, vmalloc } = memoryLayout(dump);
  const address = BigInt(page) << 12n;
  return (
    (address >= directMap && address < vmalloc) ||
    (address >= START_KERNEL_MAP && address < START_KERNEL_MAP + BigInt(KERNEL_IMAGE_SIZE))
  );
}

export function* physicalPages(dump: Dump, { start, end }: Place): Generator<Mapping> {
  const first = Number(start >> 12n);
  const last = Number((end + 0xfffn) >> 12n);
  for (const [from, to] of dump.source.ranges()) {
    const page = Math.max(from, first);
    const count = Math.min(to, last) - page;
    if (count > 0) yield { page, frame: page, count };
  }
}
