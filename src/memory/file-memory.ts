// The bytes of a file, by their offsets: what a struct in a dump's own header is looked at with.
import type { FileOffset, VirtualAddress } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { RandomAccessFile } from '../bytes/file.ts';
import { Memory, PAGE_SIZE } from './memory.ts';

export class FileMemory extends Memory {
  readonly #file: RandomAccessFile;

  constructor(file: RandomAccessFile) {
    super();
    this.#file = file;
  }

  /** The last one may be short of the file's end: then it is none. */
  page(pageNumber: number): Uint8Array | Fault {
    return this.#file.read(pageNumber * PAGE_SIZE, PAGE_SIZE);
  }

  override read(offset: VirtualAddress, length: number): Uint8Array | Fault {
    // Beyond 2^53 is beyond any file.
    if (offset >> 53n) return new Fault('truncated', this.#file.size as FileOffset);
    return this.#file.read(Number(offset), length);
  }

  override u8(offset: VirtualAddress): number | Fault {
    const bytes = this.read(offset, 1);
    return isFault(bytes) ? bytes : (bytes[0] as number);
  }
}
