// `mod`: the loaded modules.
import { isFault } from '../bytes/fault.ts';
import { type Module, modules } from '../kernel/module.ts';
import { taintText } from '../kernel/taint.ts';
import { hex } from '../print/hex.ts';
import type { Dump } from '../types/dump.ts';
import { CommandError, defineCommand } from './kit/define.ts';
import { type LaidOut, layoutOf, withLayout } from './kit/layout.ts';
import { address16 } from './kit/task-line.ts';
import { misused } from './kit/usage.ts';

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
  /** Their letters: `OE`; empty when there is none. */
  readonly taintLetters: string | null;
}

/** By base address. */
export type ModData = readonly ModEntry[];

interface Layout {
  /** This kernel keeps a module's memory as regions, the text's with a base of its own (6.4 and later). */
  readonly hasRegions: boolean;
}

const options = {
  t: { type: 'boolean', help: 'those that tainted the kernel, and the letters of it' },
  s: { type: 'string', value: 'MODULE', help: 'refused: nothing need be loaded' },
  S: { type: 'boolean', help: 'refused: nothing need be loaded' },
} as const;

const mod = defineCommand({
  name: 'mod',
  summary: 'the loaded modules: where they lie and how large they are',
  options,
  details: ["A module's symbols and types come from the dump: there are no object files to load."],
  examples: [
    ['mod', 'all modules, by address'],
    ['mod -t', 'the tainted ones'],
  ],

  run({ dump, warn }, { s, S }, operands): LaidOut<ModData, Layout> {
    if (s !== undefined || S)
      throw new CommandError(
        'unsupported',
        'mod: no object file is needed: symbols and types of modules come from the dump; `mod` lists them, `sym` and `struct` know them',
      );
    if (operands.length > 0) throw misused(mod);
    const walk = modules(dump);
    const entries = Array.from(walk, (module) => entryOf(module, dump, warn));
    if (walk.end !== 'complete') {
      const why = isFault(walk.end) ? walk.end.explain() : walk.end;
      if (entries.length === 0) throw new CommandError('unreadable', `mod: ${why}`);
      warn(`mod: the list of modules is not whole: ${why}`);
    }
    const hasRegions = dump.types.member('module', 'mem') !== undefined;
    return withLayout(entries.sort(compare), { hasRegions });
  },

  *render(modules, { t }) {
    yield* t ? taintTable(modules) : table(modules, layoutOf(modules));
  },
});

export default mod;

function entryOf(module: Module, dump: Dump, warn: (text: string) => void): ModEntry {
  const { name, state, taints, base } = module;
  for (const value of [name, state, taints]) if (isFault(value)) warn(`mod: ${value.explain()}`);
  return {
    name: isFault(name) ? null : name,
    module: hex(module.address),
    base: base === undefined ? null : hex(base),
    size: module.size,
    state: isFault(state) ? null : state,
    taints: isFault(taints) ? null : Number(taints),
    taintLetters: isFault(taints) ? null : taints === 0n ? '' : taintText(dump, taints),
  };
}

function* table(modules: ModData, { hasRegions }: Layout): Generator<string> {
  const name = Math.max(4, ...modules.map((m) => m.name?.length ?? 1));
  const size = Math.max(4, ...modules.map((m) => `${m.size}`.length));
  // Regions have a text base of their own since 6.4; before, one layout has one base.
  const base = centre(hasRegions ? 'TEXT_BASE' : 'BASE', 16);
  const columns = [centre('MODULE', 16), 'NAME'.padEnd(name), base, 'SIZE'.padStart(size)];
  yield `${columns.join('  ')}  OBJECT FILE`;
  for (const module of modules) {
    const row = [address16(module.module), (module.name ?? '?').padEnd(name)];
    const place = [address16(module.base).padStart(16), `${module.size}`.padStart(size)];
    yield `${[...row, ...place].join('  ')}  (not loaded)  [CONFIG_KALLSYMS]`;
  }
}

function* taintTable(modules: ModData): Generator<string> {
  const tainted = modules.filter((module) => module.taints);
  if (tainted.length === 0) {
    yield 'no tainted modules';
    return;
  }
  const width = Math.max(4, ...tainted.map((m) => m.name?.length ?? 1));
  yield `${'NAME'.padEnd(width)}  TAINTS`;
  for (const { name, taintLetters } of tainted)
    yield `${(name ?? '?').padEnd(width)}  ${taintLetters ?? '?'}`;
}

const centre = (text: string, width: number): string =>
  text.padStart(text.length + Math.floor((width - text.length) / 2)).padEnd(width);

const compare = (a: ModEntry, b: ModEntry): number =>
  BigInt(a.base ?? a.module) < BigInt(b.base ?? b.module) ? -1 : 1;
