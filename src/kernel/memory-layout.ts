// Where the kernel's virtual memory has what: Documentation/arch/x86/x86_64/mm.rst (6.12).
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { globalWord } from './globals.ts';

/** Where each part begins. */
export interface MemoryLayout {
  /** All physical memory, one to one. */
  readonly directMap: bigint;
  readonly vmalloc: bigint;
  /** The descriptors of all pages: `struct page` by frame number. */
  readonly vmemmap: bigint;
}

/** Without randomisation, since d52888aa2753 (v4.20): with 4 levels of page tables, with 5. */
const FIXED = {
  4: {
    page_offset_base: 0xffff_8880_0000_0000n,
    vmalloc_base: 0xffff_c900_0000_0000n,
    vmemmap_base: 0xffff_ea00_0000_0000n,
  },
  5: {
    page_offset_base: 0xff11_0000_0000_0000n,
    vmalloc_base: 0xffa0_0000_0000_0000n,
    vmemmap_base: 0xffd4_0000_0000_0000n,
  },
} as const;

export const memoryLayout = (dump: Dump): MemoryLayout =>
  dump.memo(memoryLayout, () => {
    const fixed = FIXED[dump.paging.levels.length > 4 ? 5 : 4];
    const base = (name: keyof typeof fixed): bigint => {
      const value = globalWord(dump, name);
      return isFault(value) || value === 0n ? fixed[name] : value;
    };
    return {
      directMap: base('page_offset_base'),
      vmalloc: base('vmalloc_base'),
      vmemmap: base('vmemmap_base'),
    };
  });
