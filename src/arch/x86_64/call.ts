// Call instructions, seen from the return address they leave behind.
import { GENERAL, type GeneralRegister } from './operand.ts';

/** `call rel32`, the only direct call there is in 64-bit mode. Intel SDM vol. 2, CALL. */
const CALL_REL32 = 0xe8;

/** Bytes before a return address that a direct call takes. */
export const CALL_SIZE = 5;

/**
 * Where the call went that left this return address.
 *
 * @param before the five bytes that end at the return address
 * @returns undefined when they are no direct call
 */
export function callTarget(returnAddress: bigint, before: Uint8Array): bigint | undefined {
  if (before.length < CALL_SIZE || before[0] !== CALL_REL32) return undefined;
  const view = new DataView(before.buffer, before.byteOffset, CALL_SIZE);
  return BigInt.asUintN(64, returnAddress + BigInt(view.getInt32(1, true)));
}

/**
 * Whether the bytes that end at a return address can be any call: direct, through a register or through
 * memory (`ff /2`, two to seven bytes, after prefixes as they come).
 *
 * @param before the seven bytes that end at the return address
 */
export function endsInCall(before: Uint8Array): boolean {
  if (before.length < 7) return false;
  if (before[2] === CALL_REL32) return true;
  for (let length = 2; length <= 7; length++) {
    const at = 7 - length;
    if (before[at] !== 0xff) continue;
    const modrm = before[at + 1] as number;
    if (((modrm >> 3) & 7) === 2 && indirectLength(modrm, before[at + 2]) === length) return true;
  }
  return false;
}

/** Bytes of `ff /2` with this ModRM and, where it has one, SIB byte. Intel SDM vol. 2, table 2-2. */
function indirectLength(modrm: number, sib: number | undefined): number {
  const mode = modrm >> 6;
  const base = modrm & 7;
  if (mode === 3) return 2;
  const withSib = base === 4 ? 1 : 0;
  if (mode === 1) return 3 + withSib;
  if (mode === 2) return 6 + withSib;
  const isDisplacement = base === 5 || (withSib === 1 && ((sib ?? 0) & 7) === 5);
  return 2 + withSib + (isDisplacement ? 4 : 0);
}

/** Instructions a function may begin with that do nothing to the stack. */
const ENDBR64 = [0xf3, 0x0f, 0x1e, 0xfa];
const PUSH_RBP = 0x55;

/**
 * Whether a function's first instruction that does anything is `push %rbp`: then the caller's frame
 * pointer lies right below the return address. Skips `endbr64` and the five bytes that ftrace patches.
 *
 * @param start the function's first 16 bytes
 */
export function beginsWithPushRbp(start: Uint8Array): boolean {
  let at = ENDBR64.every((byte, i) => start[i] === byte) ? 4 : 0;
  const isFtraceSlot =
    start[at] === CALL_REL32 ||
    (start[at] === 0x0f && start[at + 1] === 0x1f && start[at + 2] === 0x44);
  if (isFtraceSlot) at += 5;
  return start[at] === PUSH_RBP;
}

/** The register a `call *%reg` goes through; undefined: the instruction is none. Intel SDM vol. 2, CALL (`ff /2`). */
export function calledRegister(call: Uint8Array): GeneralRegister | undefined {
  const rex = ((call[0] ?? 0) & 0xf0) === 0x40 ? (call[0] as number) : 0;
  const at = rex ? 1 : 0;
  const modrm = call[at + 1];
  if (call[at] !== 0xff || modrm === undefined || modrm >> 3 !== 0b11010) return undefined;
  return GENERAL[(modrm & 7) | ((rex & 1) << 3)];
}
