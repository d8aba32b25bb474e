// The shell, as a person at a terminal meets it: what is typed, and what is then to be seen.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hasTerminals, Terminal, type TerminalOptions } from '../testkit/terminal.ts';
import { hasWindows, Window } from '../testkit/window.ts';

const DUMP = resolve('testdata/dumps/rt-loop/vmcore');
const INQUEST = resolve('bin/inquest');
const PROMPT = 'inquest> ';
const UP = '\x1b[A';
const CTRL_C = '\x03';
const CTRL_D = '\x04';

let home = '';
let seat: Terminal | Window | undefined;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'inquest-terminal-'));
});
afterEach(() => {
  seat?.kill();
  rmSync(home, { recursive: true });
});

const environment = () => {
  const { NO_COLOR: _, PAGER: __, LESS: ___, ...env } = process.env;
  return { ...env, HOME: home, XDG_STATE_HOME: join(home, 'state'), TERM: 'xterm' };
};

/** A shell whose verdict has come: nothing is written any more that nobody asked for. */
async function sit(options: TerminalOptions = {}): Promise<Terminal> {
  const terminal = new Terminal(INQUEST, [DUMP], {
    rows: 40,
    columns: 120,
    cwd: home,
    ...options,
    env: { ...environment(), ...options.env },
  });
  seat = terminal;
  await terminal.until('More: why');
  await terminal.until(PROMPT);
  return terminal;
}

/** Types a line; returns what it showed, the next prompt last. */
async function enter(shell: Terminal, line: string): Promise<string> {
  shell.type(line);
  await shell.until(line.slice(-20));
  shell.type('\r');
  return shell.until(PROMPT);
}

const run = (...commands: readonly string[]) =>
  spawnSync(INQUEST, ['run', DUMP, '--', ...commands], { encoding: 'utf8' }).stdout;

