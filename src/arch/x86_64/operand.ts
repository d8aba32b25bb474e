// Which memory an instruction touches: enough of the encoding to compute an effective address.
// Intel SDM volume 2, chapter 2 and appendix A (64-bit mode).
import type { Registers } from './registers.ts';

/** Register numbers as ModRM, SIB and REX spell them. */
export const GENERAL = [
  'ax',
  'cx',
  'dx',
  'bx',
  'sp',
  'bp',
  'si',
  'di',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
] as const satisfies readonly (keyof Registers)[];

export type GeneralRegister = (typeof GENERAL)[number];

/** `rax`, `r12`: as assembly spells a 64-bit register. */
export const spellRegister = (name: GeneralRegister): string =>
  /^r\d/.test(name) ? name : `r${name}`;

export interface MemoryOperand {
  readonly base: GeneralRegister | undefined;
  readonly index: GeneralRegister | undefined;
  readonly scale: number;
  readonly displacement: number;
  /** Relative to the next instruction. */
  readonly isRelative: boolean;
  /** fs or gs: its base is in no register of a pt_regs. */
  readonly segment: 'fs' | 'gs' | undefined;
  /** The register operand beside it; meaningless where the opcode extends there. */
  readonly register: GeneralRegister;
  /** Up to the displacement's end; immediates may follow. */
  readonly length: number;
  /** `mov r64, [m]`: a plain load of a whole pointer. */
  readonly isPointerLoad: boolean;
  readonly access: 'read' | 'write' | undefined;
}

/** Legacy prefixes in any order: lock, repeat, segments, sizes. */
const PREFIXES = new Set([0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65, 0x66, 0x67]);
const MOST_PREFIXES = 4;

/** The explicit memory operand; undefined: the instruction has none, or is none that we decode (VEX, EVEX). */
export function memoryOperand(code: Uint8Array): MemoryOperand | undefined {
  let at = 0;
  let segment: 'fs' | 'gs' | undefined;
  while (at < MOST_PREFIXES && PREFIXES.has(code[at] ?? 0)) {
    if (code[at] === 0x64) segment = 'fs';
    if (code[at] === 0x65) segment = 'gs';
    // 32-bit addresses: the kernel has none.
    if (code[at] === 0x67) return undefined;
    at++;
  }
  const rex = ((code[at] ?? 0) & 0xf0) === 0x40 ? (code[at++] as number) : 0;
  const opcode = opcodeAt(code, at);
  if (!opcode) return undefined;
  at += opcode.length;
  const modrm = code[at++];
  if (modrm === undefined || modrm >> 6 === 3) return undefined;
  const place = placeOf(code, at, modrm, rex);
  return (
    place && {
      ...place,
      segment,
      register: GENERAL[((modrm >> 3) & 7) | ((rex & 4) << 1)] as GeneralRegister,
      isPointerLoad: opcode.value === 0x8b && (rex & 8) !== 0,
      access: accessOf(opcode.value),
    }
  );
}

/** The opcode, one, two or three bytes, of an instruction with a ModRM byte. */
function opcodeAt(code: Uint8Array, at: number): { value: number; length: number } | undefined {
  const first = code[at];
  const second = code[at + 1];
  if (first === undefined || second === undefined) return undefined;
  if (first !== 0x0f) return hasModrm(first) ? { value: first, length: 1 } : undefined;
  if (second === 0x38 || second === 0x3a)
    return { value: 0x0f0000 | (second << 8) | (code[at + 2] ?? 0), length: 3 };
  return twoByteHasModrm(second) ? { value: 0x0f00 | second, length: 2 } : undefined;
}

function hasModrm(opcode: number): boolean {
  if (opcode < 0x40) return (opcode & 7) < 4;
  if (opcode >= 0x80 && opcode <= 0x8f) return true;
  if (opcode >= 0xd8 && opcode <= 0xdf) return true;
  return [0x63, 0x69, 0x6b, 0xc0, 0xc1, 0xc6, 0xc7, 0xd0, 0xd1, 0xd2, 0xd3].includes(opcode)
    ? true
    : [0xf6, 0xf7, 0xfe, 0xff].includes(opcode);
}

function twoByteHasModrm(opcode: number): boolean {
  if (opcode >= 0x80 && opcode <= 0x8f) return false;
  if (opcode >= 0x30 && opcode <= 0x37) return false;
  if (opcode >= 0xc8 && opcode <= 0xcf) return false;
  const none = [0x05, 0x06, 0x07, 0x08, 0x09, 0x0b, 0x0e, 0x77, 0xa0, 0xa1, 0xa2, 0xa8, 0xa9, 0xaa];
  return !none.includes(opcode);
}

