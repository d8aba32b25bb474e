// `sym`: names ↔ addresses.

import { virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { modules } from '../kernel/module.ts';
import { hex } from '../print/hex.ts';
import type { KernelSymbol, SymbolSource } from '../symbols/table.ts';
import type { Dump } from '../types/dump.ts';
import { alternatives, hexNumber } from './kit/address.ts';
import { CommandError, defineCommand, type Options } from './kit/define.ts';
import { misused } from './kit/usage.ts';

export interface SymEntry {
  readonly address: string;
  /** The letter nm would print; null for a boundary of a module. */
  readonly type: string | null;
  /** Of a boundary: the module's. */
  readonly name: string;
  /** Bytes behind the symbol's own address. */
  readonly offset: number;
  /** null: the kernel proper. */
  readonly module: string | null;
  /** With -m, -M, -l: where a part of a module begins or ends: `TEXT START`; null for a symbol. */
  readonly boundary: string | null;
  /** Source file and line: need debug information, which a dump does not hold. */
  readonly file: string | null;
  readonly line: number | null;
}

export type SymData = readonly SymEntry[];

const options = {
  l: { type: 'boolean', help: 'all symbols' },
  M: { type: 'boolean', help: 'all symbols of modules' },
  m: { type: 'string', value: 'MODULE', help: 'all symbols of one module' },
  q: { type: 'string', value: 'TEXT', help: 'all symbols whose names contain TEXT' },
  p: { type: 'boolean', help: 'also the symbol before' },
  n: { type: 'boolean', help: 'also the symbol behind' },
} as const;

type SymOptions = Options<typeof options>;

const sym = defineCommand({
  name: 'sym',
  summary: 'a symbol by name or address, or lists of them',
  operands: '[SYMBOL | ADDRESS]…',
  options,
  needsNoTypes: true,
  examples: [
    ['sym schedule', 'its address'],
    ['sym -q panic_on', 'every symbol with that in its name'],
    ['sym -np jiffies', 'with its neighbours'],
  ],

  run({ dump, warn }, options, operands): SymData {
    if (options.l) return [...symbolsOf(dump.symbols.kernel), ...moduleSymbols(dump, undefined)];
    if (options.M) return moduleSymbols(dump, undefined);
    if (options.m !== undefined) return moduleSymbols(dump, options.m);
    if (options.q !== undefined) return matching(dump, options.q).map((s) => entryOf(s));
    if (operands.length === 0) throw misused(sym);
    return operands.flatMap((word) => {
      try {
        return named(dump, word, options);
      } catch (error) {
        // What was found stands; the rest is said beside it.
        if (!(error instanceof CommandError) || operands.length === 1) throw error;
        warn(error.message);
        return [];
      }
    });
  },

  *render(entries, { l, M, m, q }) {
    if (entries.length === 0 && q !== undefined) yield '(none found)';
    const isList = Boolean(l || M || m !== undefined);
    for (const entry of entries) yield lineOf(entry, isList);
  },
});

export default sym;

/** Symbols of a name, or the one an address lies in. @throws CommandError when there is none */
function named(dump: Dump, word: string, options: SymOptions): SymEntry[] {
  const found = dump.symbols.lookupAll(word);
  if (found.length > 0) return found.flatMap((symbol) => withNeighbours(dump, symbol, 0n, options));
  const number = hexNumber(word);
  if (number === undefined)
    throw new CommandError(
      'not-found',
      `symbol not found: ${word}\npossible alternatives:\n${alternatives(dump, word)}`,
    );
  const address = virtual(number);
  const symbol = dump.symbols.at(address);
  if (!symbol) throw new CommandError('not-found', `sym: invalid address: ${word}`);
  return withNeighbours(dump, symbol, address - symbol.address, options);
}

function withNeighbours(
  dump: Dump,
  symbol: KernelSymbol,
  offset: bigint,
  { p, n }: SymOptions,
): SymEntry[] {
  const own = entryOf(symbol, offset);
  if (!p && !n) return [own];
  const [before, behind] = neighbours(dump, symbol);
  return [
    ...(p && before ? [entryOf(before)] : []),
    own,
    ...(n && behind ? [entryOf(behind)] : []),
  ];
}

function neighbours(
  dump: Dump,
  symbol: KernelSymbol,
): readonly [before: KernelSymbol | undefined, behind: KernelSymbol | undefined] {
  let last: KernelSymbol | undefined;
  let before: KernelSymbol | undefined;
  let isBehind = false;
  for (const source of [dump.symbols.kernel, ...byAddress(dump.symbols.modules)])
    for (const other of source.all()) {
      if (isBehind) return [before, other];
      if (other.address === symbol.address && other.name === symbol.name) {
        before = last;
        isBehind = true;
      }
      last = other;
    }
  return [before, undefined];
}

/** Modules by their first symbol. */
function byAddress(sources: readonly SymbolSource[]): readonly SymbolSource[] {
  const first = (source: SymbolSource): bigint => {
    for (const symbol of source.all()) return symbol.address;
    return 0n;
  };
  return [...sources].sort((a, b) => (first(a) < first(b) ? -1 : 1));
}

/** Every symbol that contains a text, the kernel's first, then module by module. */
function matching(dump: Dump, text: string): KernelSymbol[] {
  const found: KernelSymbol[] = [];
  for (const source of [dump.symbols.kernel, ...byAddress(dump.symbols.modules)])
    for (const symbol of source.all()) if (symbol.name.includes(text)) found.push(symbol);
  return found;
}

const symbolsOf = (source: SymbolSource): SymEntry[] =>
  Array.from(source.all(), (symbol) => entryOf(symbol));

/** Modules' symbols between their boundaries: a part at a time since 6.4, as a whole before. */
function moduleSymbols(dump: Dump, only: string | undefined): SymEntry[] {
  const hasParts = dump.types.member('module', 'mem') !== undefined;
  const loaded = Array.from(modules(dump)).filter(
    ({ name }) => !isFault(name) && (only === undefined || name === only),
  );
  loaded.sort((a, b) => ((a.base ?? 0n) < (b.base ?? 0n) ? -1 : 1));
  return loaded.flatMap((module) => {
    const name = module.name as string;
    const source = dump.symbols.modules.find((s) => s.module === name);
    const regions = module.regions.filter(({ kind }) => !kind.startsWith('init'));
    const parts = hasParts ? regions.map((region) => [region]) : [regions];
    return parts.flatMap((part) => {
      const first = part[0];
      const last = part.at(-1);
      if (!first || !last) return [];
      const end = last.base + BigInt(last.size);
      const symbols = Array.from(source?.all() ?? []).filter(
        ({ address }) => address >= first.base && address < end,
      );
      const label = hasParts ? `${first.kind.toUpperCase()} ` : '';
      return [
        boundary(first.base, name, `${label}START`),
        ...symbols.map((symbol) => entryOf(symbol)),
        boundary(hasParts ? end - 1n : end, name, `${label}END`),
      ];
    });
  });
}

const entryOf = (symbol: KernelSymbol, offset = 0n): SymEntry => ({
  address: hex(symbol.address + offset),
  type: symbol.type,
  name: symbol.name,
  offset: Number(offset),
  module: symbol.module ?? null,
  boundary: null,
  file: null,
  line: null,
});

const boundary = (address: bigint, module: string, what: string): SymEntry => ({
  address: hex(address),
  type: null,
  name: module,
  offset: 0,
  module,
  boundary: what,
  file: null,
  line: null,
});

function lineOf(
  { address, type, name, offset, module, boundary }: SymEntry,
  isList: boolean,
): string {
  const at = address.slice(2);
  if (boundary !== null) return `${at} MODULE ${boundary}: ${name}`;
  const where = offset > 0 ? `${name}+${offset}` : name;
  return `${at} (${type}) ${where}${module !== null && !isList ? ` [${module}]` : ''}`;
}
