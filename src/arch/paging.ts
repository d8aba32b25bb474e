// Radix page tables, as data: one walker in the house reads every machine's.
import type { PhysicalAddress } from '../bytes/address.ts';

/** What one page-table entry says. */
export type Entry =
  | 'absent'
  | { readonly table: PhysicalAddress }
  | { readonly page: PhysicalAddress };

export interface PagingForm {
  /** Bits of the address, lowest first: the page offset, then one index per level. */
  readonly fields: readonly number[];
  /** Level names, lowest first, as the kernel calls them. */
  readonly levels: readonly string[];
  /** Whether an address exists at all on this CPU in this mode. */
  isCanonical(address: bigint): boolean;
  /**
   * @param level 0 is the lowest (PTE)
   * @param span bytes mapped by one entry at this level
   */
  decode(entry: bigint, level: number, span: number): Entry;
  /** Whether the entry that maps a page lets the kernel run what lies there. */
  isExecutable(entry: bigint): boolean;
}
