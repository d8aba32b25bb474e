// What `vtop` answers, as data.
import type { PteData } from './entry.ts';

/** The `vm_area_struct` that a user address lies in. */
export interface VtopArea {
  readonly vma: string;
  readonly start: string | null;
  readonly end: string | null;
  /** VM_* bits. */
  readonly flags: string | null;
  /** The file it maps; null: none, or its name cannot be read. */
  readonly file: string | null;
  /** Bytes from the file's start to the page of the address; null without a file. */
  readonly fileOffset: string | null;
}

/** The page's `struct page`. */
export interface VtopPage {
  readonly page: string;
  readonly physical: string;
  readonly mapping: string;
  readonly index: string;
  /** References. */
  readonly count: number;
  readonly flags: string;
  /** Words for the flags, in the order of their bits. */
  readonly flagNames: readonly string[];
}

export interface VtopEntry {
  readonly virtual: string;
  /** null where nothing is mapped. */
  readonly physical: string | null;
  /** Whether it is an address of a program. */
  readonly isUser: boolean;
  /** `not accessible`: a user address in none of the program's areas. */
  readonly state: 'mapped' | 'not mapped' | 'not accessible';
  /** Virtual address of the kernel's topmost page table; null for a user address. */
  readonly directory: string | null;
  /** The entries on the way, topmost first; the last is where it ends. */
  readonly steps: readonly {
    /** `PGD`, `P4D`, `PUD`, `PMD` or `PTE`. */
    readonly level: string;
    /** Physical address of the entry. */
    readonly at: string;
    readonly entry: string;
  }[];
  /** What the last entry says; null where nothing is mapped. */
  readonly pte: PteData | null;
  /** Bytes that it maps. */
  readonly span: number | null;
  readonly area: VtopArea | null;
  readonly page: VtopPage | null;
}

export type VtopData = readonly VtopEntry[];
