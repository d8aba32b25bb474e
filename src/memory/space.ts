// A virtual address space: page tables over physical memory, with its translations cached.
import type { PagingForm } from '../arch/paging.ts';
import { type PhysicalAddress, physical, type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import { Memory } from './memory.ts';
import type { PhysicalMemory } from './physical.ts';
import { type Translation, translate } from './translate.ts';

/** A range whose mapping is known without page tables: the kernel image. */
export interface LinearRange {
  readonly start: VirtualAddress;
  readonly size: number;
  /** physical = virtual − start + this, modulo 2^64. */
  readonly physical: bigint;
}

/** Addresses of the kernel have the highest bit set. */
const FIRST_KERNEL_PAGE = 2 ** 51;

/** Translations kept; more would cost more memory than the walks they save. */
const CACHED_TRANSLATIONS = 65536;

/** Pages whose bytes are at hand without a look into either cache; a power of two. */
const RECENT = 64;

/** Virtual memory below one topmost page table: the kernel's (`dump.memory`), or a process's (`mm.space`). */
export class AddressSpace extends Memory {
  readonly physical: PhysicalMemory;
  readonly form: PagingForm;
  /** Physical address of the topmost page table. */
  readonly root: PhysicalAddress;
  readonly #image:
    | { readonly first: number; readonly end: number; readonly pfn: number }
    | undefined;
  readonly #pfns = new Map<number, number | Fault>();
  /** Pages below a table of the lowest level: 2 MiB. */
  readonly #entries: number;
  /** By the first page of such 2 MiB: its frame where one entry maps them all, else where their table lies. */
  readonly #around = new Map<number, { readonly pfn: number } | { readonly table: number }>();
  /** The last pages that were looked at, each in the slot of its number: most reads are of one of them. */
  readonly #recent = new Array<Uint8Array | undefined>(RECENT).fill(undefined);
  readonly #recentNumbers = new Float64Array(RECENT);

  constructor(
    physical: PhysicalMemory,
    form: PagingForm,
    root: PhysicalAddress,
    image?: LinearRange,
  ) {
    super();
    this.physical = physical;
    this.form = form;
    this.root = root;
    this.#entries = 2 ** (form.fields[1] ?? 0);
    if (image) {
      const first = Number(image.start >> 12n);
      this.#image = {
        first,
        end: first + Math.ceil(image.size / 4096),
        // Signed: KASLR may put the image below where it is linked.
        pfn: Number(BigInt.asIntN(64, image.physical) >> 12n),
      };
    }
  }

  page(pageNumber: number): Uint8Array | Fault {
    const slot = pageNumber & (RECENT - 1);
    const recent = this.#recent[slot];
    if (recent !== undefined && this.#recentNumbers[slot] === pageNumber) return recent;
    const pfn = this.frameOf(pageNumber);
    if (isFault(pfn)) return pfn;
    const page = this.physical.page(pfn, pageNumber < FIRST_KERNEL_PAGE);
    if (isFault(page)) return new Fault(page.reason, pageAddress(pageNumber), page.detail);
    this.#recent[slot] = page;
    this.#recentNumbers[slot] = pageNumber;
    return page;
  }

  /** The frame number a page is mapped to. */
  frameOf(pageNumber: number): number | Fault {
    const image = this.#image;
    if (image && pageNumber >= image.first && pageNumber < image.end)
      return Math.max(0, image.pfn + (pageNumber - image.first));
    let pfn = this.#pfns.get(pageNumber);
    if (pfn === undefined) {
      pfn = this.#walk(pageNumber);
      if (this.#pfns.size >= CACHED_TRANSLATIONS) this.#pfns.clear();
      this.#pfns.set(pageNumber, pfn);
    }
    return pfn;
  }

  /** Neighbours share their way down to the last table: it is gone once. */
  #walk(pageNumber: number): number | Fault {
    const index = pageNumber & (this.#entries - 1);
    const around = pageNumber - index;
    const known = this.#around.get(around);
    if (known && 'pfn' in known) return known.pfn + index;
    if (known) {
      const entry = this.physical.u64(physical(known.table + index * 8));
      const decoded = isFault(entry) ? 'absent' : this.form.decode(entry, 0, 4096);
      if (decoded !== 'absent' && 'page' in decoded) return Math.floor(decoded.page / 4096);
    }
    const found = this.translate(pageAddress(pageNumber));
    if (isFault(found)) return found;
    const pfn = Math.floor(found.at / 4096);
    const table = found.steps.at(-1)?.at ?? 0;
    if (this.#around.size >= CACHED_TRANSLATIONS) this.#around.clear();
    this.#around.set(
      around,
      found.span > 4096 ? { pfn: pfn - index } : { table: table - index * 8 },
    );
    return pfn;
  }

  /** The walk itself, with its steps; also for the kernel image, whose tables say the same. */
  translate(address: VirtualAddress): Translation | Fault {
    return translate(this.form, this.root, address, (at) => this.physical.u64(at));
  }
}

const pageAddress = (pageNumber: number): VirtualAddress => virtual(BigInt(pageNumber) << 12n);
