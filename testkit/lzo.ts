// LZO1X, written: only literal runs and matches of the third kind, which every decoder reads.
// Documentation/staging/lzo.rst (Linux 6.12).

const WINDOW = 16384;
const MIN_MATCH = 4;
/** A match of the fourth kind at distance 16384: the end marker. */
const END = [0x11, 0, 0];

/** One block, as `src/bytes/codec/lzo.ts` reads it. */
export function lzoCompress(plain: Uint8Array): Uint8Array {
  const out: number[] = [];
  const seen = new Map<number, number>();
  let literals = 0; // where the literals that are not written yet begin
  for (let at = 0; at + MIN_MATCH <= plain.length; ) {
    const key = keyAt(plain, at);
    const from = seen.get(key);
    seen.set(key, at);
    if (from === undefined || at - from > WINDOW) {
      at++;
      continue;
    }
    let length = MIN_MATCH;
    while (at + length < plain.length && plain[from + length] === plain[at + length]) length++;
    putLiterals(out, plain.subarray(literals, at));
    putMatch(out, at - from, length);
    at += length;
    literals = at;
  }
  putLiterals(out, plain.subarray(literals));
  out.push(...END);
  return Uint8Array.from(out);
}

const keyAt = (b: Uint8Array, at: number): number =>
  new DataView(b.buffer, b.byteOffset + at, 4).getUint32(0, true);

function putLiterals(out: number[], run: Uint8Array): void {
  if (run.length === 0) return;
  if (out.length === 0 && run.length <= 238) out.push(17 + run.length);
  else if (run.length <= 3) {
    // They go into the low bits of the match before them; the first bytes of a block have none.
    const at = out.length - 2;
    out[at] = (out[at] as number) | run.length;
  } else putLength(out, run.length - 3, 15, 0);
  for (const byte of run) out.push(byte);
}

function putMatch(out: number[], distance: number, length: number): void {
  putLength(out, length - 2, 31, 32);
  const word = (distance - 1) << 2;
  out.push(word & 0xff, word >> 8);
}

/** A length in the low bits of a code, or behind it: 255 for each zero. */
function putLength(out: number[], length: number, most: number, code: number): void {
  if (length <= most) {
    out.push(code | length);
    return;
  }
  out.push(code);
  let rest = length - most;
  for (; rest > 255; rest -= 255) out.push(0);
  out.push(rest);
}
