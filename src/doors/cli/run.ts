// `inquest run`: commands on a dump, as text or as one JSON document.
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { type Answer, runLine } from '../../commands/kit/run.ts';
import { newSession } from '../../commands/kit/session.ts';
import { escapeLines, escapeText, jsonText } from '../../print/escape.ts';
import { createFile } from '../new-file.ts';
import { fresh, openDump } from '../open.ts';
import { searchCrew } from '../search-crew.ts';
import { type Arguments, parse, UsageError } from './arguments.ts';
import { describe } from './describe.ts';
import type { RunDocument } from './documents.ts';
import { progress } from './progress.ts';
import { systemError } from './system-error.ts';
import { warningLines } from './warning-lines.ts';

export const run = (words: readonly string[]): Promise<number> => answer(parse('run', words));

/** @returns 1 when a command failed */
export async function answer(wanted: Arguments): Promise<number> {
  const { files, json, raw, input, ...given } = wanted;
  const commands = [...given.commands, ...(input === undefined ? [] : linesOf(input))];
  if (commands.length === 0)
    throw new UsageError("no command given; write: inquest run DUMP -- log 'bt -a'");
  let dump = await openDump(files, { raw });
  if (!json)
    for (const text of dump.source.warnings) process.stderr.write(`WARNING: ${escapeText(text)}\n`);
  const session = newSession();
  const door = { createFile, searchCrew: searchCrew(files, raw) };
  const answers: Answer[] = [];
  for (const line of commands) {
    if (answers.length > 0) dump = fresh(dump);
    const waiting = progress();
    const context = { dump, session, ...door, progress: waiting.show };
    const write = async (text: string): Promise<void> => {
      waiting.clear();
      process.stdout.write(text);
      // A reader that has seen enough is heard of between two pieces.
      await setImmediate();
    };
    const reply = await runLine(context, line, json ? undefined : write);
    waiting.clear();
    answers.push(reply);
    if (!json) print(reply);
    if (session.isOver) break;
  }
  if (json) {
    const document: RunDocument = {
      schema: 'inquest.run/1',
      dump: describe(dump),
      results: answers,
    };
    process.stdout.write(jsonText(document));
  }
  dump.close();
  return answers.every((answer) => answer.ok) ? 0 : 1;
}

/** A file of commands: one a line, blank lines and `#` comments left out. */
function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'));
  } catch (error) {
    throw new UsageError(`-i ${file}: ${systemError(error)}; give a file with one command a line`);
  }
}

function print(answer: Answer): void {
  if (answer.ok) process.stdout.write(answer.text);
  else process.stderr.write(`${escapeLines(answer.error.message.trimEnd())}\n`);
  for (const line of warningLines(answer.warnings)) process.stderr.write(`${line}\n`);
}
