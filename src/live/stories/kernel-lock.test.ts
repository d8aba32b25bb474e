// Which stacks are those of who waits for a lock: as the lab's guests showed them.
import { expect, test } from 'vitest';
import { isLocking } from './kernel-lock.ts';

const path = (...names: string[]) => ({
  frames: names.map((name) => ({ function: name, module: null })),
  path: '',
  evidence: { claim: '', command: '', output: '' },
});

test.each([
  [['__mutex_lock.constprop.0', 'coldstore_count', 'coldstore_write', 'vfs_write']],
  [['rwsem_down_write_slowpath', 'down_write', 'landmap_register']],
  [['percpu_rwsem_wait', 'mnt_want_write']],
])('%j waits for a lock', (names) => {
  expect(isLocking(path(...names))).toBe(true);
});

test.each([
  [['folio_wait_bit_common', 'filemap_read_folio', 'block2mtd_write', 'mtd_write']],
  [['__iomap_dio_rw', 'iomap_dio_rw', 'ext4_file_write_iter', 'vfs_write']],
  [['coldstore_stock', 'coldstore_write', 'vfs_write']],
])('%j waits for something else', (names) => {
  expect(isLocking(path(...names))).toBe(false);
});
