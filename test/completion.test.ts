// The scripts of `inquest completion`, each run by its own shell. A shell that is not installed is not asked.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { hasTerminals, Terminal } from '../testkit/terminal.ts';

// Each test starts the program several times, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const INQUEST = resolve('bin/inquest');
const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

let folder = '';
let terminal: Terminal | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inquest-completion-'));
  writeFileSync(join(folder, 'vm core'), '');
  for (const shell of ['bash', 'zsh', 'fish'])
    writeFileSync(join(folder, shell), inquest('completion', shell).stdout);
});
afterEach(() => terminal?.kill());
afterAll(() => rmSync(folder, { recursive: true }));

const inquest = (...words: readonly string[]) => spawnSync(INQUEST, words, { encoding: 'utf8' });

/** What stands on the line, and what is offered for its last word. */
const offers: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ['inquest in', ['info']],
  ['inquest run vmcore -- bt', ['bt', 'btop']],
  ['inquest slim vmcore -o small -- pt', ['pte', 'ptob', 'ptov']],
  ['inquest live vt', ['vtop']],
  ['inquest why vmcore --js', ['--json']],
  ['inquest vmcore --cra', ['--crashrc']],
  ['inquest run vmcore --crash', []],
  ['inquest why vmcore --color a', ['always', 'auto']],
  ['inquest completion f', ['fish']],
];

test('a shell that there is not, or none: one line, exit status 2', () => {
  for (const words of [[], ['tcsh'], ['bash', 'zsh']]) {
    const { status, stdout, stderr } = inquest('completion', ...words);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      'inquest: completion takes one shell; write: inquest completion bash, zsh or fish\n',
    );
  }
});

test.skipIf(!has('bash')).each(offers)('bash: %s', (line, offered) => {
  const script = [
    'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))',
    // Outside of a completion compopt only complains.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's
    '_inquest 2>/dev/null; printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n');
  const words = ['-c', script, 'bash', join(folder, 'bash'), ...line.split(' ')];
  const { stdout } = spawnSync('bash', words, { encoding: 'utf8', cwd: folder });
  expect(stdout.split('\n').filter(Boolean).sort()).toEqual(offered);
});

test.skipIf(!has('fish')).each(offers)('fish: %s', (line, offered) => {
  const script = 'source $argv[1]; complete -C $argv[2]';
  const words = ['--no-config', '-c', script, join(folder, 'fish'), line];
  const { stdout, stderr } = spawnSync('fish', words, { encoding: 'utf8', cwd: folder });
  expect(stderr).toBe('');
  const found = stdout.split('\n').filter(Boolean);
  expect(found.map((text) => text.split('\t')[0]).sort()).toEqual(offered);
});

/** Sourced at a person's prompt, then a line and TAB. */
async function atPrompt(shell: readonly [string, ...string[]], setUp: string): Promise<Terminal> {
  const [program, ...words] = shell;
  terminal = new Terminal(program, words, {
    columns: 120,
    cwd: folder,
    env: { ...process.env, HOME: folder, PS1: '% ', TERM: 'xterm', INPUTRC: '/dev/null' },
  });
  terminal.type(`${setUp}; echo ready $((40 + 2))\r`);
  await terminal.until('ready 42');
  return terminal;
}

test.skipIf(!has('bash') || !hasTerminals)(
  'bash, at a prompt: words, and files in quotes where they need them',
  async () => {
    const shell = await atPrompt(['bash', '--norc', '--noprofile', '-i'], 'source ./bash');
    for (const [line, completed] of [
      ['inquest comp', 'letion '],
      ['inquest run x -- fore', 'ach '],
      ['inquest run x --color=nev', 'er '],
      ['inquest why vm', '\\ core '],
      ['inquest vm', '\\ core '],
    ] as const) {
      shell.type(`\x15${line}`);
      await shell.until(line);
      shell.type('\t');
      await shell.until(completed);
    }
  },
  120_000,
);

test.skipIf(!has('zsh') || !hasTerminals)(
  'zsh, at a prompt',
  async () => {
    const setUp = 'autoload -U compinit; compinit -u -D; source ./zsh';
    const shell = await atPrompt(['zsh', '-f', '-i'], setUp);
    for (const [line, completed] of [
      ['inquest comp', 'letion'],
      ['inquest run x -- fore', 'ach'],
      ['inquest why x --js', 'on'],
      ['inquest run x --color=nev', 'er'],
      ['inquest vmcore --crash', 'rc'],
      ['inquest live vto', 'p'],
      ['inquest completion fi', 'sh'],
      ['inquest why vm', '\\ core'],
    ] as const) {
      shell.type(`\x15${line}`);
      await shell.until(line);
      shell.type('\t');
      await shell.until(completed);
    }
  },
  120_000,
);
