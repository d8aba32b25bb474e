// A bounded little-endian reader over bytes in hand.

/** Reads fields at fixed offsets; anything beyond the end reads as `undefined`, never throws. */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  #fits(offset: number, size: number): boolean {
    return offset >= 0 && offset + size <= this.bytes.length;
  }

  u8(offset: number): number | undefined {
    return this.#fits(offset, 1) ? this.#view.getUint8(offset) : undefined;
  }
  u16(offset: number): number | undefined {
    return this.#fits(offset, 2) ? this.#view.getUint16(offset, true) : undefined;
  }
  u32(offset: number): number | undefined {
    return this.#fits(offset, 4) ? this.#view.getUint32(offset, true) : undefined;
  }
  i32(offset: number): number | undefined {
    return this.#fits(offset, 4) ? this.#view.getInt32(offset, true) : undefined;
  }
  u64(offset: number): bigint | undefined {
    return this.#fits(offset, 8) ? this.#view.getBigUint64(offset, true) : undefined;
  }
  i64(offset: number): bigint | undefined {
    return this.#fits(offset, 8) ? this.#view.getBigInt64(offset, true) : undefined;
  }
  /** A 64-bit count or offset as a number; `undefined` when it is no safe integer. */
  size(offset: number): number | undefined {
    const value = this.u64(offset);
    return value === undefined || value > 0x1f_ffff_ffff_ffffn ? undefined : Number(value);
  }
  /** Text up to a NUL or `length`, one character a byte. */
  text(offset: number, length: number): string {
    return latin1(this.bytes.subarray(Math.max(0, offset), Math.max(0, offset + length)));
  }
}

/** Bytes up to the first NUL as one character each: what the kernel calls a string. */
export function latin1(bytes: Uint8Array): string {
  const nul = bytes.indexOf(0);
  const length = nul < 0 ? bytes.length : nul;
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1');
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 where all of it is; else every byte as one character, so that nothing is lost. */
export function utf8(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  }
}

/** The same of text that was read one character a byte. */
export const utf8Of = (text: string): string =>
  /[\x80-\xff]/.test(text) ? utf8(Buffer.from(text, 'latin1')) : text;
