// A long table in memory, read where it is looked at: a page is fetched when its first byte is.
import type { VirtualAddress } from '../bytes/address.ts';
import { latin1 } from '../bytes/cursor.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import { type Memory, PAGE_SIZE } from './memory.ts';

/** Where pages come from: by number, the region's own or the address space's. */
type Pages = (pageNumber: number) => Uint8Array | Fault;

const NOTHING = new Uint8Array(0);

/**
 * Bytes at offsets from 0. What is missing, or outside, reads as −1: callers are loops, in which
 * a Fault as a value would cost more than the read. `fault` keeps the first one met.
 */
export class Region {
  readonly size: number;
  /** Why the first byte that was missing is; undefined while none was. */
  fault: Fault | undefined;
  readonly #pages: Pages;
  readonly #firstPage: number;
  /** Of the region's first byte in its first page. */
  readonly #shift: number;
  #number = -1;
  #page: Uint8Array = NOTHING;

  private constructor(pages: Pages, firstPage: number, shift: number, size: number) {
    this.#pages = pages;
    this.#firstPage = firstPage;
    this.#shift = shift;
    this.size = Math.max(0, size);
  }

  static of(memory: Memory, start: VirtualAddress, size: number): Region {
    const shift = Number(start & 0xfffn);
    return new Region((number) => memory.page(number), Number(start >> 12n), shift, size);
  }

  /** Bytes that are in hand already. */
  static bytes(bytes: Uint8Array): Region {
    const page = (number: number) => bytes.subarray(number * PAGE_SIZE, (number + 1) * PAGE_SIZE);
    return new Region(page, 0, 0, bytes.length);
  }

  /** A part of this one, read on its own; undefined when it does not lie within. */
  part(offset: number, size: number): Region | undefined {
    if (offset < 0 || size < 0 || offset + size > this.size) return undefined;
    const at = this.#shift + offset;
    const page = Math.floor(at / PAGE_SIZE);
    return new Region(this.#pages, this.#firstPage + page, at - page * PAGE_SIZE, size);
  }

  /** −1 when it is missing. */
  u8(offset: number): number {
    if (offset < 0 || offset >= this.size) return -1;
    const at = this.#shift + offset;
    const number = Math.floor(at / PAGE_SIZE);
    if (number !== this.#number) this.#turn(number);
    return this.#page[at - number * PAGE_SIZE] ?? -1;
  }

  /** −1 when it is missing. */
  u16(offset: number): number {
    const low = this.u8(offset);
    const high = this.u8(offset + 1);
    return low < 0 || high < 0 ? -1 : low | (high << 8);
  }

  /** −1 when it is missing. */
  u32(offset: number): number {
    if (offset < 0 || offset + 4 > this.size) return -1;
    const at = this.#shift + offset;
    const number = Math.floor(at / PAGE_SIZE);
    const from = at - number * PAGE_SIZE;
    if (from > PAGE_SIZE - 4) return this.#straddling(offset);
    if (number !== this.#number) this.#turn(number);
    const page = this.#page;
    if (from + 4 > page.length) return -1;
    const low = (page[from] as number) | ((page[from + 1] as number) << 8);
    return (low | ((page[from + 2] as number) << 16) | ((page[from + 3] as number) << 24)) >>> 0;
  }

  /** Undefined when it is missing. */
  u64(offset: number): bigint | undefined {
    const low = this.u32(offset);
    const high = this.u32(offset + 4);
    return low < 0 || high < 0 ? undefined : (BigInt(high) << 32n) | BigInt(low);
  }

  /** Up to a NUL, the end, what is missing, or `limit`; one character a byte. */
  text(offset: number, limit: number): string {
    if (this.u8(offset) <= 0) return '';
    const from = this.#shift + offset - this.#number * PAGE_SIZE;
    const inPage = this.#page.subarray(from, from + Math.min(limit, this.size - offset));
    if (inPage.includes(0)) return latin1(inPage);
    let text = '';
    for (let at = offset; at < offset + limit; at++) {
      const byte = this.u8(at);
      if (byte <= 0) break;
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #straddling(offset: number): number {
    const low = this.u16(offset);
    const high = this.u16(offset + 2);
    return low < 0 || high < 0 ? -1 : (low | (high << 16)) >>> 0;
  }

  #turn(number: number): void {
    const page = this.#pages(this.#firstPage + number);
    if (isFault(page)) this.fault ??= page;
    this.#page = isFault(page) ? NOTHING : page;
    this.#number = number;
  }
}