describe.skipIf(!hasTerminals)('at a terminal', { timeout: 120_000 }, () => {
  test('one session: completion, history, pager, pipe, file, a wrong word, ^C amid search, ^D', async () => {
    // A question that takes a minute, in a word.
    const values = Array.from({ length: 4000 }, (_, i) => (i + 0x1000).toString(16)).join(' ');
    writeFileSync(join(home, '.inquestrc'), `alias everywhere search -p -m f ${values}\n`);
    const shell = await sit();
    expect(shell.text).toContain(run('sys').split('\n').slice(2).join('\n'));

    shell.type('fore');
    await shell.until('fore');
    shell.type('\t');
    await shell.until(/ach $/);
    shell.type('RU b');
    await shell.until('RU b');
    shell.type(`${CTRL_C}`);
    await shell.until(`^C\n${PROMPT}`);

    shell.type('struct task_struct.nr_dirt');
    await shell.until('nr_dirt');
    shell.type('\t');
    await shell.until(/ied$/);
    shell.type('\t');
    await shell.until(/\nnr_dirtied +nr_dirtied_pause/);
    await shell.until(/nr_dirtied$/);
    shell.type('_');
    await shell.until(/_$/);
    shell.type('\t');
    await shell.until(/pause$/);
    shell.type('\r');
    expect(await shell.until(PROMPT)).toContain('int nr_dirtied_pause;');

    expect(await enter(shell, 'log | head -1')).toMatch(/^\n\[ .*Linux version.*\ninquest> $/);
    expect(await enter(shell, 'mod > modules')).toBe(`\n${PROMPT}`);
    expect(readFileSync(join(home, 'modules'), 'utf8')).toBe(run('mod'));

    shell.type(UP);
    await shell.until('mod > modules');
    shell.type(UP);
    await shell.until('log | head -1');
    shell.type('\r');
    await shell.until(PROMPT);

    expect(await enter(shell, 'frobnicate')).toBe(
      `\ncrash: command not found: frobnicate\n\`help\` lists the commands\n${PROMPT}`,
    );

    // less waits at its own prompt.
    shell.type('log\r');
    await shell.until(/\n:/);
    shell.type('q');
    await shell.until(PROMPT);
    // One that fits is shown without.
    expect(await enter(shell, 'set 1')).toContain('COMMAND: "init"');

    await enter(shell, 'p 40 + 2');
    shell.type('everywhere\r');
    await shell.until('everywhere');
    const cut = await interrupted(shell);
    expect(cut).not.toMatch(/^[0-9a-f]+: /m);
    // The command was ended with its worker, which is said as soon as it is known; what set chose is kept.
    if (!cut.includes('is forgotten')) await shell.until(/is forgotten.*?inquest> /s);
    expect(await enter(shell, 'set')).toContain('COMMAND: "init"');
    expect(shell.text).toContain('$1 and what else p printed is forgotten');

    shell.type(CTRL_D);
    expect(await shell.ended()).toBe(0);
  });

  test('the history is kept for the next session, each line once', async () => {
    const first = await sit();
    for (const line of ['set 1', 'mod | head -1', 'set 1']) await enter(first, line);
    first.type('exit\r');
    expect(await first.ended()).toBe(0);
    const next = await sit();
    next.type(UP);
    await next.until('exit');
    next.type(UP);
    await next.until('set 1');
    next.type(UP);
    await next.until('mod | head -1');
    next.type('\r');
    await next.until('MODULE');
    await next.until(PROMPT);
    next.type('t 1');
    await next.until('t 1');
    next.type('\x12');
    await next.until(/set 1$/);
    next.type('\r');
    await next.until('COMMAND: "init"');
    expect(readFileSync(join(home, 'state/inquest/history'), 'utf8')).toMatch(
      /^set 1\nmod \| head -1\n/,
    );
  });

  test('$PAGER shows a long answer, and not a short one; set scroll off does without', async () => {
    const shell = await sit({ env: { PAGER: 'wc -l | sed s/^/paged:/' } });
    expect(await enter(shell, 'log')).toMatch(/paged: *\d{3}/);
    expect(await enter(shell, 'set')).not.toContain('paged:');
    expect(await enter(shell, 'set scroll off')).toContain('scroll: off');
    expect(await enter(shell, 'log')).not.toContain('paged:');
    expect(await enter(shell, 'sn')).toContain('scroll: on');
    expect(await enter(shell, 'log')).toMatch(/paged: *\d{3}/);
  });

  test('^C ends a command, a program, a pipe, a pager, a file of commands; never the shell', async () => {
    const shell = await sit();
    const ends = async (line: string, begun: string | RegExp) => {
      shell.type(`${line}\r`);
      await shell.until(begun);
      await interrupted(shell);
      await enter(shell, '!echo still $((40 + 2))');
      expect(shell.text).toContain('still 42');
    };
    await ends('repeat -9 set', 'STATE:');
    await ends('!echo begun $((1 + 1)); sleep 60', 'begun 2');
    await ends('mod | (echo begun $((1 + 2)); sleep 60)', 'begun 3');
    // Behind the bar all is the system shell's, as in crash: also a semicolon.
    await ends('mod | head -1; sleep 60', 'MODULE');
    writeFileSync(join(home, 'file'), '!echo begun $((1 + 3)); sleep 60\nfrobnicate\n');
    await ends('< file', 'begun 4');
    expect(shell.text).not.toContain('frobnicate');
  });

  test('a terminal that can nothing: plain lines, no pager, ^C leaves what is typed', async () => {
    const shell = await sit({ env: { TERM: 'dumb' } });
    expect(await enter(shell, 'log | head -1')).toContain('Linux version');
    expect((await enter(shell, 'log')).split('\n').length).toBeGreaterThan(100);
    shell.type('frob');
    await shell.until('frob');
    shell.type(CTRL_C);
    await shell.until(PROMPT);
    expect(await enter(shell, 'set 1')).toContain('COMMAND: "init"');
    expect(shell.raw).not.toContain('\x1b');
  });

  test('repeat ends when its pager is left', async () => {
    const shell = await sit({ env: { PAGER: 'wc -l | sed s/^/paged:/' } });
    expect((await enter(shell, 'repeat log')).match(/paged: *\d{3}/g)).toHaveLength(1);
  });

  test('colours where a person looks and NO_COLOR is not set', async () => {
    const shell = await sit();
    await enter(shell, 'frob');
    expect(shell.raw).toContain('\x1b[31mcrash: command not found: frob');
    const plain = await sit({ env: { NO_COLOR: '1' } });
    await enter(plain, 'frob');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is looked for
    expect(plain.raw).not.toMatch(/\x1b\[\d+m/);
    plain.kill();
    // What goes to a file is plain.
    const half = new Terminal('sh', ['-c', `exec ${INQUEST} ${DUMP} 2> errors`], {
      cwd: home,
      env: environment(),
    });
    seat = half;
    await half.until('More: why');
    await half.until(PROMPT);
    await enter(half, 'frob');
    expect(readFileSync(join(home, 'errors'), 'utf8')).toMatch(
      /^crash: command not found: frob\n[ -~]+\n$/,
    );
  });

  test('the prompt is there after half a second of work', async () => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 3; i++) {
      const terminal = new Terminal(INQUEST, [DUMP], { cwd: home, env: environment() });
      seat = terminal;
      await terminal.until(PROMPT);
      least = Math.min(least, terminal.cpuSeconds());
      terminal.kill();
    }
    // Not the clock's: what else the machine does is not ours. NaN: it cannot be had here.
    expect(least <= 0.5 || Number.isNaN(least), `${least} s`).toBe(true);
  });
});

/** ^C, until the prompt is there: a terminal drops keys while its mode changes, and a person types them again. */
async function interrupted(shell: Terminal): Promise<string> {
  for (;;) {
    shell.type(CTRL_C);
    const shown = await shell.until(PROMPT, 5000).catch(() => undefined);
    if (shown !== undefined) return shown;
  }
}

test.skipIf(!hasWindows)(
  'a narrow window, and one that grows: what is typed, left and answered stands as it should',
  async () => {
    const window = new Window([INQUEST, DUMP], { columns: 32, rows: 60, env: environment() });
    seat = window;
    await window.until(/More: why\n\ninquest>$/);
    const headline = run('why').split('\n')[0] as string;
    expect(window.screen.replaceAll('\n', ' ')).toContain(headline);

    window.type('p (11111111 + 22222222 + 33333333)');
    await window.until(/22222222\n\+ 33333333\)$/);
    window.key('Home', 'Right', 'Right', 'Right', 'Right');
    window.type('8');
    await window.until(/\ninquest> p \(18/);
    window.key('Enter');
    await window.until(/\$1 = 236666666\ninquest>$/);

    window.type('p (11111111 + 22222222 + 44444444)');
    await window.until(/22222222\n\+ 44444444\)$/);
    window.key('Home', 'C-c');
    await window.until(/\n\+ 44444444\)\^C\ninquest>$/);

    window.resize(90);
    window.type('eval (11111111 + 22222222 + 55555555)');
    await window.until(/\ninquest> eval \(11111111 \+ 22222222 \+ 55555555\)$/);
  },
  120_000,
);
