// Type names to numbers, without making a string of any name that nobody asks for.
import type { Region } from '../memory/region.ts';

/** Chains to a hundred thousand names stay short; more only makes them longer. */
const BUCKETS = 1 << 16;

/** Longer than any name: bounds what a damaged string section costs. */
export const MAX_NAME = 512;

/** A hash table over names that lie as bytes in a string section; chains in typed arrays. */
export class NameIndex {
  /** Of each bucket the slot added last, counted from 1; 0: none. */
  readonly #heads = new Int32Array(BUCKETS);
  #next = new Int32Array(16384);
  #ids = new Int32Array(16384);
  #used = 0;

  /** Adds the NUL-terminated name at `offset` of `strings`. */
  add(strings: Region, offset: number, id: number): void {
    let hash = FNV_BASIS;
    for (let i = offset; i < offset + MAX_NAME; i++) {
      const byte = strings.u8(i);
      if (byte <= 0) break;
      hash = Math.imul(hash ^ byte, FNV_PRIME);
    }
    this.#insert(hash, id);
  }

  addName(name: string, id: number): void {
    this.#insert(hashOf(name), id);
  }

  /** Numbers whose name may be this one, the earliest added first: compare the names. */
  ids(name: string): number[] {
    const found: number[] = [];
    let slot = this.#heads[bucketOf(hashOf(name))] as number;
    for (; slot > 0; slot = this.#next[slot - 1] as number)
      found.push(this.#ids[slot - 1] as number);
    return found.reverse();
  }

  #insert(hash: number, id: number): void {
    const slot = this.#used++;
    if (slot === this.#ids.length) {
      this.#ids = grown(this.#ids);
      this.#next = grown(this.#next);
    }
    const bucket = bucketOf(hash);
    this.#ids[slot] = id;
    this.#next[slot] = this.#heads[bucket] as number;
    this.#heads[bucket] = slot + 1;
  }
}

const FNV_BASIS = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

const bucketOf = (hash: number): number => (hash ^ (hash >>> 16)) & (BUCKETS - 1);

function hashOf(name: string): number {
  let hash = FNV_BASIS;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), FNV_PRIME);
  return hash;
}

function grown(from: Int32Array): Int32Array<ArrayBuffer> {
  const to = new Int32Array(from.length * 2);
  to.set(from);
  return to;
}
