// Which bytes `dis` shows, and the instructions in them.
import {
  disassembler,
  type Instruction,
  MAX_LENGTH,
} from '../../arch/x86_64/disassembly/decoder.ts';
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { type Fault, isFault } from '../../bytes/fault.ts';
import { type Memory, PAGE_SIZE } from '../../memory/memory.ts';
import type { KernelSymbol } from '../../symbols/table.ts';

export interface Range {
  readonly from: VirtualAddress;
  /** First byte behind; undefined: `count` alone ends it. */
  readonly end: bigint | undefined;
  readonly count: number;
  /** The first address that is shown: instructions are counted from the function's start. */
  readonly shown: bigint;
  /** The last one shown is the first at or behind this address; undefined: any. */
  readonly through: bigint | undefined;
  /** Whether the padding behind a function is left out. */
  readonly isTrimmed: boolean;
}

export interface Decoded {
  readonly instruction: Instruction;
  readonly bytes: Uint8Array;
}

/** No function is longer: bounds what a damaged symbol asks for. */
const MAX_FUNCTION = 1 << 20;

/**
 * A function's start asks for all of it, another address for one instruction.
 *
 * @param symbol that covers the address
 * @param towards `start`: from the function's start to the address; `end`: from it to the function's end
 */
export function rangeOf(
  address: VirtualAddress,
  symbol: KernelSymbol | undefined,
  count: number | undefined,
  towards: 'start' | 'end' | undefined,
): Range {
  const plain = { from: address, shown: address, end: undefined, through: undefined };
  if (symbol && towards === 'start')
    return {
      ...plain,
      from: symbol.address,
      shown: symbol.address,
      through: address,
      count: MAX_FUNCTION,
      isTrimmed: false,
    };
  const isWhole = symbol && (towards === 'end' || address === symbol.address);
  if (!isWhole || count !== undefined) return { ...plain, count: count ?? 1, isTrimmed: false };
  const size = Math.min(Math.max(symbol.size, 1), MAX_FUNCTION);
  return {
    ...plain,
    from: symbol.address,
    end: symbol.address + BigInt(size),
    count: MAX_FUNCTION,
    // A kernel symbol reaches to the next one; a module's has a size of its own.
    isTrimmed: symbol.module === undefined,
  };
}

/** Bytes decoded at a time. */
const CHUNK = 2048;

/** The instructions of a range, and why they end before it does. */
export function decode(
  memory: Memory,
  range: Range,
): { readonly found: readonly Decoded[]; readonly fault: Fault | undefined } {
  const found: Decoded[] = [];
  let fault: Fault | undefined;
  let at = range.from;
  while (found.length < range.count && (range.end === undefined || at < range.end)) {
    const bytes = bytesAt(memory, at);
    if (isFault(bytes)) {
      fault = bytes;
      break;
    }
    const before = at;
    for (const decoded of pieces(bytes, at)) {
      found.push(decoded);
      at = virtual(at + BigInt(decoded.instruction.length));
      if (range.through !== undefined && decoded.instruction.address >= range.through)
        return { found, fault };
      if (found.length === range.count || (range.end !== undefined && at >= range.end)) break;
    }
    if (at <= before) break;
  }
  const shown = found.filter(({ instruction }) => instruction.address >= range.shown);
  return { found: range.isTrimmed ? withoutPadding(shown) : shown, fault };
}

/** The instructions of a piece but for its last bytes, which may be the start of one that goes on behind. */
function* pieces(bytes: Uint8Array, at: VirtualAddress): Generator<Decoded> {
  for (const instruction of disassembler().instructions(bytes, at)) {
    const offset = Number(instruction.address - at);
    if (offset > 0 && bytes.length - offset < MAX_LENGTH) return;
    yield { instruction, bytes: bytes.subarray(offset, offset + instruction.length) };
  }
}

/** Up to CHUNK bytes: fewer before a page that is missing. */
function bytesAt(memory: Memory, at: VirtualAddress): Uint8Array | Fault {
  const whole = memory.read(at, CHUNK);
  return isFault(whole) ? memory.read(at, PAGE_SIZE - Number(at & 0xfffn)) : whole;
}

const NOP = /(?:^|\s)(?:nop[wl]?|xchg\s+%ax,%ax)(?:\s|$)/;
/** A return is patched over a jump of five bytes, the rest of it with int3: arch/x86/kernel/alternative.c (6.12). */
const BEHIND_RETURN = 4;

function withoutPadding(found: readonly Decoded[]): readonly Decoded[] {
  const textAt = (index: number): string => found[index]?.instruction.text ?? '';
  let length = found.length;
  while (length > 1 && NOP.test(textAt(length - 1))) length--;
  let code = length;
  while (code > 1 && textAt(code - 1) === 'int3') code--;
  return found.slice(0, Math.min(length, code + BEHIND_RETURN));
}
