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
}

/** @throws UsageError */
export function parse(words: readonly string[]): Arguments {
  const dashes = words.indexOf('--');
  const head = dashes < 0 ? words : words.slice(0, dashes);
  const commands = dashes < 0 ? [] : words.slice(dashes + 1);
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...head],
      options: {
        json: { type: 'boolean', default: false },
        raw: { type: 'boolean', default: false },
        out: { type: 'string', short: 'o' },
      },
      allowPositionals: true,
      tokens: true,
    });
    if (positionals.length === 0) throw new UsageError('no DUMP given; `inquest -h` shows how');
    const { json, raw, out } = values;
    // Dumps stand before the first option; what stands behind it is commands, as in `slim DUMP -o OUT CMD`.
    const option = tokens.findIndex((token) => token.kind === 'option');
    const first = option <= 0 ? positionals.length : option;
    return {
      files: positionals.slice(0, first),
      commands: [...positionals.slice(first), ...commands],
      json,
      raw,
      out,
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `${(error as Error).message.split('.')[0]}; \`inquest -h\` shows the options`,
    );
  }
}
