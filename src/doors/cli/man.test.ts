import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { declaredCommands } from './completion/declared.ts';
import { manPage } from './man.ts';
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
