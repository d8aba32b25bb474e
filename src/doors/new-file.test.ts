// Files that answers are written to.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFile } from './new-file.ts';

test('a new file gets the bytes; one that is there stays as it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'new-file-'));
  const path = join(folder, 'bytes');
  expect(createFile(path, [Uint8Array.of(1, 2), Uint8Array.of(3)])).toBeUndefined();
  expect([...readFileSync(path)]).toEqual([1, 2, 3]);
  expect(createFile(path, [Uint8Array.of(9)])).toContain('already');
  expect([...readFileSync(path)]).toEqual([1, 2, 3]);
  expect(createFile(join(folder, 'none', 'bytes'), [])).toContain('ENOENT');
  rmSync(folder, { recursive: true });
});
