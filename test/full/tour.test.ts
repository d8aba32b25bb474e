// docs/tour.md, step by step, at a terminal: what each prints is what stands there.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasTerminals, Terminal } from '../../testkit/terminal.ts';

const PROMPT = 'inquest> ';
const GAP = '…';
const tour = readFileSync('docs/tour.md', 'utf8');

interface Step {
  readonly command: string;
  /** What it prints; `…` stands for any lines. */
  readonly lines: readonly string[];
}

/** What is typed behind the prompt. */
const steps: readonly Step[] = [...tour.matchAll(/^```console\n([\s\S]*?)^```$/gm)].flatMap(
  ([, text = '']) =>
    text
      .split(/^inquest> /m)
      .slice(1)
      .map((step) => {
        const [command = '', ...lines] = step.trimEnd().split('\n');
        return { command, lines };
      }),
);
const [, banner = ''] = /^```console\n\$ inquest vmcore\n([\s\S]*?)^```$/m.exec(tour) ?? [];

let home: string;
let shell: Terminal | undefined;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'inquest-tour-'));
  if (!hasTerminals) return;
  shell = new Terminal(resolve('bin/inquest'), ['vmcore'], {
    rows: 50,
    columns: 100,
    cwd: join(process.env.INQUEST_DUMPS ?? '', 'kernel-abba'),
    env: {
      ...process.env,
      HOME: home,
      XDG_STATE_HOME: home,
      PAGER: 'cat',
      NO_COLOR: '1',
      TERM: 'xterm',
      TZ: 'UTC',
    },
  });
  expectLines(await shell.until('More: why\n'), banner.trimEnd().split('\n'));
  await shell.until(PROMPT);
}, 60_000);

afterAll(() => {
  shell?.kill();
  rmSync(home, { recursive: true });
});

test('the tour has steps, and they lead to the task that TRUTH.md names', () => {
  expect(steps.length).toBeGreaterThan(7);
  const truth = readFileSync(
    join(process.env.INQUEST_DUMPS ?? '', 'kernel-abba', 'TRUTH.md'),
    'utf8',
  );
  const [, name, pid, task] =
    /^\| (\w+) \| (\d+) \| (\w+) \|.*\| `route_lock` \| `queue_lock`/m.exec(truth) ?? [];
  expect(name).toBe('router');
  expect(tour).toContain(`\`${name}\`, with the PID ${pid}, holds \`route_lock\``);
  expect(tour).toContain(`inquest> ps ${task}\n`);
});

test.skipIf(!hasTerminals).each(steps)('$command', async ({ command, lines }) => {
  const prompt = shell as Terminal;
  prompt.type(command);
  await prompt.until(command);
  prompt.type('\r');
  const shown = await prompt.until(`\n${PROMPT}`);
  expectLines(shown.slice(1, -PROMPT.length - 1), lines);
});

const man = spawnSync('man', ['-l', 'man/inquest.1'], {
  encoding: 'utf8',
  env: { ...process.env, MANWIDTH: '80', LC_ALL: 'C.UTF-8' },
});

test.skipIf(man.status !== 0)('what it quotes of the man page stands there', () => {
  const [, quoted = ''] = /^```man\n([\s\S]*?)^```$/m.exec(tour) ?? [];
  // Where words are spaced out depends on the formatter.
  const plain = (text: string) => text.replace(/\s+/g, ' ');
  expect(quoted).not.toBe('');
  expect(plain(man.stdout)).toContain(plain(quoted));
});

function expectLines(shown: string, lines: readonly string[]): void {
  const printed = shown.replaceAll('\r', '').split('\n');
  let at = 0;
  let isGap = false;
  for (const line of lines) {
    if (line === GAP) {
      isGap = true;
      continue;
    }
    const found = isGap ? printed.indexOf(line, at) : at;
    expect(printed[found], `after line ${at} of:\n${shown}`).toBe(line);
    at = found + 1;
    isGap = false;
  }
  if (!isGap) expect(printed.slice(at).join('')).toBe('');
}
