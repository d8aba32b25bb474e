// What a page decompressor is.

/**
 * @param stored the compressed bytes, from a dump and so not to be trusted
 * @param size how many bytes must come out
 * @returns exactly `size` bytes, or `undefined` when the stored bytes are damaged; never throws
 */
export type Decompress = (stored: Uint8Array, size: number) => Uint8Array | undefined;