type Place = Pick<
  MemoryOperand,
  'base' | 'index' | 'scale' | 'displacement' | 'isRelative' | 'length'
>;

/** ModRM (not a register), SIB and displacement. @param at behind the ModRM byte */
function placeOf(code: Uint8Array, at: number, modrm: number, rex: number): Place | undefined {
  const mod = modrm >> 6;
  const rm = modrm & 7;
  const bytes = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const named = (low: number, high: number) => GENERAL[low | (high ? 8 : 0)];
  let base = named(rm, rex & 1);
  let index: GeneralRegister | undefined;
  let scale = 1;
  let isRelative = false;
  let size = [0, 1, 4][mod] as number;
  let next = at;
  if (rm === 4) {
    const sib = code[next++];
    if (sib === undefined) return undefined;
    scale = 1 << (sib >> 6);
    index = named((sib >> 3) & 7, rex & 2);
    if (index === 'sp') index = undefined;
    base = named(sib & 7, rex & 1);
    if ((sib & 7) === 5 && mod === 0) {
      base = undefined;
      size = 4;
    }
  } else if (rm === 5 && mod === 0) {
    base = undefined;
    isRelative = true;
    size = 4;
  }
  if (next + size > code.length) return undefined;
  const displacement =
    size === 4 ? bytes.getInt32(next, true) : size === 1 ? bytes.getInt8(next) : 0;
  return { base, index, scale, displacement, isRelative, length: next + size };
}

/** Whether the memory is only read or only written; undefined: both, or it depends. */
function accessOf(opcode: number): 'read' | 'write' | undefined {
  const reads = [0x8a, 0x8b, 0x63, 0x69, 0x6b, 0x84, 0x85, 0x0fb6, 0x0fb7, 0x0fbe, 0x0fbf];
  if (reads.includes(opcode)) return 'read';
  // Arithmetic with a register as its destination, and comparisons.
  if (opcode < 0x40 && ((opcode & 7) === 2 || (opcode & 7) === 3 || opcode >= 0x38)) return 'read';
  return [0x88, 0x89, 0xc6, 0xc7].includes(opcode) ? 'write' : undefined;
}

/** Where it is, with these registers; undefined: relative to fs or gs. @param next address behind the instruction */
export function effectiveAddress(
  operand: MemoryOperand,
  registers: Registers,
  next: bigint,
): bigint | undefined {
  if (operand.segment) return undefined;
  const base = operand.isRelative ? next : operand.base ? registers[operand.base] : 0n;
  const index = operand.index ? registers[operand.index] * BigInt(operand.scale) : 0n;
  return BigInt.asUintN(64, base + index + BigInt(operand.displacement));
}

/** What a string instruction reads and writes. */
export interface StringAccess {
  readonly register: 'si' | 'di';
  readonly access: 'read' | 'write';
}

/** movs, cmps, stos, lods, scas, repeated or not: how memory is copied, filled and compared. Intel SDM vol. 2 */
const STRING: Readonly<Record<number, readonly StringAccess[]>> = {
  164: [
    { register: 'si', access: 'read' },
    { register: 'di', access: 'write' },
  ],
  166: [
    { register: 'si', access: 'read' },
    { register: 'di', access: 'read' },
  ],
  170: [{ register: 'di', access: 'write' }],
  172: [{ register: 'si', access: 'read' }],
  174: [{ register: 'di', access: 'read' }],
};

/** Empty: it is none. */
export function stringAccesses(code: Uint8Array): readonly StringAccess[] {
  let at = 0;
  while (at < MOST_PREFIXES && PREFIXES.has(code[at] ?? 0)) at++;
  if (((code[at] ?? 0) & 0xf0) === 0x40) at++;
  // The lowest bit: bytes, or more at once.
  return STRING[(code[at] ?? 0) & 0xfe] ?? [];
}

/** What `div` and `idiv` divide by; undefined: the instruction is neither. Intel SDM vol. 2, `f6 /6`, `/7`, `f7 /6`, `/7` */
export function dividedBy(
  code: Uint8Array,
): { readonly register: GeneralRegister } | { readonly memory: MemoryOperand } | undefined {
  let at = 0;
  while (at < MOST_PREFIXES && PREFIXES.has(code[at] ?? 0)) at++;
  const rex = ((code[at] ?? 0) & 0xf0) === 0x40 ? (code[at++] as number) : 0;
  const modrm = code[at + 1];
  if (((code[at] ?? 0) & 0xfe) !== 0xf6 || modrm === undefined || ((modrm >> 3) & 6) !== 6)
    return undefined;
  if (modrm >> 6 === 3)
    return { register: GENERAL[(modrm & 7) | ((rex & 1) << 3)] as GeneralRegister };
  const memory = memoryOperand(code);
  return memory && { memory };
}
