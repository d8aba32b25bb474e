import { expect, test } from 'vitest';
import type { Dump } from '../types/dump.ts';
import { runLine } from './kit/run.ts';
import { newSession } from './kit/session.ts';

/** No command's help looks at the dump. */
const NO_DUMP = { types: { type: () => ({ kind: 'int' }) } } as unknown as Dump;

const ask = async (line: string): Promise<string> => {
  const answer = await runLine({ dump: NO_DUMP, session: newSession() }, line);
  return answer.ok ? answer.text : answer.error.message;
};

test('help CMD is CMD -h, by an alias too', async () => {
  expect(await ask('help log')).toBe(await ask('log -h'));
  expect(await ask('? dmesg')).toBe(await ask('log -h'));
  expect(await ask('log -h')).toMatch(/^Usage:\n {2}log \[-tTmcd\]\n/);
});

test('a name that is no command gets crash’s words', async () => {
  expect(await ask('help foo')).toBe('No help data for "foo" is available.');
});

test('the table goes down its columns', async () => {
  const names = (await ask('help')).split('\n\n')[0]?.trim().split('\n') ?? [];
  const rows = names.map((row) => row.trim().split(/ +/));
  const down = rows[0]?.flatMap((_, column) => rows.flatMap((row) => row[column] ?? [])) ?? [];
  expect(down).toEqual([...down].sort());
  expect(down).toEqual(expect.arrayContaining(['help', 'log', 'mod', 'runq', 'sys']));
});

test('a wrong option gets the three lines that scripts know', async () => {
  expect(await ask('runq -q')).toBe(
    'Usage:\n  runq [-mtTg] [-c CPUS]\nEnter "help runq" for details.',
  );
});
