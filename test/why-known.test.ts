// `why --known FILE` and `why --suspect`, as their users type them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { violations } from './oracle/schemas.ts';

const dump = (name: string) => `testdata/dumps/${name}/vmcore`;
const page = readFileSync('docs/known-issues.md', 'utf8');
const example = /^```json\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '';
let folder = '';
let file = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inquest-'));
  file = join(folder, 'issues.json');
});
afterAll(() => rmSync(folder, { recursive: true }));

const why = (name: string, ...words: readonly string[]) =>
  spawnSync('bin/inquest', ['why', dump(name), ...words], { encoding: 'utf8', timeout: 30_000 });

function known(text: string, ...words: readonly string[]) {
  writeFileSync(file, text);
  return why('null-deref', '--known', file, ...words);
}

describe('--known', () => {
  test('the example of its page is what is printed, and true by the schema', () => {
    expect(violations('known', JSON.parse(example))).toEqual([]);
    const { status, stdout, stderr } = known(example);
    expect([status, stderr]).toEqual([0, '']);
    const shown = /^\$ inquest.*\n…\n([\s\S]*?)…\n```/m.exec(page)?.[1] ?? 'no example';
    expect(stdout).toContain(`\n${shown}`);
  });

  test('the second issue of the page is that of both kernels with the loops', () => {
    writeFileSync(file, example);
    for (const name of ['rt-loop', 'rt-loop-510']) {
      const verdict = JSON.parse(why(name, '--known', file, '--json').stdout);
      expect(verdict.known.map(({ title }: { title: string }) => title)).toEqual([
        'loop.sh spins where it should wait, at real-time priority',
      ]);
    }
  });

  test('--json has what matched, by the schema of the verdict; none is an empty list', () => {
    const verdict = JSON.parse(known(example, '--json').stdout);
    expect(violations('verdict', verdict)).toEqual([]);
    expect(verdict.known).toHaveLength(1);
    const none = JSON.parse(known('{"schema":"inquest.known/1","issues":[]}', '--json').stdout);
    expect(none.known).toEqual([]);
    expect(JSON.parse(why('null-deref', '--json').stdout)).not.toHaveProperty('known');
  });

  test('what a file says reaches no terminal raw', () => {
    const esc = String.fromCharCode(27);
    const title = `${esc}]0;evil\u0007\u202e`;
    const issues = [{ title, link: 'https://a', match: { kind: 'crash' } }];
    const { stdout } = known(JSON.stringify({ schema: 'inquest.known/1', issues }));
    expect(stdout).not.toContain(esc);
    expect(stdout).toContain('\\x1b]0;evil\\x07\\u202e');
  });

  const withIssue = (issue: string) =>
    `{\n  "schema": "inquest.known/1",\n  "issues": [\n    ${issue}\n  ]\n}\n`;
  test.each([
    ['{"schema": "inquest.known/1",', '1:30: this is no JSON from here on'],
    ['{\n  // a remark\n}', '2:3: this is no JSON from here on'],
    ['', '1:1: this is no JSON from here on'],
    ['5', '1:1: write an object: { … }'],
    ['{"schema":"other","issues":[]}', '1:11: schema: write "inquest.known/1"'],
    ['{"schema":"inquest.known/1"}', '1:1: issues: is missing'],
    [withIssue('{"title":"t"}'), '4:5: issues[0].match: is missing'],
    [withIssue('{"title":1,"match":{"kind":"crash"}}'), '4:14: issues[0].title: write a text'],
    [
      withIssue('{"title":"t","match":{"kind":"crush"}}'),
      '4:34: issues[0].match.kind: write one of loop, deadlock,',
    ],
    [
      withIssue('{"title":"t","match":{"functoin":"f"}}'),
      'issues[0].match.functoin: there is no such field; there are signature, where,',
    ],
    [withIssue('{"title":"t","match":{}}'), '4:26: issues[0].match: is empty: every dump would'],
    [
      withIssue('{"title":"t","link":"javascript:x","match":{"kind":"crash"}}'),
      'issues[0].link: write an address that begins with https://',
    ],
    [
      withIssue('{"title":"t","match":{"release":{"from":"6.x"}}}'),
      'issues[0].match.release.from: write a release, as 6.12',
    ],
    ['['.repeat(100_000), 'issues.json: nested too deeply'],
  ])('%#: one line that says where and what', (text, complaint) => {
    const { status, stdout, stderr } = known(text);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(complaint);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('no such file', () => {
    const { status, stderr } = why('null-deref', '--known', join(folder, 'nosuch'));
    expect(status).toBe(2);
    expect(stderr).toContain('nosuch: no such file or folder; give a file of known issues\n');
  });
});

describe('--suspect', () => {
  test.each([
    ['rt-loop', '237', 'The verdict blames loop.sh (pid 237).'],
    ['rt-loop', '198', 'crond (pid 198) only suffers, as far as the dump shows.'],
    ['rt-loop', 'ipmi_watchdog', 'ipmi_watchdog was considered and is innocent'],
    ['rt-loop', 'ipmi-si', 'ipmi_si was considered and is innocent'],
    ['null-deref', 'parcel', 'The verdict blames parcel.'],
    ['healthy', '1', 'Nothing in this dump points at init (pid 1).'],
  ])('%s: %s', (name, asked, headline) => {
    const { status, stdout, stderr } = why(name, '--suspect', asked);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.split('\n')[0]).toContain(headline);
    const document = JSON.parse(why(name, '--suspect', asked, '--json').stdout);
    expect(violations('suspect', document)).toEqual([]);
    expect(stdout.startsWith(document.headline)).toBe(true);
  });

  test('every command it shows prints what it shows', () => {
    const { pointsAtIt, clearsIt, beside } = JSON.parse(
      why('soft-lockup', '--suspect', '177', '--json').stdout,
    );
    const remarks = [...pointsAtIt, ...clearsIt, ...beside].filter(({ command }) => command);
    expect(remarks.length).toBeGreaterThan(3);
    const commands = remarks.map(({ command }) => command);
    const { stdout } = spawnSync(
      'bin/inquest',
      ['run', dump('soft-lockup'), '--json', '--', ...commands],
      { encoding: 'utf8', maxBuffer: 1 << 26 },
    );
    for (const [i, { text }] of JSON.parse(stdout).results.entries())
      for (const line of remarks[i].output.split('\n')) expect(text.split('\n')).toContain(line);
  });

  test('nobody of that name: one line, status 1', () => {
    const { status, stdout, stderr } = why('rt-loop', '--suspect', 'loop.sh');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'inquest: no module is named loop.sh; tasks of that name have PID 237, 242: give one of them\n',
    );
  });

  test('not with --known', () => {
    const { status, stderr } = why('rt-loop', '--suspect', '1', '--known', file);
    expect([status, stderr.split('\n')[0]]).toEqual([
      2,
      'inquest: --suspect and --known ask different questions; give one of them',
    ]);
  });
});
