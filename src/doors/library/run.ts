// The library's way to crash's commands: what `inquest run --json` prints of one.
import { runLine } from '../../commands/kit/run.ts';
import { newSession, type Session } from '../../commands/kit/session.ts';
import type { Dump } from '../../types/dump.ts';
import type { DataOf } from './data.ts';

/** What a command line came to: one of the `results` of `inquest run --json`. */
export type Answer<Data = unknown> =
  | {
      readonly command: string;
      readonly ok: true;
      /** Plain data as in `--json`: addresses as `"0x…"` strings, `null` where something could not be read. */
      readonly data: Data;
      /** The same as crash prints it, what a terminal would obey escaped. */
      readonly text: string;
      /** What could not be read or is inferred: sentences. */
      readonly warnings: readonly string[];
    }
  | {
      readonly command: string;
      readonly ok: false;
      readonly error: { readonly code: string; readonly message: string };
      readonly warnings: readonly string[];
    };

/**
 * Runs a command line, as `inquest run` does: `run(dump, 'bt -a')`. A question that cannot be answered gives
 * `ok: false`; nothing is thrown for what the dump holds.
 *
 * @example
 * ```js
 * const answer = await run(dump, 'task -R policy 237');
 * if (answer.ok) console.log(answer.data[0].members.policy); // 2
 * else console.log(answer.error.message);
 * ```
 * @param session what `set` changes, when several lines are to share it; else each begins anew
 */
export async function run<const Line extends string>(
  dump: Dump,
  line: Line,
  session: Session = newSession(),
): Promise<Answer<DataOf<Line>>> {
  return (await runLine({ dump, session }, line)) as Answer<DataOf<Line>>;
}
