// Taints: what made the kernel, or a module, less trustworthy. kernel/panic.c
import { virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { type Shape, shape } from '../types/view.ts';

const flagShape = shape('taint_flag', {
  set: ['c_true'],
  clear: ['c_false'],
});

/** TAINT_LIVEPATCH: include/linux/panic.h */
export const TAINT_LIVEPATCH = 15n;

/** TAINT_FLAGS_COUNT is some 20. */
const MAX_FLAGS = 64;

export interface TaintLetter {
  /** TAINT_*, the bit's number. */
  readonly bit: number;
  /** What is printed when the bit is set; and when not: a blank for nearly all, `G` for a proprietary module. */
  readonly set: string;
  readonly clear: string;
}

/** `taint_flags`, the kernel's own table; empty when it cannot be read. */
export const taintLetters = (dump: Dump): readonly TaintLetter[] =>
  dump.memo(taintLetters, () => {
    const symbol = dump.symbols.lookup('taint_flags', null);
    const size = dump.types.sizeOf(flagShape.struct);
    const set = offsetOf(dump, flagShape, 'set');
    const clear = offsetOf(dump, flagShape, 'clear');
    if (!symbol || !size || set === undefined || clear === undefined) return [];
    const letters: TaintLetter[] = [];
    // A symbol's size goes to the next symbol: behind the table is padding.
    for (let bit = 0; bit < Math.min(MAX_FLAGS, Math.floor(symbol.size / size)); bit++) {
      const bytes = dump.memory.read(virtual(symbol.address + BigInt(bit * size)), size);
      if (isFault(bytes)) break;
      const letter = String.fromCharCode(bytes[set] ?? 0);
      if (!/^[A-Z]$/.test(letter)) break;
      letters.push({ bit, set: letter, clear: String.fromCharCode(bytes[clear] ?? 0) });
    }
    return letters;
  });

function offsetOf<F extends string>(dump: Dump, shape: Shape<F>, field: F): number | undefined {
  for (const path of shape.fields[field]) {
    const member = dump.types.member(shape.struct, path);
    if (member) return member.offset;
  }
  return undefined;
}

/** The letters of the bits that are set, as crash shows a mask: `OE` of 0x3000. */
export const taintText = (dump: Dump, mask: bigint): string =>
  taintLetters(dump)
    .filter(({ bit }) => (mask >> BigInt(bit)) & 1n)
    .map(({ set }) => set)
    .join('');
