// What is searched for, and where it is in a page.
import { latin1 } from '../../bytes/cursor.ts';

/** A value: equal to a word but for the bits that do not matter. */
export interface ValueNeedle {
  readonly value: bigint;
  /** Bits that matter. */
  readonly care: bigint;
  /** What stands behind a match: `(init_task)`; empty for a number. */
  readonly label: string;
}

export interface Hit {
  /** Bytes from the start of the page; negative: the string began in the page before. */
  readonly offset: number;
  readonly value: bigint;
  readonly label: string;
}

export type Finder = (page: Uint8Array, from: number, to: number, hits: Hit[]) => void;

/** Words of 64, 32 or 16 bits at their own alignment. */
export function valueFinder(needles: readonly ValueNeedle[], bits: 16 | 32 | 64): Finder {
  const aligned = new Uint8Array(4096);
  const look = { 16: halves, 32: words, 64: longs }[bits];
  return (page, from, to, hits) => {
    let bytes = page;
    if (page.byteOffset % 4 !== 0) {
      aligned.set(page);
      bytes = aligned;
    }
    const before = hits.length;
    for (const needle of needles) look(bytes, needle, from, to, hits);
    if (needles.length > 1 && hits.length > before + 1) sortFrom(hits, before);
  };
}

function sortFrom(hits: Hit[], start: number): void {
  const sorted = hits.splice(start).sort((a, b) => a.offset - b.offset);
  for (const hit of sorted) hits.push(hit);
}

function longs(page: Uint8Array, needle: ValueNeedle, from: number, to: number, hits: Hit[]): void {
  const view = new Uint32Array(page.buffer, page.byteOffset, 1024);
  const low = Number(needle.value & 0xffff_ffffn) | 0;
  const high = Number(needle.value >> 32n) | 0;
  const careLow = Number(needle.care & 0xffff_ffffn) | 0;
  const careHigh = Number(needle.care >> 32n) | 0;
  const end = to >> 2;
  for (let i = ((from + 7) >> 3) << 1; i + 1 < end; i += 2) {
    if ((((view[i] as number) ^ low) & careLow) !== 0) continue;
    if ((((view[i + 1] as number) ^ high) & careHigh) !== 0) continue;
    const value = (BigInt(view[i + 1] as number) << 32n) | BigInt(view[i] as number);
    hits.push({ offset: i * 4, value, label: needle.label });
  }
}

function words(page: Uint8Array, needle: ValueNeedle, from: number, to: number, hits: Hit[]): void {
  const view = new Uint32Array(page.buffer, page.byteOffset, 1024);
  const value = Number(needle.value) | 0;
  const care = Number(needle.care & 0xffff_ffffn) | 0;
  for (let i = (from + 3) >> 2; i < to >> 2; i++)
    if ((((view[i] as number) ^ value) & care) === 0)
      hits.push({ offset: i * 4, value: BigInt(view[i] as number), label: needle.label });
}

function halves(
  page: Uint8Array,
  needle: ValueNeedle,
  from: number,
  to: number,
  hits: Hit[],
): void {
  const view = new Uint16Array(page.buffer, page.byteOffset, 2048);
  const value = Number(needle.value);
  const care = Number(needle.care & 0xffffn);
  for (let i = (from + 1) >> 1; i < to >> 1; i++)
    if ((((view[i] as number) ^ value) & care) === 0)
      hits.push({ offset: i * 2, value: BigInt(view[i] as number), label: needle.label });
}

/** Strings, also such that begin in one page and end in the next. */
export class StringFinder {
  readonly #texts: readonly Buffer[];
  readonly #longest: number;
  /** The end of the page before, when this one follows it. */
  #tail: Uint8Array = new Uint8Array(0);

  constructor(texts: readonly string[]) {
    this.#texts = texts.map((text) => Buffer.from(text, 'utf8'));
    this.#longest = Math.max(...this.#texts.map((text) => text.length));
  }

  /** What comes next does not follow what came before. */
  gap(): void {
    this.#tail = new Uint8Array(0);
  }

  find(page: Uint8Array, from: number, to: number, hits: Hit[]): void {
    const before = hits.length;
    const part = page.subarray(from, to);
    const tail = this.#tail.length;
    if (tail > 0)
      this.#across(
        Buffer.concat([this.#tail, part.subarray(0, this.#longest - 1)]),
        tail,
        from,
        hits,
      );
    const bytes = Buffer.from(part.buffer, part.byteOffset, part.length);
    for (const text of this.#texts)
      for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1))
        hits.push({ offset: from + at, value: 0n, label: latin1(text) });
    if (hits.length > before + 1) sortFrom(hits, before);
    this.#tail = Uint8Array.from(part.subarray(Math.max(0, part.length - this.#longest + 1)));
  }

  #across(seam: Buffer, tail: number, from: number, hits: Hit[]): void {
    for (const text of this.#texts)
      for (let at = seam.indexOf(text); at >= 0 && at < tail; at = seam.indexOf(text, at + 1))
        if (at + text.length > tail)
          hits.push({ offset: from + at - tail, value: 0n, label: latin1(text) });
  }
}
