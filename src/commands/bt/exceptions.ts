// Saved registers anywhere on a stack, found by their shape: `bt -e`, `bt -E`.
import {
  isUserMode,
  PT_REGS_SIZE,
  parsePtRegs,
  type Registers,
} from '../../arch/x86_64/registers.ts';
import { virtual } from '../../bytes/address.ts';
import { isFault } from '../../bytes/fault.ts';
import { isOn, type StackRange } from '../../kernel/cpu-stacks.ts';
import { Text } from '../../stacks/text.ts';
import type { Dump } from '../../types/dump.ts';
import { type BtException, exceptionData } from './registers.ts';

/** Selectors that Linux runs with: arch/x86/include/asm/segment.h (__KERNEL_CS, __USER_CS, __USER32_CS). */
const KERNEL_CS = 0x10n;
const USER_CS = [0x33n, 0x23n];
const KERNEL_DS = 0x18n;
const USER_DS = 0x2bn;
/** Bit 1 of the flags is always set, bits 3, 5, 15 and 22 and up never: Intel SDM vol. 1, 3.4.3. */
const FLAGS_SET = 0x2n;
const FLAGS_CLEAR = 0xffff_ffff_ffc0_8028n;
/** The highest address of user memory with 5-level paging. */
const MAX_USER = 0x00ff_ffff_ffff_ffffn;

/** Every place on a stack where a whole `struct pt_regs` can lie, from its lowest address up. */
export function exceptionsOn(
  dump: Dump,
  stack: StackRange,
  stacks: readonly StackRange[],
): BtException[] {
  const found: BtException[] = [];
  const size = Number(stack.high - stack.low);
  for (let at = 0; at + PT_REGS_SIZE <= size; at += 8) {
    const address = virtual(stack.low + BigInt(at));
    // Cheap first: the code segment is one of three values.
    const cs = dump.memory.u64(virtual(address + CS_OFFSET));
    if (isFault(cs) || (cs !== KERNEL_CS && !USER_CS.includes(cs))) continue;
    const bytes = dump.memory.read(address, PT_REGS_SIZE);
    const registers = isFault(bytes) ? undefined : parsePtRegs(bytes);
    if (!registers || !isPlausible(dump, registers, stacks)) continue;
    const frame = { address, registers, isUser: isUserMode(registers) };
    found.push(exceptionData(Text.of(dump), frame, undefined));
  }
  return found;
}

const CS_OFFSET = 17n * 8n;

function isPlausible(dump: Dump, r: Registers, stacks: readonly StackRange[]): boolean {
  if (!(r.flags & FLAGS_SET) || r.flags & FLAGS_CLEAR) return false;
  if (isUserMode(r)) return r.ss === USER_DS && r.ip <= MAX_USER && r.sp <= MAX_USER;
  if (r.ss !== KERNEL_DS && r.ss !== 0n) return false;
  return dump.symbols.isText(virtual(r.ip)) && stacks.some((stack) => isOn(stack, r.sp));
}
