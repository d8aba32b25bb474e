// Which CPUs a machine has, when its memory says otherwise.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { changedDump } from '../../testkit/changed.ts';
import { memoryFile } from '../../testkit/memory-file.ts';
import { virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { openDump } from '../doors/open.ts';
import type { Dump } from '../types/dump.ts';
import { onlineCpus, possibleCpus, presentCpus } from './cpus.ts';

const whole = readFileSync('testdata/dumps/rt-loop/vmcore');

/** The dump with these variables filled with these bytes. */
const changed = async (variables: Readonly<Record<string, Uint8Array>>): Promise<Dump> => {
  const bytes = await changedDump(whole, function* (dump) {
    for (const [name, bytes] of Object.entries(variables)) {
      const at = dump.symbol(name);
      if (isFault(at)) throw new Error(name);
      yield [virtual(at), bytes];
    }
  });
  return openDump([memoryFile(bytes)]);
};

const ones = new Uint8Array(512).fill(0xff);
const many = Uint8Array.of(0, 16, 0, 0);

const cpus = (dump: Dump) => [possibleCpus(dump), presentCpus(dump), onlineCpus(dump)];

test('as the kernel left them', async () => {
  expect(cpus(await openDump([memoryFile(whole)]))).toEqual([
    [0, 1],
    [0, 1],
    [0, 1],
  ]);
});

test('a mask of thousands: only those with memory of their own', async () => {
  const dump = await changed({
    nr_cpu_ids: many,
    __cpu_possible_mask: ones,
    __cpu_present_mask: ones,
    __cpu_online_mask: ones,
  });
  expect(cpus(dump)).toEqual([
    [0, 1],
    [0, 1],
    [0, 1],
  ]);
});

test('no CPU is online that is not possible', async () => {
  const dump = await changed({ nr_cpu_ids: many, __cpu_online_mask: ones });
  expect(onlineCpus(dump)).toEqual([0, 1]);
});

test('an online mask without a possible CPU is not believed', async () => {
  const dump = await changed({ __cpu_online_mask: Uint8Array.of(0) });
  expect(onlineCpus(dump)).toEqual([0, 1]);
});
