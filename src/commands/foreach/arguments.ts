// A `foreach` line: who, then what.

/** The commands that can be run for many tasks, as crash has them. */
const KEYWORDS = ['bt', 'files', 'net', 'ps', 'set', 'sig', 'task', 'vm', 'vtop'] as const;

export interface ForeachWords {
  /** What selects tasks: everything before the command. */
  readonly selectors: readonly string[];
  /** undefined: no command is named. */
  readonly name: string | undefined;
  /** The command's own options and arguments. */
  readonly words: readonly string[];
}

/** The first word that is a command's name divides the line; `\bt` is a task of that name. */
export function split(words: readonly string[]): ForeachWords {
  const at = words.findIndex((word) => (KEYWORDS as readonly string[]).includes(word));
  if (at < 0) return { selectors: words, name: undefined, words: [] };
  return { selectors: words.slice(0, at), name: words[at], words: words.slice(at + 1) };
}
