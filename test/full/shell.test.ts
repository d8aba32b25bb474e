// The shell on a whole dump: how soon it asks, and how soon ^C ends what takes long.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hasTerminals, Terminal } from '../../testkit/terminal.ts';

const PROMPT = 'inquest> ';
const DUMP = join(process.env.INQUEST_DUMPS ?? '', 'rt-loop', 'vmcore');

let home: string;
let shell: Terminal | undefined;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'inquest-full-shell-'));
});
afterEach(() => {
  shell?.kill();
  rmSync(home, { recursive: true });
});

function opened(): Terminal {
  shell = new Terminal(resolve('bin/inquest'), [DUMP], {
    rows: 40,
    columns: 120,
    cwd: home,
    env: { ...process.env, HOME: home, XDG_STATE_HOME: home, TERM: 'xterm' },
  });
  return shell;
}

test.skipIf(!hasTerminals)('rt-loop: the prompt after half a second of work', async () => {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    const terminal = opened();
    await terminal.until(PROMPT);
    least = Math.min(least, terminal.cpuSeconds());
    terminal.kill();
  }
  // Not the clock's: what else the machine does is not ours. NaN: it cannot be had here.
  expect(least <= 0.5 || Number.isNaN(least), `${least} s`).toBe(true);
});

test.skipIf(!hasTerminals)(
  '^C amid a search that tells how far it is: the prompt, and nothing goes on behind it',
  async () => {
    // With so many values it takes a minute.
    const values = Array.from({ length: 500 }, (_, i) => (i + 0x1000).toString(16)).join(' ');
    writeFileSync(join(home, '.inquestrc'), `alias everywhere search -p -m f ${values}\n`);
    const terminal = opened();
    await terminal.until('More: why');
    await terminal.until(PROMPT);
    terminal.type('everywhere\r');
    await terminal.until(/search: \d+ MiB/);
    terminal.type('\x03');
    expect(await terminal.until(PROMPT)).not.toMatch(/^[0-9a-f]+: /m);
    terminal.type('set\r');
    await terminal.until('COMMAND: ');
    await terminal.until(PROMPT);
    const before = terminal.cpuSeconds();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(terminal.cpuSeconds() - before || 0).toBeLessThan(0.3);
  },
  180_000,
);
