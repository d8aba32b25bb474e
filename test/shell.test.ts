// The shell, as a script meets it. test/terminal.test.ts sits at a terminal.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

// Each test starts the program several times, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const DUMP = resolve('testdata/dumps/rt-loop/vmcore');
const INQUEST = resolve('bin/inquest');

let home = '';

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'inquest-shell-'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

const environment = () => {
  const { NO_COLOR: _, PAGER: __, LESS: ___, ...env } = process.env;
  return { ...env, HOME: home, XDG_STATE_HOME: join(home, 'state'), TERM: 'xterm' };
};

const script = (input: string, ...words: readonly string[]) =>
  spawnSync(INQUEST, [DUMP, ...words], {
    input,
    encoding: 'utf8',
    cwd: home,
    env: environment(),
    timeout: 60_000,
  });

const answered = new Map<string, string>();
/** What `run` prints, asked once. */
function run(...commands: readonly string[]): string {
  const key = commands.join('\n');
  const { stdout } = answered.has(key)
    ? { stdout: answered.get(key) as string }
    : spawnSync(INQUEST, ['run', DUMP, '--', ...commands], { encoding: 'utf8' });
  answered.set(key, stdout);
  return stdout;
}

test('standard input: answers as run gives them, no prompt, no banner', () => {
  const { status, stdout, stderr } = script('# a remark\n\nset -p\n// another\n  mod\n');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toBe(run('set -p', 'mod'));
});

test('a script goes on behind a wrong word, and exits with 1', () => {
  const { status, stdout, stderr } = script('frobnicate\nset 1\nset\n');
  expect(status).toBe(1);
  expect(stderr).toBe('crash: command not found: frobnicate\n');
  expect(stdout).toBe(run('set 1', 'set'));
});

test('exit ends a script: of the shell, of -i and of run', () => {
  expect(script('set\nexit\nmod\n').stdout).toBe(run('set'));
  writeFileSync(join(home, 'file'), 'set\nq\nmod\n');
  expect(script('mod\n', '-i', 'file').stdout).toBe(run('set'));
  expect(run('set', 'quit', 'mod')).toBe(run('set'));
});

test('pipes, files and programs', () => {
  const { status, stdout } = script(
    "mod | head -2\nmod > one\nset >> 'one'\np (1 > 2) | cat\n!echo here; cat\nmod | cat > two\n",
  );
  expect(status).toBe(0);
  const two = run('mod').split('\n').slice(0, 2).join('\n');
  expect(stdout).toBe(`${two}\n$1 = 0\nhere\n`);
  expect(readFileSync(join(home, 'one'), 'utf8')).toBe(run('mod', 'set'));
  expect(readFileSync(join(home, 'two'), 'utf8')).toBe(run('mod'));
});

test('> replaces a file, but never the dump', () => {
  writeFileSync(join(home, 'file'), 'old\n');
  writeFileSync(join(home, 'dump'), readFileSync(DUMP));
  const { status, stdout, stderr } = spawnSync(INQUEST, ['dump'], {
    input: 'set > file\nset > ./dump\nset >\nset > a b\nset |\n| echo here\n',
    encoding: 'utf8',
    cwd: home,
    env: environment(),
  });
  expect([status, stdout]).toEqual([1, 'here\n']);
  expect(stderr.split('\n')).toEqual([
    './dump: is the dump; give another name',
    'no file behind ">"',
    expect.stringMatching(/^one file name stands behind ">"/),
    'no program behind "|"',
    '',
  ]);
  expect(readFileSync(join(home, 'file'), 'utf8')).toBe(run('set'));
  expect(readFileSync(join(home, 'dump')).equals(readFileSync(DUMP))).toBe(true);
});

test('.inquestrc of home, then of the folder, where it starts no program; .crashrc when asked; -i', () => {
  const folder = join(home, 'case');
  mkdirSync(folder);
  writeFileSync(join(home, '.inquestrc'), '!echo home\nalias mine set -p\n');
  writeFileSync(join(home, '.crashrc'), '!echo crashrc\n');
  writeFileSync(
    join(folder, '.inquestrc'),
    [
      '!touch bad',
      'mod > bad',
      'mod | tee bad',
      '< bad',
      'alias dmesg "log | tee bad"',
      'rd -r bad linux_banner 8',
      'alias here set',
    ].join('\n'),
  );
  writeFileSync(join(folder, 'file'), '!echo file\n');
  const ask = (...words: readonly string[]) =>
    spawnSync(INQUEST, [DUMP, ...words], {
      input: 'mine\nhere\n',
      encoding: 'utf8',
      cwd: folder,
      env: environment(),
    });
  const { stdout, stderr } = ask('-i', 'file', '--crashrc');
  expect(stdout).toBe(`home\ncrashrc\nfile\n${run('set -p', 'set')}`);
  expect(stderr.trim().split('\n')).toHaveLength(6);
  expect(stderr).toContain('rd: -r: no file can be written from here\n');
  expect(stderr).toMatch(/^\.inquestrc: .*current folder: !touch bad\n/);
  expect(existsSync(join(folder, 'bad'))).toBe(false);
  expect(ask().stdout).toBe(`home\n${run('set -p', 'set')}`);
});

test('< reads commands from a file, which reads no other', () => {
  writeFileSync(join(home, 'a file'), 'set\n< other\nmod\n');
  const { status, stdout, stderr } = script('< "a file"\n< none\n<\n');
  expect(status).toBe(1);
  expect(stdout).toBe(run('set', 'mod'));
  expect(stderr.split('\n')).toEqual([
    'a file: a file of commands reads no other: < other',
    '< none: no such file or folder; give a file with one command a line',
    'one file of commands stands behind "<"',
    '',
  ]);
});

test('what is no dump: one line, exit status 2', () => {
  const result = spawnSync(INQUEST, ['package.json'], { encoding: 'utf8', input: 'mod\n' });
  expect([result.status, result.stdout]).toEqual([2, '']);
  expect(result.stderr).toMatch(/^inquest: package.json: .*not a dump.*\n$/);
  const asked = script('', '-i', 'none');
  expect([asked.status, asked.stderr]).toEqual([
    2,
    'inquest: -i none: no such file or folder; give a file with one command a line\n',
  ]);
});

test('an alias of one’s own, with a pipe in it', () => {
  const { stdout, stderr } = script('alias two "mod | head -2"\ntwo\nalias two ""\ntwo\n');
  const two = run('mod').split('\n').slice(0, 2).join('\n');
  expect(stdout).toBe(
    `ORIGIN   ALIAS    COMMAND\nruntime  two      mod | head -2 \n${two}\nalias deleted: two\n`,
  );
  expect(stderr).toBe('crash: command not found: two\n');
});
