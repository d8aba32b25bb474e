// What a command is.
import type { Dump } from '../../types/dump.ts';
import type { SearchCrew } from '../search/scan.ts';
import type { Session } from './session.ts';

/** One option: a single letter, as crash has them. */
export interface OptionSpec {
  readonly type: 'boolean' | 'string';
  /** May be given more than once: `-F -F`. */
  readonly multiple?: boolean;
  /** What stands for the value in the synopsis: `PID`. */
  readonly value?: string;
  readonly help: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type Value<S extends OptionSpec> = S['type'] extends 'boolean'
  ? S extends { multiple: true }
    ? readonly boolean[]
    : boolean
  : S extends { multiple: true }
    ? readonly string[]
    : string;

export type Options<O extends OptionSpecs> = { readonly [K in keyof O]?: Value<O[K]> };

/** What every command gets to look at and to complain to. */
export interface Context {
  readonly dump: Dump;
  /** The current task, CPU and radix: `set` changes them. */
  readonly session: Session;
  /** Something could not be read or is inferred: a sentence that goes beside the answer. */
  warn(text: string): void;
  /**
   * Makes a new file of an answer's bytes, never over an existing one; returns why not, undefined when done.
   * There is none where an answer may not write.
   */
  readonly createFile?:
    | ((path: string, pieces: Iterable<Uint8Array>) => string | undefined)
    | undefined;
  /** Shown to who waits, at most one line. */
  readonly progress?: ((text: string) => void) | undefined;
  /** Threads that search a large dump; there are none where a program has its own pages. */
  readonly searchCrew?: SearchCrew | undefined;
  /** The other command that the words name, for one that has `runs`: `foreach`. */
  readonly runs?: AnyCommand | undefined;
}

/** Another command's answer to a command line: its text; undefined when it has none. */
export type Ask = (line: string) => Promise<string | undefined>;

export interface Command<O extends OptionSpecs, R> {
  /** The file's own name. */
  readonly name: string;
  /** One line for `help`. */
  readonly summary: string;
  /** Arguments as the synopsis shows them after the options: `[PID | TASK]…`. */
  readonly operands?: string;
  readonly options: O;
  /** Paragraphs for `-h`, without layout. */
  readonly details?: readonly string[];
  /** Command lines that work on any dump, each with what it shows; run by the tests on every dump. */
  readonly examples: readonly (readonly [line: string, shows: string])[];
  /** Whether the answer is whole without the kernel's types. */
  readonly needsNoTypes?: true;
  /** Done before `run`, for a command whose answer rests on what other commands print: `why`. */
  prepare?(context: Context, ask: Ask): Promise<void>;
  /** Its words are C: quotes stay as they were typed. */
  readonly takesQuotes?: true;
  /** Its words as options and operands are parsed: where an option is no single letter, or an operand begins with a dash. */
  spell?(words: readonly string[]): readonly string[];
  /**
   * Which other command the words name, where they are that command's and not options of this one's own.
   * It is loaded before `run`, which finds it in its context and gets all words as operands: `foreach`.
   */
  runs?(words: readonly string[]): string | undefined;
  /**
   * Looks; returns plain data (no bigint, no Fault): what `--json`, the report and the library give out.
   *
   * @throws CommandError when the question is wrong or nothing of it can be answered
   */
  run(context: Context, options: Options<O>, operands: readonly string[]): R;
  /** As `run`, giving way every so often, so that ^C is heard and progress is seen: for what can take seconds. */
  runSlowly?(context: Context, options: Options<O>, operands: readonly string[]): Promise<R>;
  /** As `run` and `render` together, line by line: where only the text is wanted, and the data of it all is large. */
  lines?(context: Context, options: Options<O>, operands: readonly string[]): Iterable<string>;
  /** Lays the data out as crash would, by the same options and operands as `run`. Reads nothing. */
  render(result: R, options: Options<O>, operands: readonly string[]): Iterable<string>;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of commands, each with its own options and data
export type AnyCommand = Command<any, any>;

export const defineCommand = <const O extends OptionSpecs, R>(
  command: Command<O, R>,
): Command<O, R> => command;

export type CommandErrorCode =
  | 'usage' // the question is malformed
  | 'not-found' // no such task, symbol, command …
  | 'unreadable' // the dump lacks what the answer needs
  | 'unsupported'; // this kernel or dump cannot answer it

/** The question cannot be answered: crash's words, `COMMAND: text`. */
export class CommandError extends Error {
  readonly code: CommandErrorCode;
  constructor(code: CommandErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
