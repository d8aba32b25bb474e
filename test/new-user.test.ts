// What a new user meets: mistakes, odd files, odd terminals. One clear line each, and a quiet end.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const DUMP = 'testdata/dumps/rt-loop/vmcore';
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inquest-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (command: string, ...words: readonly string[]) =>
  spawnSync(command, words, { encoding: 'utf8', timeout: 20_000, maxBuffer: 1 << 26 });
const inquest = (...words: readonly string[]) => run('bin/inquest', ...words);
/** A shell's line, in which `$D` is the dump. */
const shell = (line: string) =>
  spawnSync('bash', ['-c', line], {
    encoding: 'utf8',
    timeout: 20_000,
    maxBuffer: 1 << 26,
    env: { ...process.env, D: DUMP },
  });

function expectOneLine(
  { status, stdout, stderr }: ReturnType<typeof inquest>,
  expected: string | RegExp,
): void {
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(expected);
}

test('without arguments: the help, on standard error', () => {
  const { status, stdout, stderr } = inquest();
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain('inquest why DUMP');
});

test.each(['why', 'info', 'run', 'slim'])('%s -h shows its options, with an example', (way) => {
  const { status, stdout, stderr } = inquest(way, '-h');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain(`Usage:\n  inquest ${way} DUMP`);
  expect(stdout).toContain(`Examples:\n  inquest ${way} vmcore`);
  expect(inquest(way, DUMP, '--help').stdout).toBe(stdout);
});

test.each([
  ['a command as the way', ['ps'], 'inquest run DUMP -- ps'],
  ['a mistyped way', ['whi', DUMP], 'did you mean why?'],
  ['a mistyped option', ['why', DUMP, '--jsn'], 'did you mean --json?'],
  ['an option of another way', ['why', DUMP, '-o', 'x'], 'why has no option -o'],
  ['an option without its value', ['slim', DUMP, '-o'], '-o needs a value'],
  ['a colour that there is not', ['why', DUMP, '--color', 'blue'], 'auto, always or never'],
  ['no file of commands', ['run', DUMP, '-i', 'no/such'], '-i no/such: no such file'],
  ['no folder to write to', ['slim', DUMP, '-o', 'no/such/file'], 'no/such/file: cannot be'],
  ['a file that no one has, as JSON', ['run', 'no/such', '--json', '--', 'ps'], 'no such file'],
  ['a name with control characters', ['info', 'a\u001b[31m\nb\u202e'], 'a\\x1b[31m\\x0ab\\u202e:'],
])('%s: one line, exit status 2', (_what, words, text) => {
  const result = inquest(...words);
  expectOneLine(result, '');
  expect(result.stderr).toContain(text);
});

test('files that are none: empty, a pipe, headers only, one that may not be read', () => {
  const path = (name: string) => join(folder, name);
  writeFileSync(path('empty'), '');
  writeFileSync(path('head'), readFileSync(DUMP).subarray(0, 4096));
  run('mkfifo', path('pipe'));
  mkdirSync(path('folder'));
  expectOneLine(inquest('why', path('empty')), /the file is empty/);
  expectOneLine(inquest('why', path('pipe')), /is a pipe or a device/);
  expectOneLine(inquest('why', path('head')), /was cut/);
  expectOneLine(inquest('why', path('folder')), /is a directory/);
  // Root may read everything.
  if (process.getuid?.() === 0) return;
  writeFileSync(path('secret'), readFileSync(DUMP), { mode: 0 });
  expectOneLine(inquest('why', path('secret')), /permission denied/);
});

