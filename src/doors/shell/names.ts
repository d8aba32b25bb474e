// The names of things in a dump, as they can be typed.
import { isFault } from '../../bytes/fault.ts';
import { commandNames } from '../../commands/kit/names.ts';
import { settingNames } from '../../commands/set/settings.ts';
import { allTasks } from '../../kernel/tasks.ts';
import { escapeText } from '../../print/escape.ts';
import { Btf } from '../../types/btf.ts';
import type { Dump } from '../../types/dump.ts';
import { matching } from './candidates.ts';

export type Kind = 'symbol' | 'type' | 'pid' | 'task name' | 'module' | 'command' | 'setting';

/** Those that begin so, kind by kind. */
export const named = (dump: Dump, kinds: readonly Kind[], start: string): string[] =>
  kinds.flatMap((kind) =>
    kind === 'pid'
      ? pids(dump).filter((pid) => pid.startsWith(start))
      : matching(names[kind](dump), start),
  );

const names: Readonly<Record<Exclude<Kind, 'pid'>, (dump: Dump) => readonly string[]>> = {
  command: () => commandNames,
  setting: () => settingNames,
  module: (dump) => dump.symbols.modules.map(({ module }) => escapeText(module ?? '')),
  'task name': taskNames,
  symbol: symbolNames,
  type: typeNames,
};

/** What can be written without quotes; a damaged table may hold anything. */
const IDENTIFIER = /^[\w.$]{1,256}$/;

const pids = (dump: Dump): readonly string[] =>
  dump.memo(pids, () => {
    const all = allTasks(dump).tasks.flatMap(({ pid }) => (isFault(pid) ? [] : [pid]));
    return all.sort((one, other) => one - other).map(String);
  });

function taskNames(dump: Dump): readonly string[] {
  return dump.memo(taskNames, () =>
    allTasks(dump)
      .tasks.map(({ comm }) => (isFault(comm) ? '' : escapeText(comm)))
      .filter((name) => /^[^\s'"\\|>]+$/.test(name)),
  );
}

function symbolNames(dump: Dump): readonly string[] {
  return dump.memo(symbolNames, () => {
    const words = new Set<string>();
    for (const source of [dump.symbols.kernel, ...dump.symbols.modules])
      for (const { name } of source.all()) if (IDENTIFIER.test(name)) words.add(name);
    return [...words];
  });
}

/** The kernel proper's structs, unions, enums and typedefs. */
function typeNames(dump: Dump): readonly string[] {
  return dump.memo(typeNames, () => {
    const { types } = dump;
    const words = new Set<string>();
    if (!(types instanceof Btf)) return [];
    for (let id = types.firstId; id < types.firstId + types.count; id++) {
      const type = types.type(id);
      const isNamed = ['struct', 'union', 'enum', 'typedef'].includes(type.kind);
      if (isNamed && 'name' in type && IDENTIFIER.test(type.name)) words.add(type.name);
    }
    return [...words];
  });
}
