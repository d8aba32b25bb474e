// The shell, as a person at a terminal meets it, and as a script does.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hasTerminals, Terminal, type TerminalOptions } from '../testkit/terminal.ts';

const DUMP = resolve('testdata/dumps/rt-loop/vmcore');
const INQUEST = resolve('bin/inquest');
const PROMPT = 'inquest> ';

let home = '';
let terminal: Terminal | undefined;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'inquest-shell-'));
});
afterEach(() => {
  terminal?.kill();
  rmSync(home, { recursive: true });
});

const environment = () => {
  const { NO_COLOR: _, PAGER: __, LESS: ___, ...env } = process.env;
  return { ...env, HOME: home, XDG_STATE_HOME: join(home, 'state'), TERM: 'xterm' };
};

/** A shell at whose first prompt somebody sits. */
async function sit(options: TerminalOptions = {}, words: readonly string[] = []) {
  terminal = new Terminal(INQUEST, [DUMP, ...words], {
    rows: 40,
    columns: 120,
    cwd: home,
    ...options,
    env: { ...environment(), ...options.env },
  });
  await terminal.until(PROMPT);
  return terminal;
}

const script = (input: string, ...words: readonly string[]) =>
  spawnSync(INQUEST, [DUMP, ...words], {
    input,
    encoding: 'utf8',
    cwd: home,
    env: environment(),
    timeout: 20_000,
  });

