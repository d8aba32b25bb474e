// `struct module`: names, memory, symbols and types of loaded modules.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import { Walk } from '../bytes/walk.ts';
import { ElfSymbols } from '../symbols/elf-symbols.ts';
import type { SymbolSource } from '../symbols/table.ts';
import { Btf } from '../types/btf.ts';
import type { Dump } from '../types/dump.ts';
import type { TypeTable } from '../types/table.ts';
import { shape, View } from '../types/view.ts';
import { listEntries } from './lib/list.ts';

/** A part of a module's memory; `size` is in bytes. */
export interface ModuleRegion {
  /** `text`, `data`, `rodata`, `ro_after_init`, `init_text`, …: the kernel's MOD_* names. */
  readonly kind: string;
  readonly base: VirtualAddress;
  readonly size: number;
}

/** enum mod_mem_type, include/linux/module.h (6.4 and later). */
const MEM_KINDS = [
  'text',
  'data',
  'rodata',
  'ro_after_init',
  'init_text',
  'init_data',
  'init_rodata',
] as const;

/** enum module_state, include/linux/module.h. */
const STATES = ['LIVE', 'COMING', 'GOING', 'UNFORMED'] as const;

const moduleShape = shape('module', {
  list: ['list'],
  name: ['name'],
  state: ['state'],
  taints: ['taints'],
  // Since ac3b43283923 ("module: replace module_layout with module_memory", v6.4) an array of regions.
  mem: ['mem'],
  coreBase: ['core_layout.base'],
  coreSize: ['core_layout.size'],
  coreTextSize: ['core_layout.text_size'],
  coreRoSize: ['core_layout.ro_size'],
  initBase: ['init_layout.base'],
  initSize: ['init_layout.size'],
  initTextSize: ['init_layout.text_size'],
  kallsyms: ['kallsyms'],
  numOrcs: ['arch.num_orcs'],
  orcUnwindIp: ['arch.orc_unwind_ip'],
  orcUnwind: ['arch.orc_unwind'],
});

/** A module, by the address of its `struct module`. */
export class Module extends View<keyof typeof moduleShape.fields> {
  protected readonly shape = moduleShape;

  get name(): string | Fault {
    return this.text('name');
  }

  /** LIVE, COMING, GOING, UNFORMED. */
  get state(): (typeof STATES)[number] | Fault {
    const state = this.number('state');
    return isFault(state) ? state : (STATES[state] ?? 'UNFORMED');
  }

  /** TAINT_* bits the module set. */
  get taints(): bigint | Fault {
    return this.word('taints');
  }

  /** Its memory: one region a kind since 6.4, one core and one init layout before. Empty ones left out. */
  get regions(): readonly ModuleRegion[] {
    return this.has('mem') ? this.#memRegions() : this.#layoutRegions();
  }

  #memRegions(): ModuleRegion[] {
    const { types, memory } = this.dump;
    const size = types.sizeOf('module_memory');
    const base = types.member('module_memory', 'base');
    const length = types.member('module_memory', 'size');
    const start = this.addressOf('mem');
    if (!size || !base || !length || isFault(start)) return [];
    const regions: ModuleRegion[] = [];
    for (const [i, kind] of MEM_KINDS.entries()) {
      const at = start + BigInt(i * size);
      const address = memory.pointer(virtual(at + BigInt(base.offset)));
      const bytes = memory.u32(virtual(at + BigInt(length.offset)));
      if (isFault(address) || isFault(bytes) || address === 0n || bytes === 0) continue;
      regions.push({ kind, base: address, size: bytes });
    }
    return regions;
  }

  #layoutRegions(): ModuleRegion[] {
    const regions: ModuleRegion[] = [];
    const add = (kind: string, base: VirtualAddress, from: number, to: number) => {
      if (to > from) regions.push({ kind, base: virtual(base + BigInt(from)), size: to - from });
    };
    const base = this.pointer('coreBase');
    const size = this.number('coreSize');
    const text = this.number('coreTextSize');
    const ro = this.number('coreRoSize');
    if (!isFault(base) && !isFault(size) && base !== 0n) {
      const textEnd = isFault(text) ? size : Math.min(text, size);
      const roEnd = isFault(ro) ? textEnd : Math.min(Math.max(ro, textEnd), size);
      add('text', base, 0, textEnd);
      add('rodata', base, textEnd, roEnd);
      add('data', base, roEnd, size);
    }
    const init = this.pointer('initBase');
    const initSize = this.number('initSize');
    const initText = this.number('initTextSize');
    if (!isFault(init) && !isFault(initSize) && init !== 0n) {
      const textEnd = isFault(initText) ? 0 : Math.min(initText, initSize);
      add('init_text', init, 0, textEnd);
      add('init_data', init, textEnd, initSize);
    }
    return regions;
  }

  /** What crash prints as base: the text's. */
  get base(): VirtualAddress | undefined {
    return this.regions.find((r) => r.kind === 'text')?.base ?? this.regions[0]?.base;
  }

  /** Bytes of core memory: init memory is given back once the module is live. */
  get size(): number {
    return this.regions
      .filter((r) => !r.kind.startsWith('init'))
      .reduce((sum, region) => sum + region.size, 0);
  }

  /** The ORC tables the module came with: sorted when it was loaded. arch/x86/kernel/unwind_orc.c */
  get orc(): { count: number; ips: VirtualAddress; entries: VirtualAddress } | undefined {
    const count = this.number('numOrcs');
    const ips = this.pointer('orcUnwindIp');
    const entries = this.pointer('orcUnwind');
    if (isFault(count) || isFault(ips) || isFault(entries) || count === 0) return undefined;
    return { count, ips, entries };
  }

  /** Where its symbol tables lie: `struct mod_kallsyms`. */
  get symbolTables():
    | {
        symtab: VirtualAddress;
        count: number;
        strtab: VirtualAddress;
        typetab: VirtualAddress | undefined;
      }
    | Fault {
    const at = this.pointer('kallsyms');
    if (isFault(at)) return at;
    const tables = new ModKallsyms(this.dump, at);
    const symtab = tables.pointer('symtab');
    const count = tables.number('count');
    const strtab = tables.pointer('strtab');
    const typetab = tables.pointer('typetab');
    if (isFault(symtab)) return symtab;
    if (isFault(count)) return count;
    if (isFault(strtab)) return strtab;
    return { symtab, count, strtab, typetab: isFault(typetab) ? undefined : typetab };
  }
}

