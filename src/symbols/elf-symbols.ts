// A module's symbols as it keeps them in memory: Elf64_Sym tables.
//
//   0 u32 st_name · 4 u8 st_info · 5 u8 st_other · 6 u16 st_shndx · 8 u64 st_value · 16 u64 st_size
//
// st_value is the final address (kernel/module/kallsyms.c, 6.12); letters lie in `typetab`.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { latin1 } from '../bytes/cursor.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import type { Memory } from '../memory/memory.ts';
import type { KernelSymbol, SymbolSource } from './table.ts';

export interface MemoryRegion {
  readonly kind: string;
  readonly base: VirtualAddress;
  readonly size: number;
}

export interface ElfSymbolTables {
  readonly symtab: VirtualAddress;
  readonly count: number;
  readonly strtab: VirtualAddress;
  /** One letter a symbol; undefined: this kernel keeps none. */
  readonly typetab: VirtualAddress | undefined;
}

const ENTRY = 24;
/** More than any module has: bounds the read. */
const MAX_SYMBOLS = 200_000;
const STT_FUNC = 2;

export class ElfSymbols implements SymbolSource {
  readonly module: string;
  /** Why there are none, or not all. */
  readonly fault: Fault | undefined;
  readonly #memory: Memory;
  readonly #regions: readonly MemoryRegion[];
  readonly #tables: ElfSymbolTables | Fault;
  #sorted: readonly KernelSymbol[] | undefined;

  constructor(
    memory: Memory,
    module: string,
    regions: readonly MemoryRegion[],
    tables: ElfSymbolTables | Fault,
  ) {
    this.#memory = memory;
    this.module = module;
    this.#regions = regions;
    this.#tables = tables;
    this.fault = isFault(tables) ? tables : undefined;
  }

  lookup(name: string): KernelSymbol[] {
    return this.#symbols.filter((symbol) => symbol.name === name);
  }

  at(address: VirtualAddress): KernelSymbol | undefined {
    const region = this.#regionOf(address);
    if (!region) return undefined;
    const symbols = this.#symbols;
    let low = 0;
    let high = symbols.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((symbols[middle] as KernelSymbol).address <= address) low = middle + 1;
      else high = middle;
    }
    // Regions are not contiguous: a symbol of another region says nothing about this address.
    for (let i = low - 1; i >= 0; i--) {
      const symbol = symbols[i] as KernelSymbol;
      if (symbol.address < region.base) return undefined;
      if (symbol.size > 0 || symbol.address === address) return symbol;
    }
    return undefined;
  }

  all(): Iterable<KernelSymbol> {
    return this.#symbols;
  }

  covers(address: VirtualAddress): boolean {
    return this.#regionOf(address) !== undefined;
  }

  isText(address: VirtualAddress): boolean {
    return this.#regionOf(address)?.kind.endsWith('text') ?? false;
  }

  #regionOf(address: VirtualAddress): MemoryRegion | undefined {
    return this.#regions.find((r) => address >= r.base && address < r.base + BigInt(r.size));
  }

  get #symbols(): readonly KernelSymbol[] {
    this.#sorted ??= this.#load();
    return this.#sorted;
  }

  #load(): KernelSymbol[] {
    const tables = this.#tables;
    if (isFault(tables) || tables.count > MAX_SYMBOLS) return [];
    const bytes = this.#memory.read(tables.symtab, tables.count * ENTRY);
    if (isFault(bytes)) return [];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const letters =
      tables.typetab === undefined ? undefined : this.#memory.read(tables.typetab, tables.count);
    const names = this.#names(tables.strtab, view, tables.count);
    const symbols: KernelSymbol[] = [];
    for (let i = 1; i < tables.count; i++) {
      const address = virtual(view.getBigUint64(i * ENTRY + 8, true));
      if (!this.covers(address)) continue;
      const name = names(view.getUint32(i * ENTRY, true));
      if (!name) continue;
      const isFunction = (view.getUint8(i * ENTRY + 4) & 0xf) === STT_FUNC;
      const letter =
        letters && !isFault(letters) ? letters[i] : (isFunction ? 't' : 'd').charCodeAt(0);
      symbols.push({
        name,
        address,
        type: String.fromCharCode(letter ?? 0x3f),
        size: Number(BigInt.asUintN(48, view.getBigUint64(i * ENTRY + 16, true))),
        module: this.module,
      });
    }
    // Of symbols at one address the one with a size is the better name: it comes last, where `at` looks.
    return symbols.sort((a, b) =>
      a.address < b.address ? -1 : a.address > b.address ? 1 : Math.sign(a.size - b.size),
    );
  }

  /** A reader of names: the string table at once where it is whole, else name by name. */
  #names(strtab: VirtualAddress, view: DataView, count: number): (offset: number) => string {
    let last = 0;
    for (let i = 1; i < count; i++) last = Math.max(last, view.getUint32(i * ENTRY, true));
    const whole = last < MAX_SYMBOLS * 64 ? this.#memory.read(strtab, last + 1) : undefined;
    return (offset) => {
      if (whole && !isFault(whole) && offset < last) return latin1(whole.subarray(offset));
      const text = this.#memory.text(virtual(strtab + BigInt(offset)), 512);
      return isFault(text) ? '' : text;
    };
  }
}
