// Damaged dumps give answers or one clear line each. The long form is test/full/damage.test.ts.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isFault } from '../src/bytes/fault.ts';
import type { RandomAccessFile } from '../src/bytes/file.ts';
import { recognise } from '../src/formats/recognise.ts';
import { damaged, flips, seeded, tryOut, unclear } from '../testkit/damage.ts';
import { elfFile } from '../testkit/elf-file.ts';
import { flatten } from '../testkit/flatten.ts';
import { imageOf } from '../testkit/image.ts';
import { memoryFile } from '../testkit/memory-file.ts';

const bytes = readFileSync('testdata/dumps/rt-loop/vmcore');
const commands = ['log', 'mod'];
/** Milliseconds for opening and asking, on a busy machine. */
const BOUND = 10_000;

function elfForm(): Uint8Array {
  const source = recognise([memoryFile(bytes)], {});
  if (typeof source === 'string' || isFault(source)) throw new Error(String(source));
  return elfFile(imageOf(source), { directMap: 0xffff888000000000n });
}

const forms: readonly (readonly [string, RandomAccessFile])[] = [
  ['kdump', memoryFile(bytes, 'vmcore')],
  ['elf', memoryFile(elfForm(), 'vmcore')],
  ['flattened', memoryFile(flatten(bytes, 16384), 'vmcore')],
];

async function expectClear(file: RandomAccessFile): Promise<boolean> {
  const trial = await tryOut(file, commands);
  expect(trial.milliseconds).toBeLessThan(BOUND);
  expect(trial.lines.filter((line) => unclear(line) !== undefined)).toEqual([]);
  if (!trial.opened) expect(trial.lines).toHaveLength(1);
  return trial.answered === commands.length;
}

test.each(forms)(
  '%s: whole, it answers',
  async (_name, file) => {
    expect(await expectClear(damaged(file, file.size, new Map()))).toBe(true);
  },
  30_000,
);

test.each(forms)(
  '%s: cut anywhere',
  async (_name, file) => {
    const random = seeded(1);
    for (let i = 0; i < 12; i++) await expectClear(damaged(file, random(file.size), new Map()));
  },
  60_000,
);

test.each(forms)(
  '%s: bytes of its head changed',
  async (_name, file) => {
    const random = seeded(2);
    for (let i = 0; i < 25; i++) await expectClear(damaged(file, file.size, flips(random)));
  },
  60_000,
);

test.each(forms)(
  '%s: cut behind its headers it opens, or says that it was cut',
  async (_name, file) => {
    const { lines } = await tryOut(damaged(file, Math.floor(file.size * 0.9), new Map()), commands);
    expect(lines.join('\n')).toMatch(/was cut|truncated/);
  },
);
