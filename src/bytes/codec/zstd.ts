// Zstandard frames, by a WebAssembly decoder that has to be loaded first.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Decompress } from './codec.ts';
import { allocate } from './slab.ts';

let loaded: Promise<Decompress> | undefined;

/**
 * Loads the decoder: some milliseconds, so only for a dump that says it has such pages. Once: a second `init`
 * of the library exchanges its memory under what is already running.
 */
export function loadZstd(): Promise<Decompress> {
  loaded ??= load();
  return loaded;
}

/** The parts of the library that its own `decompress` calls. Not documented, so they are tried before they are trusted. */
interface Parts {
  readonly HEAPU8: Uint8Array;
  _malloc(size: number): number;
  _ZSTD_createDCtx(): number;
  _ZSTD_decompress_usingDict(
    context: number,
    output: number,
    outputLength: number,
    input: number,
    inputLength: number,
    dictionary: number,
    dictionaryLength: number,
  ): number;
}

async function load(): Promise<Decompress> {
  const { init, decompress } = await import('@bokuweb/zstd-wasm');
  await init();
  const inner = makeReusable() ?? plain(decompress);
  return (stored, size) =>
    // The library allocates what the frame claims, and does not survive an absurd claim.
    frameContentSize(stored) === size ? inner(stored, size) : undefined;
}

const plain =
  (decompress: (stored: Uint8Array) => Uint8Array): Decompress =>
  (stored, size) => {
    try {
      const page = decompress(stored);
      return page.length === size ? page : undefined;
    } catch {
      return undefined;
    }
  };

/** No page is larger, plain or stored. */
const ROOM = 64 << 10;

/**
 * The library's `decompress` sets up a decoder and allocates four times for each call, which costs as much as
 * decoding a page does. One decoder and one place each for what goes in and comes out do the same.
 */
function makeReusable(): Decompress | undefined {
  try {
    const require = createRequire(import.meta.url);
    const folder = dirname(require.resolve('@bokuweb/zstd-wasm'));
    const { Module: parts } = require(join(folder, 'zstd.js')) as { Module: Parts };
    const decode = reusing(parts);
    const damaged = SAMPLE.slice(0, -1);
    const page = decode(SAMPLE, 64);
    const isRight = page?.length === 64 && page.every((byte) => byte === 0x70);
    return isRight && decode(damaged, 64) === undefined ? decode : undefined;
  } catch {
    return undefined;
  }
}

/** 64 times the letter p, as a frame. */
const SAMPLE = Uint8Array.of(40, 181, 47, 253, 32, 64, 69, 0, 0, 16, 112, 112, 1, 0, 147, 0, 22);

function reusing(parts: Parts): Decompress {
  const context = parts._ZSTD_createDCtx();
  const input = parts._malloc(ROOM);
  const output = parts._malloc(ROOM);
  let heap = parts.HEAPU8;
  let plainBytes: Uint8Array = new Uint8Array(0);
  return (stored, size) => {
    if (stored.length > ROOM || size > ROOM) return undefined;
    // Views end when the library's memory grows.
    if (heap !== parts.HEAPU8 || plainBytes.length !== size) {
      heap = parts.HEAPU8;
      plainBytes = heap.subarray(output, output + size);
    }
    heap.set(stored, input);
    try {
      const length = parts._ZSTD_decompress_usingDict(
        context,
        output,
        size,
        input,
        stored.length,
        0,
        0,
      );
      if (length !== size) return undefined;
    } catch {
      return undefined;
    }
    const page = allocate(size);
    page.set(plainBytes);
    return page;
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
