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
  const { size, blocks } = fstatSync(fd);
  const readAt = (into: Uint8Array, offset: number, length: number): boolean => {
    for (let got = 0; got < length; ) {
      const n = readSync(fd, into, got, length - got, offset + got);
      if (n === 0) return false;
      got += n;
    }
    return true;
  };
  // A file without blocks is made as it is read: what was read ahead would be old.
  const ahead = blocks === 0 ? undefined : new ReadAhead(size, readAt);
  return {
    name: path,
    size,
    read(offset, length) {
      if (offset < 0 || length < 0 || offset + length > size)
        return new Fault('truncated', Math.max(0, offset) as FileOffset);
      // Not pooled: the page cache keeps these, and views of 8-byte words must be aligned.
      const bytes = new Uint8Array(new ArrayBuffer(length));
      if (ahead?.copy(bytes, offset) || readAt(bytes, offset, length)) return bytes;
      return new Fault('truncated', offset as FileOffset);
    },
    close: () => closeSync(fd),
  };
}

/** Read in one go, once reads follow each other: a call for each page costs ten times what its bytes do. */
const AHEAD = 256 << 10;
/** Reads in a row, each where the one before ended, that make a sweep. */
const SWEEP = 16;

/** What a sweep through a file will ask for next; nothing, as long as reads jump. */
class ReadAhead {
  readonly #size: number;
  readonly #readAt: (into: Uint8Array, offset: number, length: number) => boolean;
  #bytes: Uint8Array | undefined;
  #start = 0;
  #end = 0;
  #next = -1;
  #inRow = 0;

  constructor(size: number, readAt: (into: Uint8Array, offset: number, length: number) => boolean) {
    this.#size = size;
    this.#readAt = readAt;
  }

  /** Fills `bytes` from what was read ahead; false when that is not worth while. */
  copy(bytes: Uint8Array, offset: number): boolean {
    this.#inRow = offset === this.#next ? this.#inRow + 1 : 0;
    const end = offset + bytes.length;
    this.#next = end;
    if (offset < this.#start || end > this.#end) {
      if (this.#inRow < SWEEP || bytes.length > AHEAD / 4) return false;
      this.#bytes ??= new Uint8Array(AHEAD);
      const length = Math.min(AHEAD, this.#size - offset);
      this.#end = this.#start = offset;
      if (!this.#readAt(this.#bytes, offset, length)) return false;
      this.#end = offset + length;
    }
    if (!this.#bytes) return false;
    bytes.set(this.#bytes.subarray(offset - this.#start, end - this.#start));
    return true;
  }
}
