// `inquest why`: the verdict, for a person or as one JSON document.
import { CommandError } from '../../commands/kit/define.ts';
import { runLine } from '../../commands/kit/run.ts';
import { newSession } from '../../commands/kit/session.ts';
import { knownIssues } from '../../commands/why/known.ts';
import type { Look } from '../../commands/why/page.ts';
import { renderVerdict } from '../../commands/why/render.ts';
import { type Outcome, reachVerdict } from '../../commands/why/verify.ts';
import { seen } from '../../facts/kit/define.ts';
import { escapeText, jsonText } from '../../print/escape.ts';
import { loadRules } from '../../rules/index.ts';
import type { Dump } from '../../types/dump.ts';
import { openDump } from '../open.ts';
import { type Arguments, parse, UsageError } from './arguments.ts';
import { isColoured } from './colour.ts';

/** Wide enough for a command's own lines, narrow enough to read. */
const PLAIN_WIDTH = 100;

/** @returns 0 with a verdict, 1 when the dump lacks what one needs */
export const run = (words: readonly string[]): Promise<number> => judge(parse('why', words));

/** @returns as `run` */
export async function judge(given: Arguments): Promise<number> {
  const { files, commands, raw, suspect, known } = given;
  if (commands.length > 0) throw new UsageError('why takes no commands; give them to inquest run');
  if (suspect !== undefined && known !== undefined)
    throw new UsageError('--suspect and --known ask different questions; give one of them');
  const issues =
    known === undefined ? undefined : (await import('./known-file.ts')).readKnownFile(known);
  const dump = await openDump(files, { raw });
  const look: Look = lookOf(given);
  try {
    const outcome = await verdictOn(dump);
    if (suspect !== undefined) return await accuse(dump, suspect, outcome, given);
    const verdict = issues
      ? { ...outcome.verdict, known: knownIssues(issues, outcome.verdict, dump.release) }
      : outcome.verdict;
    print(dump, given, verdict, () => renderVerdict(verdict, look));
    return outcome.isLacking ? 1 : 0;
  } finally {
    dump.close();
  }
}

const verdictOn = async (dump: Dump): Promise<Outcome> =>
  reachVerdict((fact) => seen(dump, fact), await loadRules(), asker(dump));

const asker = (dump: Dump) => async (line: string) => {
  const answer = await runLine({ dump, session: newSession() }, line);
  return answer.ok ? answer.text : undefined;
};

/** What speaks for and against one task or module. @returns the exit status */
async function accuse(
  dump: Dump,
  asked: string,
  { verdict, isLacking }: Outcome,
  given: Arguments,
): Promise<number> {
  const [{ suspicionOf }, { renderSuspicion }] = await Promise.all([
    import('../../commands/why/suspect.ts'),
    import('../../commands/why/render-suspicion.ts'),
  ]);
  try {
    const found = await suspicionOf(asked, verdict, (fact) => seen(dump, fact), asker(dump));
    print(dump, given, found, () => renderSuspicion(found, lookOf(given)));
    return isLacking ? 1 : 0;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`inquest: ${escapeText(error.message)}\n`);
    return 1;
  }
}

function lookOf({ color, verbose }: Arguments): Look {
  const { isTTY, columns } = process.stdout;
  return {
    width: isTTY && columns ? columns : PLAIN_WIDTH,
    isTerminal: isTTY === true,
    isColoured: isColoured(color, process.stdout),
    isVerbose: verbose,
  };
}

function print(
  dump: Dump,
  { json }: Arguments,
  document: unknown,
  lines: () => Iterable<string>,
): void {
  if (json) {
    process.stdout.write(jsonText(document, 2));
    return;
  }
  for (const text of dump.source.warnings) process.stderr.write(`WARNING: ${escapeText(text)}\n`);
  process.stdout.write(`${[...lines()].join('\n')}\n`);
}
