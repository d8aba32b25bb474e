// Physical memory over a dump file: the only page cache.
import { type PhysicalAddress, physical } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import type { PageSource } from '../formats/format.ts';

/** Pages kept: 64 MiB, those of 10,000 tasks. Bounded, so that memory follows the question and not the dump. */
const CACHED_PAGES = 16384;

/** The machine's physical memory, as far as the dump has it. */
export class PhysicalMemory {
  readonly source: PageSource;
  readonly #cache = new Map<number, Uint8Array | Fault>();
  #lastPfn = -1;
  #last: Uint8Array | Fault | undefined;
  /** Told of every page that is looked at, present or not, and whether as user memory: what `slim` records. */
  onTouch: ((pfn: number, isUser: boolean) => void) | undefined;

  constructor(source: PageSource) {
    this.source = source;
  }

  /** @param isUser asked for by an address of a program, not of the kernel */
  page(pfn: number, isUser = false): Uint8Array | Fault {
    this.onTouch?.(pfn, isUser);
    if (pfn === this.#lastPfn) return this.#last as Uint8Array | Fault;
    let page = this.#cache.get(pfn);
    if (page === undefined) {
      page = this.source.page(pfn);
      if (this.#cache.size >= CACHED_PAGES) this.#evict();
      this.#cache.set(pfn, page);
    }
    this.#lastPfn = pfn;
    this.#last = page;
    return page;
  }

  /** Forgets the older half: insertion order is near enough to age, and costs nothing on a hit. */
  #evict(): void {
    let drop = CACHED_PAGES / 2;
    for (const pfn of this.#cache.keys()) {
      if (drop-- === 0) break;
      this.#cache.delete(pfn);
    }
  }

  read(at: PhysicalAddress, length: number): Uint8Array | Fault {
    const size = this.source.pageSize;
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const address = at + done;
      const page = this.page(Math.floor(address / size));
      if (isFault(page)) return page;
      const from = address % size;
      const piece = page.subarray(from, Math.min(size, from + length - done));
      bytes.set(piece, done);
      done += piece.length;
    }
    return bytes;
  }

  /** One aligned 64-bit word: what page tables are made of. */
  u64(at: PhysicalAddress): bigint | Fault {
    const size = this.source.pageSize;
    const page = this.page(Math.floor(at / size));
    if (isFault(page)) return page;
    const from = at % size;
    return (BigInt(wordAt(page, from + 4)) << 32n) | BigInt(wordAt(page, from));
  }

  /** @param pfn frame number, in 4 KiB pages */
  static addressOf(pfn: number): PhysicalAddress {
    return physical(pfn * 4096);
  }
}

const wordAt = (b: Uint8Array, at: number): number =>
  ((b[at] as number) |
    ((b[at + 1] as number) << 8) |
    ((b[at + 2] as number) << 16) |
    ((b[at + 3] as number) << 24)) >>>
  0;
