// 200 cuts and 2,000 changed copies of whole dumps, in every form: answers, or one clear line each.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFile } from '../../src/bytes/file.ts';
import { findCommand } from '../../src/commands/index.ts';
import { commandNames } from '../../src/commands/kit/names.ts';
import { damaged, flips, scrambled, seeded, tryOut, unclear } from '../../testkit/damage.ts';

const dumps = process.env.INQUEST_DUMPS ?? '';
const lab = process.env.INQUEST_LAB ?? '';
/** Milliseconds for opening and asking, on a busy machine. */
const BOUND = 10_000;

interface Form {
  readonly name: string;
  readonly path: string;
  readonly cuts: number;
  readonly changes: number;
  readonly raw?: boolean;
}

const forms: readonly Form[] = [
  { name: 'kdump', path: `${dumps}/rt-loop/vmcore`, cuts: 60, changes: 870 },
  { name: 'kdump of 5.10', path: `${dumps}/rt-loop-510/vmcore`, cuts: 40, changes: 200 },
  { name: 'elf', path: `${lab}/every/vmcore.elf-none-31`, cuts: 40, changes: 400 },
  { name: 'flattened', path: `${lab}/every/vmcore.flat-zlib-31`, cuts: 30, changes: 300 },
  {
    name: 'flattened by QEMU',
    path: `${lab}/every/vmcore.qemu-kdump-zlib`,
    cuts: 15,
    changes: 200,
  },
  { name: 'raw', path: `${lab}/every/vmcore.pmemsave`, cuts: 15, changes: 30, raw: true },
];

/** One copy in so many is asked everything; the first 64 KiB of raw memory hold nothing of a kernel's. */
const EVERYTHING = 10;
const everything = [
  'log',
  'mod',
  'ps',
  'ps -t',
  'bt -a',
  'foreach bt',
  'sys',
  'runq',
  'task',
  'why',
];

test.for(forms)(
  '$name: $cuts cuts, $changes changed copies',
  { timeout: 900_000 },
  async (form, { skip }) => {
    const { path, cuts, changes, raw = false } = form;
    if (lab === '' && path.startsWith('/every'))
      return skip('INQUEST_LAB names no folder of lab dumps');
    const file = openFile(path);
    const random = seeded(cuts);
    for (let i = 0; i < cuts + changes; i++) {
      const isCut = i < cuts;
      const size = isCut ? random(file.size) : file.size;
      const copy = damaged(file, size, isCut ? new Map() : flips(random));
      const trial = await tryOut(copy, i % EVERYTHING === 0 ? everything : ['log'], { raw });
      const what = `copy ${i}`;
      expect([what, trial.milliseconds > BOUND]).toEqual([what, false]);
      expect([what, trial.lines.filter((line) => unclear(line))]).toEqual([what, []]);
      if (!trial.opened) expect([what, trial.lines.length]).toEqual([what, 1]);
      if (isCut && !raw)
        expect([what, trial.lines.join('\n')]).toEqual([
          what,
          expect.stringMatching(/was cut|not a dump|no dump is in it/),
        ]);
    }
    file.close();
  },
);

test('memory with wrong bytes in it: every example of every command ends', {
  timeout: 600_000,
}, async ({ skip }) => {
  if (lab === '') return skip('INQUEST_LAB names no folder of lab dumps');
  const lines: string[] = [];
  for (const name of commandNames)
    for (const [line] of (await findCommand(name))?.examples ?? []) lines.push(line);
  const file = openFile(`${lab}/every/vmcore.elf-none-31`);
  const random = seeded(12);
  let opened = 0;
  for (let i = 0; i < 20; i++) {
    const trial = await tryOut(scrambled(file, random), lines);
    const what = `copy ${i}`;
    expect([what, trial.milliseconds > 6 * BOUND]).toEqual([what, false]);
    expect([what, trial.lines.filter((line) => unclear(line))]).toEqual([what, []]);
    if (trial.opened) opened++;
  }
  file.close();
  expect(opened).toBeGreaterThan(10);
});

test('a sample through the program itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'inquest-'));
  const whole = readFileSync(`${dumps}/null-deref/vmcore`);
  const random = seeded(3);
  const copy = join(folder, 'vmcore');
  for (let i = 0; i < 12; i++) {
    const bytes = Buffer.from(i % 2 ? whole : whole.subarray(0, random(whole.length)));
    if (i % 2) for (const [at, value] of flips(random)) bytes[at] = value;
    writeFileSync(copy, bytes);
    const { status, stderr, error } = spawnSync('bin/inquest', ['run', copy, '--', 'log', 'mod'], {
      encoding: 'utf8',
      timeout: 60_000,
      maxBuffer: 1 << 26,
    });
    expect(error).toBeUndefined();
    expect([0, 1, 2]).toContain(status);
    expect(stderr).not.toMatch(/^\s+at /m);
    if (status === 2) expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  }
  rmSync(folder, { recursive: true });
}, 300_000);
