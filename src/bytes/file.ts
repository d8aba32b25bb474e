// Files as random-access bytes: the only place below the doors that touches the disk.
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { FileOffset } from './address.ts';
import { Fault } from './fault.ts';

/** Positioned reads; all that a format needs from outside. */
export interface RandomAccessFile {
  /** What to call it in a message. */
  readonly name: string;
  /** Bytes in the file. */
  readonly size: number;
  /** What the file is wrapped in, when it is read through that; for `info`. */
  readonly container?: string;
  /** What is wrong with that wrapping. */
  readonly warnings?: readonly string[];
  /** `length` bytes at `offset`, or a `truncated` fault. Never short. The caller owns the bytes. */
  read(offset: number, length: number): Uint8Array | Fault;
  close(): void;
}

/** @throws NodeJS.ErrnoException when the path cannot be opened for reading */
export function openFile(path: string): RandomAccessFile {
  const stat = statSync(path);
  if (stat.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
  // Opening a pipe would wait for a writer, and it cannot be read in any order.
  if (!stat.isFile()) throw Object.assign(new Error('is no regular file'), { code: 'ENOTREG' });
  const fd = openSync(path, 'r');
  const { size } = fstatSync(fd);
  return {
    name: path,
    size,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > size)
        return new Fault('truncated', Math.max(0, offset) as FileOffset);
      // Not pooled: the page cache keeps these, and views of 8-byte words must be aligned.
      const bytes = new Uint8Array(new ArrayBuffer(length));
      let got = 0;
      while (got < length) {
        const n = readSync(fd, bytes, got, length - got, offset + got);
        if (n === 0) return new Fault('truncated', offset as FileOffset);
        got += n;
      }
      return bytes;
    },
    close: () => closeSync(fd),
  };
}
