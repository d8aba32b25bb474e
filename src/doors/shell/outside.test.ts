import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { completeOutside } from './outside.ts';

let home = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'inquest-outside-'));
  mkdirSync(join(home, 'bin'));
  for (const name of ['program-one', 'program-two', 'program-none'])
    writeFileSync(join(home, 'bin', name), '');
  for (const name of ['program-one', 'program-two']) chmodSync(join(home, 'bin', name), 0o755);
  writeFileSync(join(home, 'a\x1b[31m'), '');
  writeFileSync(join(home, '.hidden'), '');
});
afterAll(() => rmSync(home, { recursive: true }));

const offered = (text: string) =>
  completeOutside(text, { PATH: `relative:${join(home, 'bin')}:/no/such`, HOME: home });

test('behind a bar and an exclamation mark: programs, then files', () => {
  const programs = [['program-one', 'program-two'], 'program'];
  for (const text of ['ps | program', '!program', 'ps | cat | program', '!true; program'])
    expect(offered(text)).toEqual(programs);
  expect(offered('ps | ')).toEqual([[], '']);
  expect(offered('!cat ~/b')).toEqual([['~/bin/'], '~/b']);
});

test('behind an angle bracket: files, those that need no quotes', () => {
  expect(offered('ps > ~/bin/program-n')).toEqual([['~/bin/program-none'], '~/bin/program-n']);
  expect(offered('ps >>~/')).toEqual([['~/bin/'], '~/']);
  expect(offered('ps > ~/.')).toEqual([['~/.hidden'], '~/.']);
  expect(offered(`ps > ${home}/no/such`)).toEqual([[], `${home}/no/such`]);
});

test('before them: nothing of this', () => {
  for (const text of ['ps', 'p (a > b', 'p init_task->']) expect(offered(text)).toBeUndefined();
});
