// `inquest why`: the verdict, for a person or as one JSON document.
import { runLine } from '../../commands/kit/run.ts';
import { newSession } from '../../commands/kit/session.ts';
import { renderVerdict } from '../../commands/why/render.ts';
import { reachVerdict } from '../../commands/why/verify.ts';
import { seen } from '../../facts/kit/define.ts';
import { escapeText, jsonText } from '../../print/escape.ts';
import { loadRules } from '../../rules/index.ts';
import { openDump } from '../open.ts';
import { type Arguments, parse, UsageError } from './arguments.ts';
import { isColoured } from './colour.ts';

/** Wide enough for a command's own lines, narrow enough to read. */
const PLAIN_WIDTH = 100;

/** @returns 0 with a verdict, 1 when the dump lacks what one needs */
export const run = (words: readonly string[]): Promise<number> => judge(parse('why', words));

/** @returns as `run` */
export async function judge(given: Arguments): Promise<number> {
  const { files, commands, json, raw, verbose, color } = given;
  if (commands.length > 0) throw new UsageError('why takes no commands; give them to inquest run');
  const dump = await openDump(files, { raw });
  const ask = async (line: string) => {
    const answer = await runLine({ dump, session: newSession() }, line);
    return answer.ok ? answer.text : undefined;
  };
  const { verdict, isLacking } = await reachVerdict(
    (fact) => seen(dump, fact),
    await loadRules(),
    ask,
  );
  const { warnings } = dump.source;
  dump.close();
  if (json) process.stdout.write(jsonText(verdict, 2));
  else {
    for (const text of warnings) process.stderr.write(`WARNING: ${escapeText(text)}\n`);
    const { isTTY, columns } = process.stdout;
    const width = isTTY && columns ? columns : PLAIN_WIDTH;
    const look = {
      width,
      isTerminal: isTTY === true,
      isColoured: isColoured(color, process.stdout),
      isVerbose: verbose,
    };
    process.stdout.write(`${[...renderVerdict(verdict, look)].join('\n')}\n`);
  }
  return isLacking ? 1 : 0;
}
