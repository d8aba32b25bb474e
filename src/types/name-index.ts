// Type names to numbers, without making a string of any name that nobody asks for.

/** A hash table over names that lie as bytes in a string section; chains in typed arrays. */
export class NameIndex {
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #ids: Int32Array;
  readonly #mask: number;
  #used = 0;

  /** @param capacity no more names than this will be added */
  constructor(capacity: number) {
    const buckets = 2 ** Math.max(4, Math.ceil(Math.log2(capacity + 1)));
    this.#mask = buckets - 1;
    this.#heads = new Int32Array(buckets).fill(-1);
    this.#next = new Int32Array(capacity);
    this.#ids = new Int32Array(capacity);
  }

  /** Adds the NUL-terminated name at `offset` of `strings`. */
  add(strings: Uint8Array, offset: number, id: number): void {
    let hash = FNV_BASIS;
    for (let i = offset; i < strings.length; i++) {
      const byte = strings[i] as number;
      if (byte === 0) break;
      hash = Math.imul(hash ^ byte, FNV_PRIME);
    }
    this.#insert(hash, id);
  }

  addName(name: string, id: number): void {
    this.#insert(hashOf(name), id);
  }

  /** Numbers whose name has this name's hash, the earliest added first: compare the names. */
  ids(name: string): number[] {
    const found: number[] = [];
    let slot = this.#heads[hashOf(name) & this.#mask] as number;
    for (; slot >= 0; slot = this.#next[slot] as number) found.push(this.#ids[slot] as number);
    return found.reverse();
  }

  #insert(hash: number, id: number): void {
    const slot = this.#used++;
    const bucket = hash & this.#mask;
    this.#ids[slot] = id;
    this.#next[slot] = this.#heads[bucket] as number;
    this.#heads[bucket] = slot;
  }
}

const FNV_BASIS = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

function hashOf(name: string): number {
  let hash = FNV_BASIS;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), FNV_PRIME);
  return hash;
}
