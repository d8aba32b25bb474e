// An address space: an address → bytes, or a Fault.
import { offsetInPage, pageOf, type VirtualAddress, virtual } from '../bytes/address.ts';
import { latin1 } from '../bytes/cursor.ts';
import { type Fault, isFault } from '../bytes/fault.ts';

export const PAGE_SIZE = 4096;

/** Reads of virtual memory. Everything little-endian; nothing interprets the bytes. */
export abstract class Memory {
  /** The 4 KiB page of a page number (address / 4096). Callers must not write to it. */
  abstract page(pageNumber: number): Uint8Array | Fault;

  /** `length` bytes, all of them or the Fault of the first page that is missing. Not to be written to. */
  read(address: VirtualAddress, length: number): Uint8Array | Fault {
    const offset = offsetInPage(address);
    const first = pageOf(address);
    if (offset + length <= PAGE_SIZE) {
      const page = this.page(first);
      return isFault(page) ? page : page.subarray(offset, offset + length);
    }
    const bytes = new Uint8Array(new ArrayBuffer(length));
    let done = 0;
    for (let number = first, from = offset; done < length; number++, from = 0) {
      const page = this.page(number);
      if (isFault(page)) return page;
      const piece = page.subarray(from, Math.min(PAGE_SIZE, from + length - done));
      bytes.set(piece, done);
      done += piece.length;
    }
    return bytes;
  }

  /** One byte. */
  u8(address: VirtualAddress): number | Fault {
    const page = this.page(pageOf(address));
    return isFault(page) ? page : (page[offsetInPage(address)] as number);
  }

  /** 16 bits, unsigned. */
  u16(address: VirtualAddress): number | Fault {
    const bytes = this.read(address, 2);
    return isFault(bytes) ? bytes : (bytes[0] as number) | ((bytes[1] as number) << 8);
  }

  /** 32 bits, unsigned. */
  u32(address: VirtualAddress): number | Fault {
    const value = this.i32(address);
    return isFault(value) ? value : value >>> 0;
  }

  /** 32 bits, signed. */
  i32(address: VirtualAddress): number | Fault {
    return this.i32In(pageOf(address), offsetInPage(address));
  }

  /** 64 bits, unsigned. */
  u64(address: VirtualAddress): bigint | Fault {
    return this.u64In(pageOf(address), offsetInPage(address));
  }

  /** As `i32`, by page number and offset in that page: what loops count in. */
  i32In(pageNumber: number, offset: number): number | Fault {
    const inPage = offset <= PAGE_SIZE - 4;
    const page = inPage ? this.page(pageNumber) : this.read(addressIn(pageNumber, offset), 4);
    return isFault(page) ? page : word(page, inPage ? offset : 0);
  }

  /** As `u64`, in the same way. */
  u64In(pageNumber: number, offset: number): bigint | Fault {
    const inPage = offset <= PAGE_SIZE - 8;
    const page = inPage ? this.page(pageNumber) : this.read(addressIn(pageNumber, offset), 8);
    if (isFault(page)) return page;
    const at = inPage ? offset : 0;
    return (BigInt(word(page, at + 4) >>> 0) << 32n) | BigInt(word(page, at) >>> 0);
  }

  /** A pointer: a 64-bit word as an address. */
  pointer(address: VirtualAddress): VirtualAddress | Fault {
    return this.u64(address) as VirtualAddress | Fault;
  }

  /** A C string of at most `limit` bytes, one character a byte; a missing page ends it with a Fault. */
  text(address: VirtualAddress, limit = 256): string | Fault {
    let text = '';
    while (text.length < limit) {
      const at = virtual(address + BigInt(text.length));
      const length = Math.min(limit - text.length, PAGE_SIZE - offsetInPage(at));
      const bytes = this.read(at, length);
      if (isFault(bytes)) return bytes;
      const piece = latin1(bytes);
      text += piece;
      if (piece.length < length) break;
    }
    return text;
  }
}

const addressIn = (pageNumber: number, offset: number): VirtualAddress =>
  virtual((BigInt(pageNumber) << 12n) | BigInt(offset));

const word = (b: Uint8Array, at: number): number =>
  (b[at] as number) |
  ((b[at + 1] as number) << 8) |
  ((b[at + 2] as number) << 16) |
  ((b[at + 3] as number) << 24);
