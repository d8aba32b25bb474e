// Dump, the assembled patient: the one object every floor above works on.
import type { PagingForm } from '../arch/paging.ts';
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { PageSource } from '../formats/format.ts';
import type { PhysicalMemory } from '../memory/physical.ts';
import { AddressSpace } from '../memory/space.ts';
import type { Vmcoreinfo } from '../memory/vmcoreinfo.ts';
import type { SymbolTable } from '../symbols/table.ts';
import type { TypeTable } from './table.ts';

/** What a Dump is put together from. */
export interface DumpParts {
  readonly source: PageSource;
  readonly physical: PhysicalMemory;
  readonly memory: AddressSpace;
  readonly vmcoreinfo: Vmcoreinfo;
  readonly symbols: SymbolTable;
  readonly types: TypeTable;
  /** A module's own types on top of the kernel's; undefined when it has none. Loaded when asked. */
  readonly moduleTypes: (module: string) => TypeTable | undefined;
  /** What was given as the dump: file names. */
  readonly files: readonly string[];
}

/** An open dump: its memory, and the names and types to read it by. */
export class Dump {
  /** The file: its format, what it says of itself, and what speaks against it. */
  readonly source: PageSource;
  /** Memory by physical address. */
  readonly physical: PhysicalMemory;
  /** The kernel's virtual memory. */
  readonly memory: AddressSpace;
  readonly vmcoreinfo: Vmcoreinfo;
  readonly symbols: SymbolTable;
  /** The types of the kernel proper. */
  readonly types: TypeTable;
  /** A module's own types on top of the kernel's; undefined when it has none. */
  readonly moduleTypes: (module: string) => TypeTable | undefined;
  /** What was given as the dump: file names. */
  readonly files: readonly string[];
  /** Kept by the subsystem files for what they compute once: `memo(dump, key, make)`. */
  readonly #memo = new Map<unknown, unknown>();

  constructor(parts: DumpParts) {
    this.source = parts.source;
    this.physical = parts.physical;
    this.memory = parts.memory;
    this.vmcoreinfo = parts.vmcoreinfo;
    this.symbols = parts.symbols;
    this.types = parts.types;
    this.moduleTypes = parts.moduleTypes;
    this.files = parts.files;
  }

  /** `uname -r`. */
  get release(): string {
    return this.vmcoreinfo.text('OSRELEASE') ?? '';
  }

  get paging(): PagingForm {
    return this.memory.form;
  }

  /** The address of a kernel symbol, or why there is none. */
  symbol(name: string): VirtualAddress | Fault {
    return this.symbols.address(name, null) ?? new Fault('no-symbol', undefined, name);
  }

  /** Where a per-CPU variable of one CPU lies. */
  perCpu(name: string, cpu: number): VirtualAddress | Fault {
    const symbol = this.symbol(name);
    if (isFault(symbol)) return symbol;
    return this.perCpuAddress(symbol, cpu);
  }

  /** The CPU's copy of what lies at a per-CPU address or pointer: x + __per_cpu_offset[cpu], modulo 2^64. */
  perCpuAddress(at: VirtualAddress, cpu: number): VirtualAddress | Fault {
    const offsets = this.symbol('__per_cpu_offset');
    if (isFault(offsets)) return offsets;
    const offset = this.memory.u64(virtual(offsets + BigInt(cpu) * 8n));
    return isFault(offset) ? offset : virtual(at + offset);
  }

  /** User (or any other) virtual memory below a page table. @param pgd kernel address of the top table */
  spaceOf(pgd: VirtualAddress): AddressSpace | Fault {
    const at = this.memory.translate(pgd);
    if (isFault(at)) return at;
    return new AddressSpace(this.physical, this.memory.form, at.at);
  }

  /** What `make` returned the first time, for this dump and key. */
  memo<T>(key: unknown, make: () => T): T {
    if (!this.#memo.has(key)) this.#memo.set(key, make());
    return this.#memo.get(key) as T;
  }

  /** Lets go of the files. Nothing can be read after it. */
  close(): void {
    this.source.close();
  }
}
