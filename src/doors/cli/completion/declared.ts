// What the scripts for bash, zsh and fish complete: the ways in and their options, as `ways.ts` declares them.
import { findCommand } from '../../../commands/index.ts';
import { commandNames } from '../../../commands/kit/names.ts';
import { type OptionUse, options, type Way, ways } from '../ways.ts';

/** What stands at a place of the command line; a list: one of these words. */
export type Value = 'file' | 'process' | 'anything' | readonly string[];

export interface DeclaredOption {
  /** `--json`, `-v`: all its spellings. */
  readonly words: readonly string[];
  readonly help: string;
  /** What stands for the value; undefined: it takes none. */
  readonly value?: { readonly name: string; readonly takes: Value };
}

export interface DeclaredWay {
  /** Undefined: a dump alone, the shell. */
  readonly word: string | undefined;
  readonly summary: string;
  readonly options: readonly DeclaredOption[];
  readonly operands: Value;
  /** Whether commands stand behind `--`, or wherever an operand does. */
  readonly commands: 'behind dashes' | 'operands' | 'none';
}

export interface DeclaredCommand {
  readonly name: string;
  readonly summary: string;
}

/** The shell is the last: it is what is meant when no word is one of the others'. */
export const declaredWays: readonly DeclaredWay[] = Object.entries(ways)
  .map(([name, way]) => declared(name, way))
  .sort((one, other) => Number(one.word === undefined) - Number(other.word === undefined));

export async function declaredCommands(): Promise<readonly DeclaredCommand[]> {
  const found = await Promise.all(commandNames.map(findCommand));
  return found
    .flatMap((command) => command ?? [])
    .map(({ name, summary }) => ({ name, summary }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function declared(name: string, { synopsis, summary, options, words }: Way): DeclaredWay {
  const isShell = name === 'shell';
  const hasDumps = synopsis.includes('DUMP');
  return {
    word: isShell ? undefined : name,
    summary,
    options: options.map(optionOf),
    operands: words ?? (hasDumps ? 'file' : synopsis.includes('PID') ? 'process' : 'anything'),
    commands: !synopsis.includes('CMD') ? 'none' : hasDumps ? 'behind dashes' : 'operands',
  };
}

function optionOf(name: keyof typeof options): DeclaredOption {
  const { short, value, choices, help }: OptionUse = options[name];
  const takes = choices ?? (value === 'FILE' || value === 'OUT' ? 'file' : 'anything');
  return {
    words: [`--${name}`, ...(short ? [`-${short}`] : [])],
    help,
    ...(value && { value: { name: value, takes } }),
  };
}
