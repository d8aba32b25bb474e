import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { zlib } from './zlib.ts';

const page = Uint8Array.from({ length: 4096 }, (_, i) => (i * i) & 0x3f);
const stored = deflateSync(page);

test('pages come out whole, one after the other, each in bytes of its own', () => {
  const first = zlib(stored, 4096);
  const second = zlib(deflateSync(new Uint8Array(4096)), 4096);
  expect(first).toEqual(page);
  expect(second).toEqual(new Uint8Array(4096));
});

test('damage is said, and does not spoil the next page', () => {
  for (let at = 0; at < stored.length; at += 7) {
    const damaged = Uint8Array.from(stored);
    damaged[at] = (damaged[at] as number) ^ 0x55;
    const out = zlib(damaged, 4096);
    expect(out === undefined || out.length === 4096).toBe(true);
  }
  expect(zlib(stored.subarray(0, stored.length - 3), 4096)).toBeUndefined();
  expect(zlib(new Uint8Array(0), 4096)).toBeUndefined();
  expect(zlib(stored, 4095)).toBeUndefined();
  expect(zlib(stored, 4097)).toBeUndefined();
  expect(zlib(stored, 4096)).toEqual(page);
});
