// Zstandard frames, by a WebAssembly decoder that has to be loaded first.
import type { Decompress } from './codec.ts';

let loaded: Promise<Decompress> | undefined;

/**
 * Loads the decoder: some milliseconds, so only for a dump that says it has such pages. Once: a second `init`
 * of the library exchanges its memory under what is already running.
 */
export function loadZstd(): Promise<Decompress> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Decompress> {
  const { init, decompress } = await import('@bokuweb/zstd-wasm');
  await init();
  return (stored, size) => {
    // The library allocates what the frame claims, and does not survive an absurd claim.
    if (frameContentSize(stored) !== size) return undefined;
    try {
      const page = decompress(stored);
      return page.length === size ? page : undefined;
    } catch {
      return undefined;
    }
  };
}

const MAGIC = 0xfd2fb528;

/**
 * What a frame says of its own plain length: RFC 8878, 3.1.1.1.
 *
 * @returns `undefined` when it is no frame, does not say, or says 4 GiB or more
 */
export function frameContentSize(frame: Uint8Array): number | undefined {
  if (frame.length < 6) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return undefined;
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  const at = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes;
  const width = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  if (at + width > frame.length) return undefined;
  if (width === 1) return view.getUint8(at);
  if (width === 2) return view.getUint16(at, true) + 256;
  if (width === 4) return view.getUint32(at, true);
  if (width === 8 && view.getUint32(at + 4, true) === 0) return view.getUint32(at, true);
  return undefined;
}
