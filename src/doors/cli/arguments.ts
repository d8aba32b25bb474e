// What all ways in take: dump files, then options, then `--` and commands.
import { parseArgs } from 'node:util';

/** The command line is malformed: one line that says what to write instead. */
export class UsageError extends Error {}

export interface Arguments {
  readonly files: readonly string[];
  /** What stands after the first option or `--`. */
  readonly commands: readonly string[];
  readonly json: boolean;
  readonly raw: boolean;
  readonly out: string | undefined;
  /** `-i FILE`: a file of commands, one a line. */
  readonly input: string | undefined;
  readonly userMemory: boolean;
  readonly verbose: boolean;
  readonly color: ColorWish;
}

const colorWishes = ['auto', 'always', 'never'] as const;
export type ColorWish = (typeof colorWishes)[number];

const isColorWish = (word: string): word is ColorWish =>
  (colorWishes as readonly string[]).includes(word);

/** @throws UsageError */
export function parse(words: readonly string[]): Arguments {
  const dashes = words.indexOf('--');
  const head = dashes < 0 ? words : words.slice(0, dashes);
  const commands = dashes < 0 ? [] : words.slice(dashes + 1);
  const { values, positionals, tokens } = parseOptions(head);
  if (positionals.length === 0) throw new UsageError('no DUMP given; `inquest -h` shows how');
  const { color } = values;
  if (!isColorWish(color)) throw new UsageError(`--color ${color}: write auto, always or never`);
  // Dumps stand before the first option; what stands behind it is commands, as in `slim DUMP -o OUT CMD`.
  const option = tokens.findIndex((token) => token.kind === 'option');
  const first = option <= 0 ? positionals.length : option;
  return {
    files: positionals.slice(0, first),
    commands: [...positionals.slice(first), ...commands],
    json: values.json,
    raw: values.raw,
    out: values.out,
    input: values.input,
    userMemory: values['user-memory'],
    verbose: values.verbose,
    color,
  };
}

function parseOptions(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        json: { type: 'boolean', default: false },
        raw: { type: 'boolean', default: false },
        out: { type: 'string', short: 'o' },
        input: { type: 'string', short: 'i' },
        'user-memory': { type: 'boolean', default: false },
        verbose: { type: 'boolean', short: 'v', default: false },
        color: { type: 'string', default: 'auto' },
      },
      allowPositionals: true,
      tokens: true,
    });
  } catch (error) {
    throw new UsageError(
      `${(error as Error).message.split('.')[0]}; \`inquest -h\` shows the options`,
    );
  }
}
