// What a pointer that cannot be followed says of itself.

/**
 * `null`: nothing, or a little beyond it. `error`: −ENOMEM and its like, as functions return them. `freed`, `fresh`,
 * `list`, `guard`: what the kernel writes over what must not be used any more, or not yet. `text`: characters.
 * `user`: an address of a program. `no-address`: not even that. `unmapped`: of the kernel, with nothing there.
 * `protected`: something is there, and not for that.
 */
export type BadPointer =
  | { readonly is: 'null' }
  | { readonly is: 'error'; readonly code: number }
  | { readonly is: 'freed' | 'fresh' | 'guard'; readonly pattern: string }
  | { readonly is: 'list'; readonly which: 'next' | 'prev' | null }
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'user' | 'no-address' | 'unmapped' | 'protected' };

const PAGE = 0x1000n;
/** MAX_ERRNO. include/linux/err.h */
const MOST_ERRORS = 4095n;
const TOP = 1n << 64n;

/** CONFIG_ILLEGAL_POINTER_VALUE with its list marks: include/linux/poison.h (5.10 to 7.2). */
const LIST_MARKS: readonly (readonly [value: bigint, which: 'next' | 'prev'])[] = [
  [0xdead_0000_0000_0100n, 'next'],
  [0xdead_0000_0000_0122n, 'prev'],
];

/** Bytes that the allocators repeat: POISON_FREE, POISON_INUSE, PAGE_POISON, SLUB_RED_*. include/linux/poison.h */
const FILLED: readonly (readonly [byte: bigint, is: 'freed' | 'fresh' | 'guard'])[] = [
  [0x6bn, 'freed'],
  [0x5an, 'fresh'],
  [0xaan, 'freed'],
  [0xbbn, 'guard'],
  [0xccn, 'guard'],
];

/**
 * @param pointer what was followed
 * @param reach how far from it the access was
 * @param isMapped whether the kernel has memory at the address that was wanted
 */
export function badPointer(pointer: bigint, reach: bigint, isMapped: boolean): BadPointer {
  const address = BigInt.asUintN(64, pointer + reach);
  if (pointer < PAGE) return { is: 'null' };
  if (pointer >= TOP - MOST_ERRORS) return { is: 'error', code: Number(pointer - TOP) };
  for (const value of [pointer, address]) {
    const known = marked(value);
    if (known) return known;
  }
  const text = textOf(pointer);
  if (text !== undefined) return { is: 'text', text };
  if (address < 0x0000_8000_0000_0000n) return { is: 'user' };
  if (address < 0xff00_0000_0000_0000n) return { is: 'no-address' };
  return { is: isMapped ? 'protected' : 'unmapped' };
}

function marked(value: bigint): BadPointer | undefined {
  for (const [mark, which] of LIST_MARKS) if (value === mark) return { is: 'list', which };
  // From the entry to the object around it.
  if (LIST_MARKS.some(([mark]) => distance(value, mark) < PAGE / 2n))
    return { is: 'list', which: null };
  for (const [byte, is] of FILLED) {
    let filled = 0n;
    for (let i = 0; i < 8; i++) filled = (filled << 8n) | byte;
    // The last byte of a freed object is POISON_END.
    const ended = byte === 0x6bn ? (filled & ((1n << 56n) - 1n)) | (0xa5n << 56n) : filled;
    for (const pattern of [filled, ended])
      if (distance(value, pattern) < PAGE) return { is, pattern: `0x${byte.toString(16)}` };
  }
  return undefined;
}

const distance = (a: bigint, b: bigint): bigint => (a > b ? a - b : b - a);

/** Four characters and more, in the order of memory, with nothing behind them but zeros. */
function textOf(value: bigint): string | undefined {
  let text = '';
  for (let rest = value; rest > 0n; rest >>= 8n) {
    const byte = Number(rest & 0xffn);
    if (byte < 0x20 || byte > 0x7e) return undefined;
    text += String.fromCharCode(byte);
  }
  return text.length >= 5 ? text : undefined;
}
