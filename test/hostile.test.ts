// Strings of a dump are data: whatever a program called itself, or wrote to the log, reaches no terminal raw.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { virtual } from '../src/bytes/address.ts';
import { findCommand } from '../src/commands/index.ts';
import { commandNames } from '../src/commands/kit/names.ts';
import { runLine } from '../src/commands/kit/run.ts';
import { newSession } from '../src/commands/kit/session.ts';
import { openDump } from '../src/doors/open.ts';
import { allTasks } from '../src/kernel/tasks.ts';
import type { Dump } from '../src/types/dump.ts';
import { type Change, changedDump } from '../testkit/changed.ts';
import { memoryFile } from '../testkit/memory-file.ts';

/** A title for the terminal, CSI as one character, text turned around, a line of its own; 15 bytes. */
const EVIL = '\u001b]0;\u0007\u009b\u202e\n PID';
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const RAW = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

let folder = '';
let path = '';
let dump: Dump;

function* everyName(dump: Dump): Iterable<Change> {
  const offset = dump.types.member('task_struct', 'comm')?.offset ?? 0;
  for (const { address } of allTasks(dump).tasks)
    yield [virtual(address + BigInt(offset)), Buffer.from(`${EVIL}\0`)];
}

beforeAll(async () => {
  const bytes = await changedDump(readFileSync('testdata/dumps/rt-loop/vmcore'), everyName);
  folder = mkdtempSync(join(tmpdir(), 'inquest-'));
  path = join(folder, 'vmcore');
  writeFileSync(path, bytes);
  dump = await openDump([memoryFile(bytes)]);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the name fits, and is read as it is', () => {
  expect(Buffer.from(EVIL)).toHaveLength(15);
  expect(allTasks(dump).tasks[0]?.comm).toBe(EVIL);
});

test.each(commandNames)('%s and its examples print no control character', async (name) => {
  const examples = (await findCommand(name))?.examples ?? [];
  for (const line of [name, ...examples.map(([example]) => example)]) {
    const answer = await runLine({ dump, session: newSession() }, line);
    const printed = answer.ok ? answer.text : answer.error.message;
    expect([line, RAW.exec(printed)?.[0]]).toEqual([line, undefined]);
  }
});

test('a name with a newline forges no line of ps', async () => {
  const answer = await runLine({ dump, session: newSession() }, 'ps');
  const { tasks } = allTasks(dump);
  expect(answer.ok && answer.text.trimEnd().split('\n')).toHaveLength(tasks.length + 1);
});

test.each([
  [['why', '-v']],
  [['why', '--json']],
  [['info']],
  [['run', '--json', '--', 'ps', 'bt -a', 'runq']],
])('%j prints none, neither here nor there', ([way = '', ...words]) => {
  const { status, stdout, stderr } = spawnSync('bin/inquest', [way, path, ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  expect(status).not.toBe(2);
  expect(stdout).not.toMatch(RAW);
  expect(stderr).not.toMatch(RAW);
  if (words.includes('--json')) expect(stdout).toContain('\\u009b\\u202e');
});

test('--json keeps the names as they are', () => {
  const { stdout } = spawnSync('bin/inquest', ['run', path, '--json', '--', 'ps'], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  expect(JSON.parse(stdout).results[0].data[0].comm).toBe(EVIL);
});
