// The tests that hold every document of a dump against its schema: on slim dumps and on whole ones.
import { expect, test } from 'vitest';
import { findCommand } from '../../src/commands/index.ts';
import { commandNames } from '../../src/commands/kit/names.ts';
import type { RunDocument } from '../../src/doors/cli/documents.ts';
import { run as info } from '../../src/doors/cli/info.ts';
import { run } from '../../src/doors/cli/run.ts';
import { run as why } from '../../src/doors/cli/why.ts';
import { printedJson } from './printed.ts';
import { answerViolations, questions, violations } from './schemas.ts';

/**
 * @param name how the tests call the dump
 * @param dump its path
 * @param mayFail the codes of failures it may answer with
 */
export function testSchemas(name: string, dump: string, mayFail: readonly string[]): void {
  test(`${name}: info and why are as their schemas say`, async () => {
    expect(violations('info', await printedJson(info, [dump, '--json']))).toEqual([]);
    expect(violations('verdict', await printedJson(why, [dump, '--json']))).toEqual([]);
  });

  test(`${name}: every command's data is as its schema says`, async () => {
    const examples: string[] = [];
    for (const command of commandNames)
      for (const [line] of (await findCommand(command))?.examples ?? []) examples.push(line);
    const lines = [...new Set([...examples, ...questions])];
    const document = (await printedJson(run, [dump, '--json', '--', ...lines])) as RunDocument;
    expect(violations('run', document)).toEqual([]);
    const wrong: string[] = [];
    for (const answer of document.results)
      for (const violation of await answerViolations(answer))
        wrong.push(`${answer.command}: ${violation}`);
    expect(wrong).toEqual([]);
    // A slim dump lacks pages; a question is well put on every dump.
    const failed = document.results.flatMap((answer) => (answer.ok ? [] : [answer]));
    expect(failed.filter((answer) => !mayFail.includes(answer.error.code))).toEqual([]);
  });
}
