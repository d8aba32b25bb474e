// What all ways in take: dump files, then options, then `--` and commands.
import { parseArgs } from 'node:util';
import { similar } from './similar.ts';
import { options, type WayName, ways } from './ways.ts';

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
  readonly crashrc: boolean;
  readonly verbose: boolean;
  /** `--suspect PID|MODULE` */
  readonly suspect: string | undefined;
  /** `--known FILE` */
  readonly known: string | undefined;
  readonly color: ColorWish;
}

const colorWishes = options.color.choices;
export type ColorWish = (typeof colorWishes)[number];

const isColorWish = (word: string): word is ColorWish =>
  (colorWishes as readonly string[]).includes(word);

/** @throws UsageError */
export function colorWish(word: string): ColorWish {
  if (!isColorWish(word)) throw new UsageError(`--color ${word}: write auto, always or never`);
  return word;
}

/** @throws UsageError */
export function parse(way: WayName, words: readonly string[]): Arguments {
  const dashes = words.indexOf('--');
  const head = dashes < 0 ? words : words.slice(0, dashes);
  const commands = dashes < 0 ? [] : words.slice(dashes + 1);
  const { values, positionals, tokens } = parseOptions(way, head);
  if (positionals.length === 0)
    throw new UsageError(`no DUMP given; write: inquest ${ways[way].synopsis}`);
  const color = colorWish(values.color);
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
    crashrc: values.crashrc,
    verbose: values.verbose,
    suspect: values.suspect,
    known: values.known,
    color,
  };
}

/** Whether help is asked for, rather than anything else. */
export function wantsHelp(words: readonly string[]): boolean {
  const dashes = words.indexOf('--');
  const head = dashes < 0 ? words : words.slice(0, dashes);
  return head.includes('-h') || head.includes('--help');
}

/** @throws UsageError */
export function parseOptions(way: WayName, words: readonly string[]) {
  const parsed = parsedWords(way, words);
  const taken: readonly string[] = ways[way].options;
  for (const token of parsed.tokens)
    if (token.kind === 'option' && !taken.includes(token.name))
      throw new UsageError(`${way} has no option ${token.rawName}; ${seeHelp(way)}`);
  return parsed;
}

function parsedWords(way: WayName, words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        json: { ...options.json, default: false },
        raw: { ...options.raw, default: false },
        out: options.out,
        input: options.input,
        'user-memory': { ...options['user-memory'], default: false },
        verbose: { ...options.verbose, default: false },
        suspect: options.suspect,
        known: options.known,
        crashrc: { ...options.crashrc, default: false },
        color: { ...options.color, default: 'auto' },
        seconds: options.seconds,
        name: options.name,
        once: { ...options.once, default: false },
      },
      allowPositionals: true,
      tokens: true,
    });
  } catch (error) {
    throw new UsageError(misuse(error as NodeJS.ErrnoException, way));
  }
}

const seeHelp = (way: WayName): string => `\`inquest ${way} -h\` shows its options`;

/** What is wrong with the options, and what was meant. */
function misuse({ code, message }: NodeJS.ErrnoException, way: WayName): string {
  const written = /'(-[^']*)'/.exec(message)?.[1] ?? '';
  const name = written.replace(/^-+|[ =,].*$/g, '');
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const meant = similar(name, ways[way].options);
    const advice = meant && name.length > 1 ? `did you mean --${meant}?` : seeHelp(way);
    return `unknown option ${written}; ${advice}`;
  }
  const [what = ''] = message
    .replace(/^Option '(-[\w-]*).*' argument (missing|is ambiguous)/, '$1 needs a value')
    .split(/\.|\n/);
  return `${what}; ${seeHelp(way)}`;
}
