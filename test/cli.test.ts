// The program as its users start it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const DUMP = 'testdata/dumps/rt-loop/vmcore';
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inquest-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const inquest = (...words: string[]) =>
  spawnSync('bin/inquest', words, { encoding: 'utf8', timeout: 20_000, maxBuffer: 1 << 26 });

test('run answers as text', () => {
  const { status, stdout, stderr } = inquest('run', DUMP, '--', 'log');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('Kernel panic - not syncing: Watchdog pre-timeout\n');
});

test('run --json answers in one document, a failed command beside the good ones, and exits with 1', () => {
  const { status, stdout } = inquest('run', DUMP, '--json', '--', 'mod', 'nosuch');
  const document = JSON.parse(stdout);
  expect(status).toBe(1);
  expect(document.schema).toBe('inquest.run/1');
  expect(document.dump.release).toBe('6.12.117+deb13-amd64');
  expect(document.results[0].data).toHaveLength(13);
  expect(document.results[1]).toMatchObject({
    ok: false,
    error: { code: 'not-found', message: 'crash: command not found: nosuch' },
  });
});

test.each([
  ['a wrong path', ['info', 'no/such/file'], 'no such file'],
  ['a folder', ['info', 'src'], 'is a directory'],
  ['a file that is no dump', ['info', 'package.json'], 'not a dump'],
  ['no dump', ['run'], 'no DUMP given'],
  ['no command', ['run', DUMP], 'no command given'],
  ['an unknown way', ['frobnicate'], 'unknown way'],
  ['an unknown option', ['info', '--frob', DUMP], 'unknown option --frob'],
])('%s: one line on standard error, exit status 2', (_what, words, text) => {
  const { status, stdout, stderr } = inquest(...words);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(text);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('a dump cut or changed anywhere gives answers or one line, never a stack trace', () => {
  const whole = readFileSync(DUMP);
  const damaged = join(folder, 'damaged');
  let seed = 1;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  for (let i = 0; i < 24; i++) {
    const bytes = Buffer.from(whole);
    for (let n = 0; n < 16; n++) bytes[random(65536)] = random(256);
    writeFileSync(damaged, i % 2 ? bytes : bytes.subarray(0, random(bytes.length)));
    const { status, stderr, error } = inquest('run', damaged, '--', 'log', 'mod');
    expect(error).toBeUndefined();
    expect([0, 1, 2]).toContain(status);
    expect(stderr).not.toMatch(/^\s+at /m);
  }
}, 120_000);

test('slim writes a dump that answers the same, and overwrites nothing', () => {
  const out = join(folder, 'slim');
  expect(inquest('slim', DUMP, '-o', out, 'mod').status).toBe(0);
  expect(inquest('run', out, '--', 'mod').stdout).toBe(inquest('run', DUMP, '--', 'mod').stdout);
  expect(inquest('slim', DUMP, '-o', out).stderr).toContain('exists');
});

test('a cut dump says that it was cut, and why a command has no answer', () => {
  const cut = join(folder, 'cut');
  writeFileSync(cut, readFileSync(DUMP).subarray(0, 2_000_000));
  const { status, stderr } = inquest('run', cut, '--', 'mod');
  expect(status).toBe(1);
  expect(stderr).toContain('WARNING: the file was cut');
  expect(stderr).toContain('mod: beyond the end of the truncated file');
});
