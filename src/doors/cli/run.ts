// `inquest run`: commands on a dump, as text or as one JSON document.
import { type Answer, runLine } from '../../commands/kit/run.ts';
import { newSession } from '../../commands/kit/session.ts';
import { escapeText } from '../../print/escape.ts';
import { openDump } from '../open.ts';
import { parse, UsageError } from './arguments.ts';
import { describe } from './describe.ts';

export async function run(words: readonly string[]): Promise<number> {
  const { files, commands, json, raw } = parse(words);
  if (commands.length === 0)
    throw new UsageError("no command given; write: inquest run DUMP -- 'help' 'log'");
  const dump = await openDump(files, { raw });
  if (!json)
    for (const text of dump.source.warnings) process.stderr.write(`WARNING: ${escapeText(text)}\n`);
  const session = newSession();
  const answers: Answer[] = [];
  for (const line of commands) {
    const answer = await runLine({ dump, session }, line);
    answers.push(answer);
    if (!json) print(answer);
  }
  if (json) {
    const document = { schema: 'inquest.run/1', dump: describe(dump), results: answers };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  }
  dump.close();
  return answers.every((answer) => answer.ok) ? 0 : 1;
}

function print(answer: Answer): void {
  if (answer.ok) process.stdout.write(answer.text);
  else process.stderr.write(`${answer.error.message.trimEnd()}\n`);
  for (const warning of answer.warnings) process.stderr.write(`WARNING: ${escapeText(warning)}\n`);
}
