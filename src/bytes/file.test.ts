// Reads of a file: the bytes that are there, whatever the order in which they are asked for.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isFault } from './fault.ts';
import { openFile } from './file.ts';

const folder = mkdtempSync(join(tmpdir(), 'file-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Each 32-bit word is its own number. */
function numbered(bytes: number): string {
  const path = join(folder, 'numbered');
  writeFileSync(
    path,
    Uint32Array.from({ length: bytes / 4 }, (_, i) => i),
  );
  return path;
}

test('a sweep gives every byte once, also across what is read ahead and at the end', () => {
  const size = (1 << 20) + 4096 * 3;
  const file = openFile(numbered(size));
  for (let offset = 0; offset < size; offset += 4096) {
    const bytes = file.read(offset, 4096);
    if (isFault(bytes)) throw new Error(bytes.explain());
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, 1024);
    expect([words[0], words[1023]]).toEqual([offset / 4, offset / 4 + 1023]);
  }
  expect(isFault(file.read(size - 8, 16))).toBe(true);
  file.close();
});

test('jumps within and out of a sweep', () => {
  const file = openFile(numbered(1 << 20));
  const wordAt = (offset: number) => {
    const bytes = file.read(offset, 8);
    return isFault(bytes) ? -1 : new DataView(bytes.buffer).getUint32(0, true);
  };
  for (let i = 0; i < 40; i++) expect(wordAt(i * 8)).toBe(i * 2);
  for (const offset of [0, 320, 8, 900_000, 328, 262_136, 262_144])
    expect(wordAt(offset)).toBe(offset / 4);
  file.close();
});
