// What stands behind the `#` of an instruction: what its operands point at.
import type { Instruction } from '../../arch/x86_64/disassembly/decoder.ts';
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { isFault } from '../../bytes/fault.ts';
import type { Dump } from '../../types/dump.ts';

/** Characters of a string that are looked at, and shown. */
const LIMIT = 80;
/** Shorter than this, bytes that are printable by chance are more frequent than strings. */
const SHORTEST = 3;
const FIRST_KERNEL_ADDRESS = 1n << 63n;

/** The string that an operand's address or a constant points at; null when it is none. */
export function stringAt(dump: Dump, instruction: Instruction): string | null {
  const { operand, immediate, target } = instruction;
  const at = immediate ?? operand;
  // Only what is passed on as an address, not what is read or compared.
  if (at === undefined || target !== undefined || at < FIRST_KERNEL_ADDRESS) return null;
  if (!(immediate === undefined ? /^lea\s/ : /^(?:movq?|push|movl)\s/).test(instruction.text))
    return null;
  const address = virtual(at);
  if (dump.symbols.isText(address)) return null;
  return printable(dump, address);
}

function printable(dump: Dump, address: VirtualAddress): string | null {
  const text = dump.memory.text(address, LIMIT);
  if (isFault(text) || text.length < SHORTEST) return null;
  // KERN_SOH and a level stand before a message: include/linux/kern_levels.h.
  const message = text.charCodeAt(0) === 1 ? text.slice(2) : text;
  return /^[\x20-\x7e\n\t]+$/.test(message) ? message : null;
}

/** As C would write it. */
export const quoted = (text: string): string =>
  `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`;