test('a cut dump whose kernel is gone: info says what it is, what is missing, and exits with 1', () => {
  const cut = join(folder, 'cut');
  writeFileSync(cut, readFileSync(DUMP).subarray(0, 700_000));
  const { status, stdout, stderr } = inquest('info', cut);
  expect([status, stderr]).toEqual([1, '']);
  expect(stdout).toMatch(/kernel: cannot be opened: the kernel's symbol table/);
  expect(stdout).toMatch(/warning: the file was cut: \d+ of its pages lie beyond its end/);
  const { dump } = JSON.parse(inquest('info', cut, '--json').stdout);
  expect(dump).toMatchObject({ format: 'kdump', release: null });
  expectOneLine(inquest('run', cut, '--', 'ps'), /kallsyms.*; the file was cut/);
});

test('commands from a file: blank lines and comments are left out', () => {
  const file = join(folder, 'commands');
  writeFileSync(file, '# the machine\n\nset -p\n  mod \n');
  const { status, stdout } = inquest('run', DUMP, '-i', file);
  expect(status).toBe(0);
  expect(stdout).toBe(inquest('run', DUMP, '--', 'set -p', 'mod').stdout);
});

test.each([
  ["bin/inquest run $D -- 'foreach bt' log | head -1", /^PID: 0 .*\n$/],
  ['bin/inquest run $D --json -- log | head -c 9', /^{"schema"$/],
  ['bin/inquest why $D 2>&1 | head -1', /^.*\n$/],
])('%s: a quiet end', (line, expected) => {
  const { stdout, stderr } = shell(line);
  expect(stderr).toBe('');
  expect(stdout).toMatch(expected);
});

test.each([
  'bin/inquest run $D -- log',
  'bin/inquest why $D',
  'bin/inquest info $D --json',
  'bin/inquest -h',
])('%s to a full disk: one line, exit status 1', (line) => {
  const { status, stderr } = shell(`${line} > /dev/full`);
  expect([status, stderr]).toEqual([1, 'inquest: the output cannot be written: no space left\n']);
  expect(shell(`${line} > /dev/full 2> /dev/full`).status).toBe(1);
});

test('closed standard streams harm nothing', () => {
  const whole = inquest('run', DUMP, '--', 'mod').stdout;
  expect(shell('bin/inquest run $D -- mod <&-').stdout).toBe(whole);
  expect(shell('bin/inquest run $D -- mod >&-').status).toBe(0);
  expect(shell('bin/inquest run $D -- mod 2>&-').stdout).toBe(whole);
});

test('^C ends it at once, quietly, and slim leaves nothing behind', async () => {
  const place = join(folder, 'interrupted');
  mkdirSync(place);
  for (const wait of [150, 400, 800]) {
    const child = spawn('bin/inquest', ['slim', DUMP, '-o', join(place, 'out')], { stdio: 'pipe' });
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    const timer = setTimeout(() => child.kill('SIGINT'), wait);
    const [status, signal] = await new Promise<[number | null, string | null]>((resolve) => {
      child.on('close', (...how) => resolve(how));
    });
    clearTimeout(timer);
    expect([0, 130, null]).toContain(status);
    if (status === null) expect(signal).toBe('SIGINT');
    expect(stderr).toBe('');
    const left = readdirSync(place);
    expect(left.filter((name) => name !== 'out')).toEqual([]);
    if (status !== 0 && status !== 130) expect(left).toEqual([]);
    rmSync(join(place, 'out'), { force: true });
  }
  const line = "bin/inquest run $D -- 'foreach bt' 'foreach bt' 'foreach bt' > /dev/null";
  expect(shell(`timeout --preserve-status -s INT 0.2 ${line}`).status).toBe(130);
}, 30_000);

const hasScript = run('script', '--version').status === 0;
/** In a terminal of so many columns. */
const terminal = (columns: number, line: string, environment = '') =>
  run(
    'script',
    '-qec',
    `stty cols ${columns}; ${environment} bin/inquest ${line}`,
    '/dev/null',
  ).stdout.replaceAll('\r', '');
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
const COLOUR = /\u001b\[[0-9;]*m/g;
const widest = (text: string) =>
  Math.max(
    ...text
      .replaceAll(COLOUR, '')
      .split('\n')
      .map((line) => line.length),
  );

test.runIf(hasScript)('a narrow terminal: help, info and the first lines of why fit', () => {
  expect(widest(terminal(40, '-h'))).toBeLessThanOrEqual(40);
  expect(widest(terminal(40, 'slim -h'))).toBeLessThanOrEqual(44);
  const info = terminal(40, `info ${DUMP}`);
  expect(widest(info)).toBeLessThanOrEqual(`          file: ${DUMP}`.length);
  expect(info).toContain('\n                ');
  const verdict = terminal(40, `why ${DUMP}`).split('\n\n')[0] ?? '';
  expect(widest(verdict)).toBeLessThanOrEqual(40);
});

test.runIf(hasScript)('colours: in a terminal, unless it or the user says no', () => {
  expect(terminal(80, `why ${DUMP}`, 'TERM=xterm NO_COLOR=')).toMatch(COLOUR);
  for (const no of ['NO_COLOR=1', 'TERM=dumb'])
    expect(terminal(80, `why ${DUMP}`, no)).not.toMatch(COLOUR);
  expect(terminal(80, `why ${DUMP} --color never`)).not.toMatch(COLOUR);
  expect(inquest('why', DUMP).stdout).not.toMatch(COLOUR);
  expect(inquest('why', DUMP, '--color', 'always').stdout).toMatch(COLOUR);
});
