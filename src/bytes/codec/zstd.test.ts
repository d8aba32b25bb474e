import { compress } from '@bokuweb/zstd-wasm';
import { expect, test } from 'vitest';
import { loadZstd } from './zstd.ts';

const zstd = await loadZstd();
const page = Uint8Array.from({ length: 4096 }, (_, i) => (i * i) & 0x3f);
const stored = compress(Buffer.from(page));

test('pages come out whole, one after the other, each in bytes of its own', () => {
  const first = zstd(stored, 4096);
  const second = zstd(compress(Buffer.alloc(4096)), 4096);
  expect(first).toEqual(page);
  expect(second).toEqual(new Uint8Array(4096));
});

test('damage is said, and does not spoil the next page', () => {
  for (let at = 0; at < stored.length; at += 3) {
    const damaged = Uint8Array.from(stored);
    damaged[at] = (damaged[at] as number) ^ 0x55;
    const out = zstd(damaged, 4096);
    expect(out === undefined || out.length === 4096).toBe(true);
  }
  expect(zstd(stored.subarray(0, stored.length - 3), 4096)).toBeUndefined();
  expect(zstd(new Uint8Array(0), 4096)).toBeUndefined();
  expect(zstd(stored, 4095)).toBeUndefined();
  expect(zstd(stored, 4097)).toBeUndefined();
  expect(zstd(stored, 4096)).toEqual(page);
});

test('pages come out when the memory of the decoder has grown', () => {
  compress(Buffer.alloc(40 << 20, 'no page'));
  expect(zstd(stored, 4096)).toEqual(page);
});
