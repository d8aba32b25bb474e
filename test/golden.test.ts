// The slim dumps of the repository against what crash and drgn said of the whole ones.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runLine } from '../src/commands/kit/run.ts';
import { newSession } from '../src/commands/kit/session.ts';
import { openDump } from '../src/doors/open.ts';

/** `[dump, command, recorded answer]`. crash 9.0.2 opens 7.2 only without modules. */
const recorded = [
  ['rt-loop', 'log', 'crash-log'],
  ['rt-loop', 'mod', 'crash-mod'],
  ['rt-loop-510', 'log', 'crash-log'],
  ['rt-loop-510', 'mod', 'crash-mod'],
  ['null-deref', 'log', 'crash-log'],
  ['soft-lockup', 'log', 'crash-log'],
] as const;

const answerOf = (dump: string, file: string): string => {
  const path = `testdata/answers/${dump}/${file}.txt`;
  expect(existsSync(path)).toBe(true);
  // The first line says which tool was asked what; crash's warnings and its `mod -s` come before a log.
  const text = readFileSync(path, 'utf8').replace(/^# .*\n/, '');
  return file === 'crash-log' ? text.slice(text.indexOf('[ ')) : text;
};

test.each(recorded)('%s: %s is byte for byte what was recorded in %s', async (name, line, file) => {
  const dump = await openDump([`testdata/dumps/${name}/vmcore`]);
  const answer = await runLine({ dump, session: newSession() }, line);
  dump.close();
  expect(answer.warnings).toEqual([]);
  expect(answer.ok && answer.text.trimEnd()).toBe(answerOf(name, file).trimEnd());
});

test('mod lists the modules of a 7.2 kernel, which crash 9.0.2 cannot', async () => {
  const dump = await openDump(['testdata/dumps/soft-lockup/vmcore']);
  const answer = await runLine({ dump, session: newSession() }, 'mod');
  dump.close();
  // drgn's answer on the whole dump: testdata/answers/soft-lockup/drgn-mod.txt
  const expected = answerOf('soft-lockup', 'drgn-mod')
    .trimEnd()
    .split('\n')
    .map((row) => row.split(/\s+/).slice(0, 2))
    .sort();
  const found = answer.ok ? (answer.data as { modules: { name: string; module: string }[] }) : null;
  expect(found?.modules.map((m) => [m.module.slice(2), m.name]).sort()).toEqual(expected);
});
