// Snappy blocks. The library bounds its output by the length that the block itself claims.
import { uncompress } from 'snappyjs';

/** A `Decompress`. */
export function snappy(stored: Uint8Array, size: number): Uint8Array | undefined {
  try {
    const page = uncompress(stored, size);
    return page.length === size ? page : undefined;
  } catch {
    return undefined; // the library's only way to say that the block is damaged
  }
}
