// Names ↔ addresses, of the kernel proper and of its modules.
import type { VirtualAddress } from '../bytes/address.ts';

/** A name of the kernel or of a module, and where it lies. */
export interface KernelSymbol {
  readonly name: string;
  readonly address: VirtualAddress;
  /** The letter nm would print; on 7.x the case and kind of data symbols are unreliable. */
  readonly type: string;
  /** Bytes to the next different address (vmlinux), or the ELF size (modules). */
  readonly size: number;
  /** The module it belongs to; undefined: the kernel proper. */
  readonly module: string | undefined;
}

/** One image's symbols. */
export interface SymbolSource {
  /** undefined for the kernel proper. */
  readonly module: string | undefined;
  /** Every symbol of that name, in address order. */
  lookup(name: string): readonly KernelSymbol[];
  /** The symbol whose range an address lies in, the name crash would print where several share it. */
  at(address: VirtualAddress): KernelSymbol | undefined;
  /** All, in address order. */
  all(): Iterable<KernelSymbol>;
  /** Whether an address can belong to this image at all (text, data, init): cheap. */
  covers(address: VirtualAddress): boolean;
  /** Whether an address lies in code. Never decided by a symbol's letter (unreliable on 7.x). */
  isText(address: VirtualAddress): boolean;
}

/** The symbols of the kernel proper and of its modules. */
export class SymbolTable {
  readonly kernel: SymbolSource;
  readonly #loadModules: () => readonly SymbolSource[];
  #modules: readonly SymbolSource[] | undefined;

  /** @param loadModules called once, when a question goes beyond the kernel proper */
  constructor(kernel: SymbolSource, loadModules: () => readonly SymbolSource[]) {
    this.kernel = kernel;
    this.#loadModules = loadModules;
  }

  /** Each module's own; read when first asked for. */
  get modules(): readonly SymbolSource[] {
    this.#modules ??= this.#loadModules();
    return this.#modules;
  }

  /**
   * The first symbol of a name.
   *
   * @param module only in this module; `null`: only in the kernel proper; undefined: kernel first, then modules
   */
  lookup(name: string, module?: string | null): KernelSymbol | undefined {
    // An address: to find that no module has a symbol of that name, all of them would have to be read.
    if (/^[0-9]/.test(name)) return undefined;
    if (module === undefined || module === null) {
      const found = this.kernel.lookup(name)[0];
      if (found || module === null) return found;
    }
    for (const source of this.modules) {
      if (module !== undefined && source.module !== module) continue;
      const found = source.lookup(name)[0];
      if (found) return found;
    }
    return undefined;
  }

  /** Every symbol of a name, the kernel's first. */
  lookupAll(name: string): KernelSymbol[] {
    return [this.kernel, ...this.modules].flatMap((source) => [...source.lookup(name)]);
  }

  /** Where the first symbol of a name lies; `module` as in `lookup`. */
  address(name: string, module?: string | null): VirtualAddress | undefined {
    return this.lookup(name, module)?.address;
  }

  /** The symbol whose range an address lies in. */
  at(address: VirtualAddress): KernelSymbol | undefined {
    return this.#sourceOf(address)?.at(address);
  }

  /** Whether an address lies in code, of the kernel or of a module. */
  isText(address: VirtualAddress): boolean {
    return this.#sourceOf(address)?.isText(address) ?? false;
  }

  /** The module an address lies in, also where the module's symbols are lost. */
  moduleOf(address: VirtualAddress): string | undefined {
    return this.#sourceOf(address)?.module;
  }

  #sourceOf(address: VirtualAddress): SymbolSource | undefined {
    if (this.kernel.covers(address)) return this.kernel;
    return this.modules.find((source) => source.covers(address));
  }
}
