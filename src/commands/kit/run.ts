// From a command line to an answer.
import { escapeLines } from '../../print/escape.ts';
import type { Dump } from '../../types/dump.ts';
import { findCommand } from '../index.ts';
import { expandAlias } from './aliases.ts';
import {
  type AnyCommand,
  CommandError,
  type Context,
  type OptionSpecs,
  type Options,
} from './define.ts';
import { parseWords } from './parse.ts';
import { newSession } from './session.ts';
import { usage } from './usage.ts';
import { collectWarnings } from './warnings.ts';

/** What one command line came to: one element of `run --json`'s `results`. */
export type Answer = {
  readonly command: string;
  readonly warnings: readonly string[];
} & (
  | { readonly ok: true; readonly data: unknown; readonly text: string }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } }
);

/** Takes an answer's text as it is made. */
export type Write = (text: string) => Promise<void>;

/**
 * Runs one command line. A question that cannot be answered is an Answer too.
 *
 * @param write given where only the text is wanted: the answer then has neither text nor data
 */
export async function runLine(
  context: Omit<Context, 'warn'>,
  line: string,
  write?: Write,
): Promise<Answer> {
  const { warnings, warn } = collectWarnings();
  try {
    let [name = '', ...words] = expandAlias(splitLine(line), context.session);
    if (name === '') throw new CommandError('usage', 'crash: no command given');
    let command = await findCommand(name);
    if (!command) {
      const { meantBy } = await import('./unknown-word.ts');
      [name = '', ...words] = meantBy({ ...context, warn }, typedWords(line)) ?? [name];
      command = await findCommand(name);
    } else if (command.takesQuotes) words = expandAlias(typedWords(line), context.session).slice(1);
    if (!command) throw new CommandError('not-found', `crash: command not found: ${name}`);
    await command.prepare?.({ ...context, warn }, async (other) => {
      const answer = await runLine({ ...context, session: newSession() }, other);
      return answer.ok ? answer.text : undefined;
    });
    const other = command.runs?.(words);
    const runs = other === undefined ? undefined : await findCommand(other);
    const { data, text } = await execute(command, { ...context, warn, runs }, words, write);
    if (!command.needsNoTypes && hasNoTypes(context.dump))
      warn(`what rests on the kernel's types is missing: ${context.dump.types.fault?.explain()}`);
    return { command: line, ok: true, data, text, warnings };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return {
      command: line,
      ok: false,
      error: { code: error.code, message: explained(error, context.dump) },
      warnings,
    };
  }
}

/** The first type is there whenever any is; asking for the fault would read all of them. */
const hasNoTypes = (dump: Dump): boolean => dump.types.type(1).kind === 'void';

/** Without types hardly anything can be found: then that is the reason, whatever it was that was not found. */
function explained({ code, message }: CommandError, dump: Dump): string {
  if (code === 'usage' || message.startsWith('crash:')) return message;
  // A slim dump has only the types that were asked for: a task that is not there has nothing to do with that.
  if (code === 'not-found' && !hasNoTypes(dump)) return message;
  const why = dump.types.fault;
  if (!why) return message;
  return `${message.trimEnd()}; the kernel's types (BTF) cannot be read: ${why.explain()}`;
}

/** One command on its words. */
async function execute(
  command: AnyCommand,
  context: Context,
  words: readonly string[],
  write: Write | undefined,
): Promise<{ data: unknown; text: string }> {
  if (words.length === 1 && (words[0] === '-h' || words[0] === '--help'))
    return { data: null, text: usage(command) };
  const { values, positionals } = parseWords(command, words);
  const options = values as Options<OptionSpecs>;
  if (write && command.lines) {
    await pour(command.lines(context, options, positionals), write);
    return { data: null, text: '' };
  }
  const data = command.runSlowly
    ? await command.runSlowly(context, options, positionals)
    : command.run(context, options, positionals);
  const lines = command.render(data, options, positionals);
  if (!write) return { data, text: textOf([...lines]) };
  await pour(lines, write);
  return { data: null, text: '' };
}

const textOf = (lines: readonly string[]): string =>
  lines.length === 0 ? '' : escapeLines(`${lines.join('\n')}\n`);

/** Lines written at a time: some 40 KiB. */
const PIECE = 512;

async function pour(lines: Iterable<string>, write: Write): Promise<void> {
  let piece: string[] = [];
  for (const line of lines) {
    piece.push(line);
    if (piece.length < PIECE) continue;
    await write(textOf(piece));
    piece = [];
  }
  if (piece.length > 0) await write(textOf(piece));
}

/** The same words as they were typed, for those that are C. */
const typedWords = (line: string): string[] => line.trim().split(/\s+/);

/**
 * A command line's words: blanks separate, quotes of both kinds join, a backslash is itself (crash's
 * `\NAME` for a numeric command name needs it). A word wholly in single quotes keeps them: it is a
 * regular expression to the commands that select tasks.
 */
export function splitLine(line: string): string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*"|['"])+/g))
    words.push(unquote(match[0]));
  return words;
}

const unquote = (word: string): string =>
  /^'[^']*'$/.test(word) ? word : word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2');
