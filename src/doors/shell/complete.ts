// What TAB offers: commands, their options, and what their operands name in this dump.

import { findCommand } from '../../commands/index.ts';
import { aliasNames, expandAlias } from '../../commands/kit/aliases.ts';
import type { AnyCommand, OptionSpecs } from '../../commands/kit/define.ts';
import { commandNames } from '../../commands/kit/names.ts';
import type { Session } from '../../commands/kit/session.ts';
import type { Dump } from '../../types/dump.ts';
import { bounded, matching } from './candidates.ts';
import { memberCandidates } from './members.ts';
import { type Kind, named } from './names.ts';
import type { Completion } from './protocol.ts';

/** What the first operand of a command names, and those behind it; of all others: PIDs. */
const operandKinds: Readonly<Record<string, readonly [first: readonly Kind[], later?: Kind[]]>> = {
  help: [['command']],
  alias: [[], ['command']],
  foreach: [['command', 'task name', 'pid']],
  ps: [['task name', 'pid']],
  set: [['pid', 'setting'], []],
  mod: [['module']],
  struct: [['type'], ['symbol']],
  union: [['type'], ['symbol']],
  '*': [['type'], ['symbol']],
  whatis: [['type', 'symbol']],
  list: [['type', 'symbol']],
  tree: [['symbol', 'type']],
  p: [['symbol', 'type']],
  sym: [['symbol']],
  dis: [['symbol']],
  rd: [['symbol']],
  search: [['symbol']],
  vtop: [['symbol']],
  eval: [['symbol']],
};

/** An unknown first word may begin an expression. */
const EXPRESSION: readonly Kind[] = ['symbol', 'type'];

/** A type or a variable is a command line, too, as in crash; one letter names too many of them. */
const LEAST_LETTERS = 3;

/** @param typed up to the cursor */
export async function complete(
  context: { readonly dump: Dump; readonly session: Session },
  typed: string,
): Promise<Completion> {
  const { dump, session } = context;
  const text = typed.replace(/^\s*repeat\s+(?:-\d+\s+)?/, '');
  const members = memberCandidates(context, text);
  if (members) return bounded(...members);
  const [, before = '', word = ''] = /^(.*[\s(,&*!=]|)(.*)$/s.exec(text) ?? [];
  if (before.trim() === '') return firstWord(dump, session, word);
  if (/\b(?:struct|union|enum)\s+$/.test(before)) return bounded(named(dump, ['type'], word), word);
  const [name = '', ...words] = expandAlias(before.trim().split(/\s+/), session);
  const command = await findCommand(name);
  if (!command) return bounded(named(dump, EXPRESSION, word), word);
  if (word.startsWith('-'))
    return bounded(matching(Object.keys(await optionsOf(command, words)).map(dashed), word), word);
  const [first, later = first] = operandKinds[command.name] ?? [['pid']];
  const hasOperand = words.some((other, i) => isOperand(command, other, words[i - 1]));
  return bounded(named(dump, hasOperand ? later : first, word), word);
}

function firstWord(dump: Dump, session: Session, word: string): Completion {
  const commands = matching([...commandNames, ...aliasNames(session)], word);
  const more = word.length < LEAST_LETTERS ? [] : named(dump, ['type', 'symbol'], word);
  // What follows a command is a blank; a type or a variable may go on.
  const [only, ...others] = [...commands, ...more];
  if (only !== undefined && others.length === 0 && commands.length === 1)
    return [[`${only} `], word];
  return bounded([...commands, ...more], word);
}

const dashed = (letter: string): string => `-${letter}`;

/** `foreach bt -`: the options are those of bt. */
async function optionsOf(command: AnyCommand, words: readonly string[]): Promise<OptionSpecs> {
  const other = command.runs?.(words);
  const runs = other === undefined ? undefined : await findCommand(other);
  return (runs ?? command).options as OptionSpecs;
}

/** Neither an option nor the value of the one before. */
function isOperand({ options }: AnyCommand, word: string, before: string | undefined): boolean {
  if (word.startsWith('-')) return false;
  const letter = before?.startsWith('-') ? (before.at(-1) ?? '') : '';
  return (options as OptionSpecs)[letter]?.type !== 'string';
}