const modKallsymsShape = shape('mod_kallsyms', {
  symtab: ['symtab'],
  count: ['num_symtab'],
  strtab: ['strtab'],
  typetab: ['typetab'],
});

class ModKallsyms extends View<keyof typeof modKallsymsShape.fields> {
  protected readonly shape = modKallsymsShape;
}

/** More modules than anyone loads. */
const MAX_MODULES = 10_000;

/** The loaded modules in the list's order: newest first, half-loaded (UNFORMED) ones too. */
export function modules(dump: Dump): Walk<Module> {
  return new Walk(function* () {
    const head = dump.symbol('modules');
    if (isFault(head)) return head;
    const link = dump.types.member('module', 'list');
    if (!link) return dump.types.fault ?? new Fault('no-type', undefined, 'struct module');
    const entries = listEntries(dump, head, link.offset, { limit: MAX_MODULES });
    for (const address of entries) yield new Module(dump, address);
    return entries.end;
  });
}

/** The symbols of every module: what the symbol table asks for when a question leaves the kernel proper. */
export function loadModules(dump: Dump): SymbolSource[] {
  const sources: SymbolSource[] = [];
  for (const module of modules(dump)) {
    const name = module.name;
    if (isFault(name) || module.state === 'UNFORMED') continue;
    sources.push(new ElfSymbols(dump.memory, name, module.regions, module.symbolTables));
  }
  return sources;
}

const btfModuleShape = shape('btf_module', {
  list: ['list'],
  module: ['module'],
  btf: ['btf'],
});
class BtfModule extends View<keyof typeof btfModuleShape.fields> {
  protected readonly shape = btfModuleShape;
}

const btfShape = shape('btf', { data: ['data'], size: ['data_size'] });
class BtfOf extends View<keyof typeof btfShape.fields> {
  protected readonly shape = btfShape;
}

/** A module's BTF is some hundred KiB. */
const MAX_MODULE_BTF = 16 << 20;

/**
 * A module's types on top of the kernel's. Undefined when it has none: no module has before 5.11, nor
 * one that was built without the kernel's BTF at hand.
 */
export function moduleTypes(dump: Dump, name: string): TypeTable | undefined {
  return dump.memo(`types of module ${name}`, () => {
    const head = dump.symbol('btf_modules');
    const link = dump.types.member('btf_module', 'list');
    if (isFault(head) || !link || !(dump.types instanceof Btf)) return undefined;
    for (const address of listEntries(dump, head, link.offset, { limit: MAX_MODULES })) {
      const entry = new BtfModule(dump, address);
      const module = entry.pointer('module');
      const at = entry.pointer('btf');
      if (isFault(module) || isFault(at) || new Module(dump, module).name !== name) continue;
      const btf = new BtfOf(dump, at);
      const data = btf.pointer('data');
      const size = btf.number('size');
      if (isFault(data) || isFault(size) || size > MAX_MODULE_BTF) return undefined;
      const bytes = dump.memory.read(data, size);
      const parsed = isFault(bytes) ? bytes : Btf.parse(bytes, dump.types);
      return isFault(parsed) ? undefined : parsed;
    }
    return undefined;
  });
}
