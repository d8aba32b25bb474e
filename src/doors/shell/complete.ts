// What TAB offers: commands, their options, and what their operands name in this dump.

import { isFault } from '../../bytes/fault.ts';
import { findCommand } from '../../commands/index.ts';
import { aliasNames } from '../../commands/kit/aliases.ts';
import { commandNames } from '../../commands/kit/names.ts';
import type { Session } from '../../commands/kit/session.ts';
import { allTasks } from '../../kernel/tasks.ts';
import { escapeText } from '../../print/escape.ts';
import { Btf } from '../../types/btf.ts';
import type { Dump } from '../../types/dump.ts';
import { memberCandidates } from './members.ts';
import type { Completion } from './protocol.ts';

/** More than this nobody reads: then only what all have in common is filled in. */
const MOST = 200;

type Kind = 'symbol' | 'type' | 'pid' | 'name' | 'module' | 'command';

/** What the operands of commands name; of all others: PIDs. */
const operandKinds: Readonly<Record<string, readonly Kind[]>> = {
  help: ['command'],
  alias: ['command'],
  repeat: ['command'],
  foreach: ['command', 'name', 'pid'],
  ps: ['name', 'pid'],
  mod: ['module'],
  struct: ['type', 'symbol'],
  union: ['type', 'symbol'],
  '*': ['type', 'symbol'],
  whatis: ['type', 'symbol'],
  list: ['type', 'symbol'],
  tree: ['type', 'symbol'],
  p: ['symbol', 'type'],
  sym: ['symbol'],
  dis: ['symbol'],
  rd: ['symbol'],
  search: ['symbol'],
  vtop: ['symbol'],
  eval: ['symbol'],
};

/** @param text up to the cursor */
export async function complete(
  context: { readonly dump: Dump; readonly session: Session },
  text: string,
): Promise<Completion> {
  const { dump, session } = context;
  const [, before = '', word = ''] = /^(.*[\s(,&*!=]|)(.*)$/s.exec(text) ?? [];
  const members = memberCandidates(context, text);
  if (members) return bounded(...members);
  const first = /^\s*(?:repeat\s+(?:-\d+\s+)?|help\s+)?$/.test(before)
    ? ''
    : (/^\s*(\S+)/.exec(before)?.[1] ?? '');
  if (first === '') {
    // As in crash, a type or a variable is a command line, too.
    const names = [...commandNames, ...aliasNames(session)];
    const commands = matching(names, word);
    const more =
      /^\s*$/.test(before) && word.length > 2 ? named(dump, ['type', 'symbol'], word) : [];
    return bounded([...commands, ...more], word);
  }
  const command = await findCommand(first);
  if (word.startsWith('-')) {
    const letters = Object.keys(command?.options ?? {}).map((letter) => `-${letter}`);
    return bounded(matching(letters, word), word);
  }
  const kinds = command ? (operandKinds[command.name] ?? ['pid']) : (['symbol', 'type'] as const);
  return bounded(named(dump, kinds, word), word);
}

function bounded(candidates: readonly string[], word: string): Completion {
  const unique = [...new Set(candidates)];
  if (unique.length <= MOST) return [unique, word];
  const common = commonStart(unique);
  if (common.length > word.length) return [[common], word];
  return [[...unique.slice(0, 40), `… and ${unique.length - 40} more: type another letter`], word];
}

function commonStart(words: readonly string[]): string {
  let [common = ''] = words;
  for (const word of words) while (!word.startsWith(common)) common = common.slice(0, -1);
  return common;
}

const matching = (words: readonly string[], start: string): string[] =>
  words.filter((word) => word.startsWith(start)).sort();

const named = (dump: Dump, kinds: readonly Kind[], start: string): string[] =>
  kinds.flatMap((kind) => matching(names[kind](dump), start));

const names: Readonly<Record<Kind, (dump: Dump) => readonly string[]>> = {
  command: () => commandNames,
  module: (dump) => dump.symbols.modules.map(({ module }) => escapeText(module ?? '')),
  pid: (dump) => tasks(dump).pids,
  name: (dump) => tasks(dump).names,
  symbol: symbolNames,
  type: typeNames,
};

interface TaskWords {
  readonly pids: readonly string[];
  readonly names: readonly string[];
}

const tasks = (dump: Dump): TaskWords =>
  dump.memo(tasks, () => {
    const all = allTasks(dump).tasks;
    const texts = all.map(({ comm }) => (isFault(comm) ? '' : escapeText(comm)));
    return {
      pids: all.flatMap(({ pid }) => (isFault(pid) ? [] : [`${pid}`])),
      names: texts.filter((text) => /^[^\s'"\\|>]+$/.test(text)),
    };
  });

/** What can be written without quotes; a damaged table may hold anything. */
const IDENTIFIER = /^[\w.$]{1,256}$/;

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
