// `mod`: the loaded modules.
import { isFault } from '../bytes/fault.ts';
import { modules } from '../kernel/module.ts';
import { hex, hex16 } from '../print/hex.ts';
import { CommandError, defineCommand } from './kit/define.ts';

export interface ModEntry {
  readonly name: string | null;
  /** Address of its `struct module`. */
  readonly module: string;
  /** Where its text lies; null when that cannot be read. */
  readonly base: string | null;
  /** Bytes of its core memory. */
  readonly size: number;
  readonly state: string | null;
  /** TAINT_* bits the module set, as a number. */
  readonly taints: number | null;
}

export interface ModData {
  /** Whether this kernel keeps a module's memory as regions (6.4 and later). */
  readonly hasRegions: boolean;
  /** By base address. */
  readonly modules: readonly ModEntry[];
}

export default defineCommand({
  name: 'mod',
  summary: 'the loaded modules: where they lie and how large they are',
  options: {},
  examples: [['mod', 'all modules, by address']],

  run({ dump, warn }): ModData {
    const walk = modules(dump);
    const entries = Array.from(walk, (module) => {
      const { name, state, taints, base } = module;
      for (const value of [name, state, taints])
        if (isFault(value)) warn(`mod: ${value.explain()}`);
      return {
        name: isFault(name) ? null : name,
        module: hex(module.address),
        base: base === undefined ? null : hex(base),
        size: module.size,
        state: isFault(state) ? null : state,
        taints: isFault(taints) ? null : Number(taints),
      };
    });
    if (walk.end !== 'complete') {
      const why = isFault(walk.end) ? walk.end.explain() : walk.end;
      if (entries.length === 0) throw new CommandError('unreadable', `mod: ${why}`);
      warn(`mod: the list of modules is not whole: ${why}`);
    }
    const hasRegions = dump.types.member('module', 'mem') !== undefined;
    return { hasRegions, modules: entries.sort(compare) };
  },

  *render({ modules, hasRegions }) {
    const name = Math.max(4, ...modules.map((m) => m.name?.length ?? 1));
    const size = Math.max(4, ...modules.map((m) => `${m.size}`.length));
    // Regions have a text base of their own since 6.4; before, one layout has one base.
    const base = centre(hasRegions ? 'TEXT_BASE' : 'BASE', 16);
    const columns = [centre('MODULE', 16), 'NAME'.padEnd(name), base, 'SIZE'.padStart(size)];
    yield `${columns.join('  ')}  OBJECT FILE`;
    for (const module of modules) {
      const at = module.base === null ? '?'.padStart(16) : hex16(BigInt(module.base));
      const row = [hex16(BigInt(module.module)), (module.name ?? '?').padEnd(name), at];
      yield `${[...row, `${module.size}`.padStart(size)].join('  ')}  (not loaded)  [CONFIG_KALLSYMS]`;
    }
  },
});

const centre = (text: string, width: number): string =>
  text.padStart(text.length + Math.floor((width - text.length) / 2)).padEnd(width);

const compare = (a: ModEntry, b: ModEntry): number =>
  BigInt(a.base ?? a.module) < BigInt(b.base ?? b.module) ? -1 : 1;
