// Memory for what decoders give out.

const SLAB = 16 * (4096 + 8);
let slab = new ArrayBuffer(0);
let used = 0;

/** Zeroed bytes, aligned for words. Pages share allocations, 16 to each: one of its own costs more than decoding it. */
export function allocate(size: number): Uint8Array {
  if (size > SLAB) return new Uint8Array(size);
  if (used + size > slab.byteLength) {
    slab = new ArrayBuffer(SLAB);
    used = 0;
  }
  const bytes = new Uint8Array(slab, used, size);
  used += Math.ceil(size / 8) * 8;
  return bytes;
}
