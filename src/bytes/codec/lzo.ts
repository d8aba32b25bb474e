// LZO1X blocks. The stream format is described in Documentation/staging/lzo.rst (Linux 6.12).

/**
 * A `Decompress`. LZO carries no checksum: damaged bytes may well decode, to something else.
 * Every copy is checked against both ends, and the end marker must come at exactly `size` bytes.
 */
export function lzo(stored: Uint8Array, size: number): Uint8Array | undefined {
  const page = new Uint8Array(new ArrayBuffer(size));
  return new Decoder(stored, page).run() ? page : undefined;
}

/** State of the machine that means "the last instruction was a literal run of four bytes or more". */
const AFTER_LONG_RUN = 4;

class Decoder {
  readonly #in: Uint8Array;
  readonly #out: Uint8Array;
  #ip = 0;
  #op = 0;

  constructor(input: Uint8Array, output: Uint8Array) {
    this.#in = input;
    this.#out = output;
  }

  /** @returns whether the whole block was sound */
  run(): boolean {
    const input = this.#in;
    let state = 0;
    const first = input[0] as number;
    if (first > 17) {
      const length = first - 17;
      this.#ip = 1;
      if (!this.#literals(length)) return false;
      state = Math.min(length, AFTER_LONG_RUN);
    }
    while (this.#ip < input.length) {
      const code = input[this.#ip++] as number;
      let length: number;
      let distance: number;
      let next: number; // its low two bits: how many literals follow the match
      if (code < 16 && state === 0) {
        length = this.#length(code, 15) + 3;
        if (!this.#literals(length)) return false;
        state = AFTER_LONG_RUN;
        continue;
      }
      if (code >= 64) {
        next = code;
        length = (code >> 5) + 1;
        distance = (this.#byte() << 3) + ((code >> 2) & 7) + 1;
      } else if (code >= 32) {
        length = this.#length(code & 31, 31) + 2;
        next = this.#byte() | (this.#byte() << 8);
        distance = (next >> 2) + 1;
      } else if (code >= 16) {
        length = this.#length(code & 7, 7) + 2;
        next = this.#byte() | (this.#byte() << 8);
        distance = ((code & 8) << 11) + (next >> 2) + 16384;
        if (distance === 16384)
          return length === 3 && this.#op === this.#out.length && this.#ip === input.length;
      } else {
        next = code;
        length = state === AFTER_LONG_RUN ? 3 : 2;
        distance = (this.#byte() << 2) + (code >> 2) + (length === 3 ? 2049 : 1);
      }
      state = next & 3;
      if (!this.#match(length, distance) || !this.#literals(state)) return false;
    }
    return false; // without an end marker
  }

  /** The next byte; beyond the end a zero, which the check in `literals` or `run` then meets. */
  #byte(): number {
    return this.#in[this.#ip++] ?? 0;
  }

  /** A length field; zero means that bytes follow, 255 for each that is zero. */
  #length(field: number, base: number): number {
    if (field !== 0) return field;
    let length = base;
    while (this.#in[this.#ip] === 0 && length <= this.#out.length) {
      length += 255;
      this.#ip++;
    }
    return length + this.#byte();
  }

  #literals(length: number): boolean {
    if (this.#ip + length > this.#in.length || this.#op + length > this.#out.length) return false;
    for (let i = 0; i < length; i++) this.#out[this.#op++] = this.#in[this.#ip++] as number;
    return true;
  }

  /** Source and target may overlap: that is how a run of one byte is written. */
  #match(length: number, distance: number): boolean {
    let from = this.#op - distance;
    if (from < 0 || this.#op + length > this.#out.length) return false;
    for (let i = 0; i < length; i++) this.#out[this.#op++] = this.#out[from++] as number;
    return true;
  }
}
