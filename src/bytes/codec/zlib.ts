// zlib streams, by Node's own library.
import { constants, createInflate, inflateSync } from 'node:zlib';
import { allocate } from './slab.ts';

/** What a zlib object of Node works with. Not documented, so it is tried before it is trusted. */
interface Handle {
  reset(): void;
  onerror: () => void;
  writeSync(
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputLength: number,
    output: Uint8Array,
    outputAt: number,
    outputLength: number,
  ): void;
}

/** A `Decompress`. */
export function zlib(stored: Uint8Array, size: number): Uint8Array | undefined {
  reusable ??= makeReusable();
  return reusable(stored, size);
}

type Inflate = (stored: Uint8Array, size: number) => Uint8Array | undefined;
let reusable: Inflate | undefined;

/**
 * `inflateSync` sets up a zlib state and a 16 KiB buffer for each call, which costs
 * several times what it takes to inflate a page. One state, reset for each page, does the same.
 */
function makeReusable(): Inflate {
  const stream = createInflate() as unknown as { _handle?: Handle; _writeState?: Uint32Array };
  const { _handle: handle, _writeState: left } = stream;
  if (!handle || !left || typeof handle.writeSync !== 'function') return plain;
  let failed = false;
  handle.onerror = () => {
    failed = true;
  };
  const inflate: Inflate = (stored, size) => {
    const bytes = allocate(size + ROOM);
    failed = false;
    handle.reset();
    handle.writeSync(constants.Z_FINISH, stored, 0, stored.length, bytes, 0, size + ROOM);
    // What is left of output and input: a page ends exactly with its stream.
    return failed || left[0] !== ROOM || left[1] !== 0 ? undefined : bytes.subarray(0, size);
  };
  return works(inflate) ? inflate : plain;
}

/** zlib's form of "page", and a damaged one. */
const SAMPLE = Uint8Array.of(120, 156, 43, 72, 76, 79, 5, 0, 4, 26, 1, 158);

function works(inflate: Inflate): boolean {
  try {
    const damaged = SAMPLE.slice();
    damaged[11] = 0;
    const wrong = inflate(damaged, 4);
    const page = inflate(SAMPLE, 4);
    return wrong === undefined && page !== undefined && Buffer.from(page).toString() === 'page';
  } catch {
    return false;
  }
}

function plain(stored: Uint8Array, size: number): Uint8Array | undefined {
  try {
    const page = inflateSync(stored, { maxOutputLength: size });
    return page.length === size ? page : undefined;
  } catch {
    return undefined; // the only way in which zlib says that the bytes are damaged
  }
}

/** Beyond the page: zlib tells that a stream is cut only while there is room left for more. */
const ROOM = 8;