const run = (...commands: readonly string[]) =>
  spawnSync(INQUEST, ['run', DUMP, '--', ...commands], { encoding: 'utf8' }).stdout;

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
  const { status, stderr } = spawnSync(INQUEST, ['dump'], {
    input: 'set > file\nset > ./dump\nset >\nset > a b\n| cat\nset |\n',
    encoding: 'utf8',
    cwd: home,
    env: environment(),
  });
  expect(status).toBe(1);
  expect(stderr.split('\n')).toEqual([
    './dump: is the dump; give another name',
    'no file behind ">"',
    expect.stringMatching(/^one file name stands behind ">"/),
    'no command before "|" whose answer it takes',
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
    '!touch bad\nmod > bad\nmod | tee bad\nalias here set\n',
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
  expect(stderr.trim().split('\n')).toHaveLength(3);
  expect(stderr).toMatch(/^\.inquestrc: .*current folder: !touch bad\n/);
  expect(existsSync(join(folder, 'bad'))).toBe(false);
  expect(ask().stdout).toBe(`home\n${run('set -p', 'set')}`);
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

test.skipIf(!hasTerminals)(
  'the banner is sys and the verdict’s first line; ^D leaves',
  async () => {
    const shell = await sit();
    const banner = shell.text;
    expect(banner).toContain(run('sys').split('\n').slice(2).join('\n'));
    if (!banner.includes('took both CPUs')) await shell.until('took both CPUs');
    await shell.until(/More: why\s+(?:inquest> )?/);
    shell.type('\x04');
    expect(await shell.ended()).toBe(0);
  },
);

test.skipIf(!hasTerminals)(
  'TAB completes commands, options, symbols, types, members, tasks',
  async () => {
    const shell = await sit();
    for (const [typed, completed] of [
      ['fore', 'foreach'],
      ['p panic_on_oo', 'panic_on_oops'],
      ['struct task_struct.nr_dirtied_p', 'task_struct.nr_dirtied_pause'],
      ['p init_task.real_par', 'init_task.real_parent'],
      ['p init_task.real_parent->thread_n', 'init_task.real_parent->thread_node'],
      ['whatis rt_mutex_wait', 'rt_mutex_waiter'],
      ['ps watch', 'ps watchdog'],
      ['mod -s ipmi_wat', 'ipmi_watchdog'],
    ] as const) {
      shell.type(`${typed}`);
      await shell.until(typed);
      shell.type('\t');
      await shell.until(completed.slice(completed.length - 2));
      expect(shell.text.endsWith(completed)).toBe(true);
      shell.type('\x03');
      await shell.until(PROMPT);
    }
    shell.type('runq -');
    await shell.until('runq -');
    shell.type('\t');
    await new Promise((done) => setTimeout(done, 200));
    shell.type('\t');
    await shell.until(/-T +-c +-g +-m +-t/);
  },
  60_000,
);

test.skipIf(!hasTerminals)('the history is kept for the next session, each line once', async () => {
  const first = await sit();
  for (const line of ['set 1', 'mod | head -1', 'set 1']) {
    first.type(`${line}\r`);
    await first.until(PROMPT);
  }
  first.type('exit\r');
  expect(await first.ended()).toBe(0);
  const next = await sit();
  next.type('\x1b[A\x1b[A');
  await next.until('set 1');
  next.type('\x1b[A');
  await next.until('mod | head -1');
  next.type('\r');
  await next.until('MODULE');
  expect(readFileSync(join(home, 'state/inquest/history'), 'utf8')).toMatch(
    /^set 1\nmod \| head -1\n/,
  );
});

test.skipIf(!hasTerminals)(
  'a long answer goes to less, or to $PAGER; a short one does not',
  async () => {
    const shell = await sit();
    shell.type('log\r');
    await shell.until(/\n:/);
    shell.type('q');
    await shell.until(PROMPT);
    shell.type('set\r');
    await shell.until('STATE:');
    await shell.until(PROMPT);
    shell.type('exit\r');
    await shell.ended();
    const other = await sit({ env: { PAGER: 'wc -l | sed s/^/paged:/' } });
    other.type('log\r');
    await other.until(/paged: *[0-9]{3}/);
    other.type('set\r');
    expect(await other.until('STATE:')).not.toContain('paged:');
  },
);

test.skipIf(!hasTerminals)(
  '^C ends a command, a pager, a program, what is typed; never the shell',
  async () => {
    const shell = await sit();
    const answers = async () => {
      shell.type('!echo still $((40 + 2))\r');
      await shell.until('still 42');
      await shell.until(PROMPT);
    };
    const interrupt = async (line: string) => {
      shell.type(`${line}\r`);
      await shell.until(line);
      await new Promise((done) => setTimeout(done, 300));
      shell.type('\x03');
      await shell.until(PROMPT);
      await answers();
    };
    await interrupt('repeat -9 set');
    await interrupt('search -p -c nowhere-to-be-found');
    await interrupt(`eval (${'1 + '.repeat(3)}1)`);
    await interrupt('!sleep 30');
    await interrupt('mod | sleep 30');
    shell.type('log | tail -1; sleep 30\r');
    await shell.until('Watchdog');
    shell.type('\x03');
    await shell.until(PROMPT);
    shell.type('frob');
    await shell.until('frob');
    shell.type('\x03');
    await shell.until(PROMPT);
    await answers();
    // What set chose is kept.
    shell.type('set\r');
    await shell.until('PID: 237');
  },
  60_000,
);

test.skipIf(!hasTerminals)('colours where a person looks and NO_COLOR is not set', async () => {
  const shell = await sit();
  shell.type('frob\r');
  await shell.until('not found: frob');
  expect(shell.raw).toContain('\x1b[31mcrash: command not found: frob');
  const plain = await sit({ env: { NO_COLOR: '1' } });
  plain.type('frob\r');
  await plain.until('not found: frob');
  await plain.until(PROMPT);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is looked for
  expect(plain.raw).not.toMatch(/\x1b\[\d+m/);
});

test.skipIf(!hasTerminals)(
  'a narrow window: a line longer than it is edited, and an answer is whole',
  async () => {
    const shell = await sit({ columns: 24 });
    shell.type('p (11111111 + 22222222 + 33333333)\x01\x05\r');
    await shell.until('$1 = 66666666');
    shell.type('log | head -1 | wc -c\r');
    await shell.until(/\n\d+\n/);
  },
);
