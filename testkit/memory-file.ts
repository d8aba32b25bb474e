import type { FileOffset } from '../src/bytes/address.ts';
import { Fault } from '../src/bytes/fault.ts';
import type { RandomAccessFile } from '../src/bytes/file.ts';

/** A file made of these bytes. */
export const memoryFile = (bytes: Uint8Array, name = 'memory'): RandomAccessFile => ({
  name,
  size: bytes.length,
  read: (offset, length) =>
    offset >= 0 && length >= 0 && offset + length <= bytes.length
      ? new Uint8Array(bytes.subarray(offset, offset + length)) // a copy, also of a Buffer
      : new Fault('truncated', Math.max(0, offset) as FileOffset),
  close() {},
});
