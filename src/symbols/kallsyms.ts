// kallsyms: the kernel's own symbol table, compressed, in its memory. scripts/kallsyms.c, kernel/kallsyms.c
// (read at 5.10, 6.1, 6.12, 7.2). Nothing is decoded before it is asked for.
//
//   names          see kallsyms-names.ts; in the order of addresses
//   offsets        one 32-bit word a symbol: what it means differs, see Addresses
//   seqs_of_names  see kallsyms-order.ts
//
// The first character of an expanded name is the type letter.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { Memory } from '../memory/memory.ts';
import { Addresses } from './kallsyms-addresses.ts';
import { Names } from './kallsyms-names.ts';
import { type Finder, finderOf } from './kallsyms-order.ts';
import type { KallsymsTables } from './kallsyms-tables.ts';
import type { KernelSymbol, SymbolSource } from './table.ts';

/** More than any kernel has; a damaged count must not size an allocation. */
const MAX_SYMBOLS = 2_000_000;
/** Symbols of one address looked at for the best name: more than share one in any kernel. */
const MAX_SHARED = 4096;

export class Kallsyms implements SymbolSource {
  readonly module = undefined;
  readonly #names: Names;
  readonly #addresses: Addresses;
  readonly #finder: Finder;
  readonly #found = new Map<string, readonly KernelSymbol[]>();
  #text: readonly (readonly [bigint, bigint])[] | undefined;
  #range: readonly [first: bigint, last: bigint] | undefined;

  private constructor(names: Names, addresses: Addresses, finder: Finder) {
    this.#names = names;
    this.#addresses = addresses;
    this.#finder = finder;
  }

  /** A Fault when the tables are missing or cannot be what they should be. */
  static load(memory: Memory, tables: KallsymsTables): Kallsyms | Fault {
    const { count } = tables;
    if (count <= 0 || count > MAX_SYMBOLS)
      return new Fault('implausible', tables.names, `kallsyms_num_syms ${count}`);
    const names = Names.load(memory, tables);
    if (isFault(names)) return names;
    const addresses = Addresses.load(memory, tables);
    if (isFault(addresses)) return addresses;
    return new Kallsyms(names, addresses, finderOf(memory, tables, names));
  }

  get count(): number {
    return this.#names.count;
  }

  lookup(name: string): readonly KernelSymbol[] {
    let found = this.#found.get(name);
    if (!found) {
      found = this.#finder(name).flatMap((index) => this.#symbol(index) ?? []);
      this.#found.set(name, found);
    }
    return found;
  }

  at(address: VirtualAddress): KernelSymbol | undefined {
    if (!this.covers(address)) return undefined;
    const index = this.#addresses.find(address);
    return index === undefined ? undefined : this.#symbol(this.#preferred(index));
  }

  *all(): Generator<KernelSymbol> {
    for (let i = 0; i < this.count; i++) {
      const symbol = this.#symbol(i);
      if (symbol) yield symbol;
    }
  }

  covers(address: VirtualAddress): boolean {
    const { first, last } = this.#addresses;
    this.#range ??= [first, this.lookup('_end')[0]?.address ?? last];
    return address >= this.#range[0] && address <= this.#range[1];
  }

  isText(address: VirtualAddress): boolean {
    // The entry text and the text of init lie apart from the rest: arch/x86/kernel/vmlinux.lds.S (6.12).
    this.#text ??= (
      [
        ['_stext', '_etext'],
        ['__entry_text_start', '__entry_text_end'],
        ['_sinittext', '_einittext'],
      ] as const
    ).flatMap(([from, to]) => {
      const start = this.lookup(from)[0]?.address;
      const end = this.lookup(to)[0]?.address;
      return start !== undefined && end !== undefined ? [[start, end] as const] : [];
    });
    return this.#text.some(([start, end]) => address >= start && address < end);
  }

  /** Among symbols of one address: a global function before a local, and no compiler's alias. */
  #preferred(last: number): number {
    let best = last;
    let bestRank = -1;
    const first = Math.max(0, last - MAX_SHARED);
    for (let i = last; i >= first && this.#addresses.areEqual(i, last); i--) {
      const rank = rankOf(this.#names.name(i) ?? '');
      if (rank >= bestRank) [best, bestRank] = [i, rank];
    }
    return best;
  }

  /** Undefined where its name or address cannot be read. */
  #symbol(index: number): KernelSymbol | undefined {
    const name = this.#names.name(index);
    const address = this.#addresses.of(index);
    if (name === undefined || address === undefined) return undefined;
    return {
      name: name.slice(1),
      type: name.slice(0, 1),
      address: virtual(address),
      size: this.#addresses.sizeOf(index),
      module: undefined,
    };
  }
}

function rankOf(name: string): number {
  const bare = name.slice(1);
  if (bare.startsWith('__pfx_') || bare.startsWith('__cfi_') || bare.startsWith('__pi_')) return 0;
  return /^[TDBRW]/.test(name) ? 2 : 1;
}
