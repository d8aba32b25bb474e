import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runLine } from '../../commands/kit/run.ts';
import { newSession } from '../../commands/kit/session.ts';
import { openDump } from '../open.ts';
import { declaredCommands } from './completion/declared.ts';
import { manPage, RECIPES } from './man.ts';
import { options, ways } from './ways.ts';

const PAGE = 'man/inquest.1';
const { version, man } = JSON.parse(readFileSync('package.json', 'utf8'));

test('man/inquest.1 is what the declarations make of it; else: npm run man', async () => {
  const commands = await declaredCommands();
  expect(readFileSync(PAGE, 'utf8')).toBe(manPage(commands, version));
});

test('npm installs it: what is no array npm 11 passes over', () => {
  expect(man).toEqual([PAGE]);
});

test('its first steps are commands that every dump answers', async () => {
  const dump = await openDump(['testdata/dumps/rt-loop/vmcore']);
  const session = newSession();
  const known: Readonly<Record<string, string>> = {
    LOCK: 'cpu_add_remove_lock',
    COUNTER: '0xffff88c941ea2101',
    TASK: 'ffff88c941ea2100',
    PID: '237',
    TYPE: 'task_struct',
    ADDRESS: '0xffff88c941ea2100',
    MEMBER: 'comm',
  };
  for (const line of RECIPES.flatMap(([, lines]) => lines)) {
    const command = line.replace(/[A-Z]{3,}/g, (word) => known[word] ?? word);
    const answer = await runLine({ dump, session }, command);
    expect(answer.ok ? [] : answer.error.message, command).toEqual([]);
  }
  dump.close();
});

const read = (...words: readonly string[]) =>
  spawnSync('man', [...words, '-l', PAGE], {
    encoding: 'utf8',
    env: { ...process.env, MANWIDTH: '100', LC_ALL: 'C.UTF-8' },
  });

test.skipIf(read().status !== 0)('man shows it without a complaint, and all is in it', async () => {
  const { stdout, stderr } = read('--warnings');
  expect(stderr).toBe('');
  const words = stdout.replace(/[^\S\n]+/g, ' ');
  for (const { synopsis } of Object.values(ways))
    expect(words).toContain(`inquest ${synopsis.replaceAll('…', '...')}`);
  for (const name of Object.keys(options)) expect(words).toContain(` --${name}`);
  for (const { name } of await declaredCommands())
    expect(words).toMatch(new RegExp(`^ ${name.replace('*', '\\*')}(?:\\s|$)`, 'm'));
});

test.skipIf(spawnSync('mandoc', ['-T', 'lint', PAGE]).status === null)(
  'mandoc has nothing to say but that there is no date',
  () => {
    const { stdout } = spawnSync('mandoc', ['-T', 'lint', PAGE], { encoding: 'utf8' });
    const complaints = stdout.split('\n').filter(Boolean);
    expect(complaints.filter((line) => !line.includes('missing date'))).toEqual([]);
  },
);
