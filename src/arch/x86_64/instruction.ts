// Length and effect on registers of the kernel's everyday instructions: enough to follow a pointer through a block
// of code. Intel SDM volume 2, appendix A (64-bit mode). What is not known here ends the following.
import { GENERAL, type GeneralRegister, type MemoryOperand, memoryOperand } from './operand.ts';

/** What the System V ABI lets a called function change. */
const CALLER_SAVED: readonly GeneralRegister[] = [
  'ax',
  'cx',
  'dx',
  'si',
  'di',
  'r8',
  'r9',
  'r10',
  'r11',
];

export type Effect =
  /** Registers get values that are not followed. */
  | { readonly does: 'writes'; readonly registers: readonly GeneralRegister[] }
  | { readonly does: 'copies'; readonly to: GeneralRegister; readonly from: GeneralRegister }
  | {
      readonly does: 'loads';
      readonly to: GeneralRegister;
      readonly operand: MemoryOperand;
      readonly size: 4 | 8;
    }
  /** A register gets another's value with a constant added: `lea 0x8(%rdi),%rdx`, `add $0x8,%rdi`. */
  | {
      readonly does: 'adds';
      readonly to: GeneralRegister;
      readonly from: GeneralRegister;
      readonly constant: number;
    }
  /** A call: to `target`, relative to the instruction's own start; undefined: anywhere. */
  | {
      readonly does: 'calls';
      readonly registers: readonly GeneralRegister[];
      readonly target: number | undefined;
    }
  /** To `target`, relative to the instruction's own start; undefined: anywhere. */
  | { readonly does: 'jumps'; readonly isConditional: boolean; readonly target: number | undefined }
  /** `ud2`: a check failed. The kernel goes on behind it when that was only a warning. */
  | { readonly does: 'traps' }
  /** Does not go on behind itself. */
  | { readonly does: 'ends' };

export interface Instruction {
  readonly length: number;
  readonly effect: Effect;
}

const writes = (...registers: GeneralRegister[]): Effect => ({ does: 'writes', registers });
const NOTHING = writes();

/** The instruction at the start of `code`; undefined: none that is known. */
export function decode(code: Uint8Array): Instruction | undefined {
  if (isWarning(code)) return { length: WARNING_SIZE, effect: { does: 'traps' } };
  let at = 0;
  let isShort = false;
  for (
    ;
    at < 4 && [0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65, 0x66].includes(code[at] ?? 0);
    at++
  )
    isShort ||= code[at] === 0x66;
  const rex = ((code[at] ?? 0) & 0xf0) === 0x40 ? (code[at++] as number) : 0;
  const opcode = code[at];
  if (opcode === undefined) return undefined;
  const found = opcode === 0x0f ? twoByte(code, at + 1, rex) : oneByte(code, at, rex, isShort);
  return found && found.length <= code.length ? found : undefined;
}

/**
 * `ud1 (%edx),%reg`: how a WARN() of 7.x tells its entry of the table of checks, in a register. arch/x86/include/asm/bug.h
 * (7.2)
 */
export const isWarning = (code: Uint8Array): boolean =>
  code[0] === 0x67 && ((code[1] ?? 0) & 0xf8) === 0x48 && code[2] === 0x0f && code[3] === 0xb9;
const WARNING_SIZE = 5;

/** The register of such an instruction. */
export const warningRegister = (code: Uint8Array): GeneralRegister =>
  GENERAL[(((code[4] ?? 0) >> 3) & 7) | (((code[1] ?? 0) & 4) << 1)] as GeneralRegister;

interface ModRm {
  /** Up to the end of the displacement. */
  readonly end: number;
  readonly register: GeneralRegister;
  /** The opcode's extension in the register's place. */
  readonly extension: number;
  /** The other operand, when it is a register. */
  readonly other: GeneralRegister | undefined;
}

/** @param at of the ModRM byte @param code the whole instruction */
function modrm(code: Uint8Array, at: number, rex: number): ModRm | undefined {
  const byte = code[at];
  if (byte === undefined) return undefined;
  const extension = (byte >> 3) & 7;
  const register = GENERAL[extension | ((rex & 4) << 1)] as GeneralRegister;
  if (byte >> 6 === 3)
    return { end: at + 1, register, extension, other: GENERAL[(byte & 7) | ((rex & 1) << 3)] };
  const operand = memoryOperand(code);
  return operand && { end: operand.length, register, extension, other: undefined };
}

const int32 = (code: Uint8Array, at: number): number =>
  at + 4 <= code.length ? new DataView(code.buffer, code.byteOffset).getInt32(at, true) : 0;
const int8 = (code: Uint8Array, at: number): number => ((code[at] ?? 0) << 24) >> 24;

/** A byte register without REX may be the high byte of one of the first four. */
const bytePart = (name: GeneralRegister | undefined): GeneralRegister[] =>
  name === undefined ? [] : [name, GENERAL[GENERAL.indexOf(name) & 3] as GeneralRegister];
const whole = (name: GeneralRegister | undefined): GeneralRegister[] => (name ? [name] : []);

function oneByte(
  code: Uint8Array,
  at: number,
  rex: number,
  isShort: boolean,
): Instruction | undefined {
  const opcode = code[at] as number;
  const next = at + 1;
  const immediate = isShort ? 2 : 4;
  const low = GENERAL[(opcode & 7) | ((rex & 1) << 3)] as GeneralRegister;
  if (opcode >= 0x70 && opcode <= 0x7f) return jump(next + 1, true, int8(code, next));
  if (opcode < 0x40) return arithmetic(code, at, rex, immediate);
  if (opcode >= 0x50 && opcode <= 0x57) return { length: next, effect: NOTHING };
  if (opcode >= 0x58 && opcode <= 0x5f) return { length: next, effect: writes(low) };
  if (opcode >= 0xb0 && opcode <= 0xb7)
    return { length: next + 1, effect: writes(...bytePart(low)) };
  if (opcode >= 0xb8 && opcode <= 0xbf)
    return { length: next + (rex & 8 ? 8 : immediate), effect: writes(low) };
  switch (opcode) {
    case 0x68:
      return { length: next + immediate, effect: NOTHING };
    case 0x6a:
    case 0xa8:
      return { length: next + 1, effect: NOTHING };
    case 0x90:
      return { length: next, effect: NOTHING };
    case 0x9c:
    case 0xfa:
    case 0xfb:
      return { length: next, effect: NOTHING };
    case 0x9d:
      return { length: next, effect: writes('sp') };
    case 0xa4:
    case 0xa5:
      return { length: next, effect: writes('cx', 'si', 'di') };
    case 0xaa:
    case 0xab:
      return { length: next, effect: writes('cx', 'di') };
    case 0x98:
      return { length: next, effect: writes('ax') };
    case 0x99:
      return { length: next, effect: writes('dx') };
    case 0xa9:
      return { length: next + immediate, effect: NOTHING };
    case 0xc9:
      return { length: next, effect: writes('sp', 'bp') };
    case 0xc3:
    case 0xcc:
      return { length: next, effect: { does: 'ends' } };
    case 0xe8:
      return {
        length: next + 4,
        effect: { does: 'calls', registers: CALLER_SAVED, target: next + 4 + int32(code, next) },
      };
    case 0xe9:
      return jump(next + 4, false, int32(code, next));
    case 0xeb:
      return jump(next + 1, false, int8(code, next));
    default:
      return withModrm(code, at, rex, immediate);
  }
}

const jump = (length: number, isConditional: boolean, distance: number): Instruction => ({
  length,
  effect: { does: 'jumps', isConditional, target: length + distance },
});

/** add, or, adc, sbb, and, sub, xor, cmp in their six forms. */
function arithmetic(
  code: Uint8Array,
  at: number,
  rex: number,
  immediate: number,
): Instruction | undefined {
  const opcode = code[at] as number;
  const form = opcode & 7;
  const isCompare = opcode >= 0x38;
  if (form > 5) return undefined;
  if (form === 4) return { length: at + 2, effect: isCompare ? NOTHING : writes('ax') };
  if (form === 5) return { length: at + 1 + immediate, effect: isCompare ? NOTHING : writes('ax') };
  const operands = modrm(code, at + 1, rex);
  if (!operands) return undefined;
  const changed = form < 2 ? operands.other : operands.register;
  const registers = form & 1 ? whole(changed) : bytePart(changed);
  return { length: operands.end, effect: isCompare ? NOTHING : writes(...registers) };
}

function withModrm(
  code: Uint8Array,
  at: number,
  rex: number,
  immediate: number,
): Instruction | undefined {
  const opcode = code[at] as number;
  const operands = modrm(code, at + 1, rex);
  if (!operands) return undefined;
  const { end, register, extension, other } = operands;
  const done = (effect: Effect, more = 0): Instruction => ({ length: end + more, effect });
  switch (opcode) {
    case 0x63:
      return done(other ? writes(register) : moved(code, register, undefined, 0));
    case 0x8d:
      return done(addressed(code, register, rex));
    case 0x69:
      return done(writes(register), immediate);
    case 0x6b:
      return done(writes(register), 1);
    case 0x80:
      return done(extension === 7 ? NOTHING : writes(...bytePart(other)), 1);
    case 0x81:
      return done(withConstant(extension, other, rex, int32(code, end)), immediate);
    case 0x83:
      return done(withConstant(extension, other, rex, int8(code, end)), 1);
    case 0x84:
    case 0x85:
      return done(NOTHING);
    case 0x86:
    case 0x87:
      return done(writes(...bytePart(register), ...bytePart(other)));
    case 0x88:
      return done(writes(...bytePart(other)));
    case 0x8a:
      return done(writes(...bytePart(register)));
    case 0x89:
      if (!other) return done(NOTHING);
      return done(rex & 8 ? { does: 'copies', to: other, from: register } : writes(other));
    case 0x8b:
      return done(moved(code, register, other, rex));
    case 0xc0:
    case 0xc1:
      return done(writes(...bytePart(other)), 1);
    case 0xc6:
      return done(writes(...bytePart(other)), 1);
    case 0xc7:
      return done(writes(...whole(other)), immediate);
    case 0xd1:
    case 0xd3:
      return done(writes(...whole(other)));
    case 0xf6:
      if (extension > 3) return done(writes('ax', 'dx'));
      return done(writes(...bytePart(extension < 2 ? undefined : other)), extension < 2 ? 1 : 0);
    case 0xf7:
      if (extension > 3) return done(writes('ax', 'dx'));
      return done(
        writes(...whole(extension < 2 ? undefined : other)),
        extension < 2 ? immediate : 0,
      );
    case 0xfe:
      return done(writes(...bytePart(other)));
    case 0xff:
      return indirect(done, extension, other);
    default:
      return undefined;
  }
}

/** `lea`: an address that is another register's value and a constant. */
function addressed(code: Uint8Array, to: GeneralRegister, rex: number): Effect {
  const operand = memoryOperand(code);
  if (!(rex & 8) || !operand?.base || operand.index) return writes(to);
  return { does: 'adds', to, from: operand.base, constant: operand.displacement };
}

/** add, or, …, cmp with a constant: only `add` and `sub` of whole registers are followed. */
function withConstant(
  extension: number,
  other: GeneralRegister | undefined,
  rex: number,
  constant: number,
): Effect {
  if (extension === 7 || !other) return NOTHING;
  const isFollowed = (extension === 0 || extension === 5) && (rex & 8) !== 0;
  if (!isFollowed) return writes(other);
  return { does: 'adds', to: other, from: other, constant: extension === 0 ? constant : -constant };
}

/** `mov r, r/m`: of registers only whole ones are followed, of memory four bytes and eight. */
function moved(
  code: Uint8Array,
  to: GeneralRegister,
  from: GeneralRegister | undefined,
  rex: number,
): Effect {
  if (from) return rex & 8 ? { does: 'copies', to, from } : writes(to);
  const operand = memoryOperand(code);
  const isShort = code[0] === 0x66;
  return operand && !isShort ? { does: 'loads', to, operand, size: rex & 8 ? 8 : 4 } : writes(to);
}

function indirect(
  done: (effect: Effect) => Instruction,
  extension: number,
  other: GeneralRegister | undefined,
): Instruction | undefined {
  if (extension < 2) return done(writes(...whole(other)));
  if (extension === 2) return done({ does: 'calls', registers: CALLER_SAVED, target: undefined });
  if (extension === 4) return done({ does: 'jumps', isConditional: false, target: undefined });
  return extension === 6 ? done(NOTHING) : undefined;
}

function twoByte(code: Uint8Array, at: number, rex: number): Instruction | undefined {
  const opcode = code[at];
  if (opcode === undefined) return undefined;
  if (opcode === 0x0b) return { length: at + 1, effect: { does: 'traps' } };
  if (opcode >= 0x80 && opcode <= 0x8f) return jump(at + 5, true, int32(code, at + 1));
  const operands = modrm(code, at + 1, rex);
  if (!operands) return undefined;
  const { end, register, other } = operands;
  const isNop = opcode === 0x0d || (opcode >= 0x18 && opcode <= 0x1f);
  if (isNop) return { length: end, effect: NOTHING };
  const isMove =
    (opcode >= 0x40 && opcode <= 0x4f) || [0xaf, 0xb6, 0xb7, 0xbe, 0xbf].includes(opcode);
  if (isMove) return { length: end, effect: writes(register) };
  if (opcode >= 0x90 && opcode <= 0x9f) return { length: end, effect: writes(...bytePart(other)) };
  if (opcode === 0xa3) return { length: end, effect: NOTHING };
  // bts, btr, btc; bsf, bsr; cmpxchg; xadd
  if ([0xab, 0xb3, 0xbb].includes(opcode)) return { length: end, effect: writes(...whole(other)) };
  if (opcode === 0xbc || opcode === 0xbd) return { length: end, effect: writes(register) };
  if (opcode === 0xb0 || opcode === 0xb1)
    return { length: end, effect: writes('ax', ...bytePart(other)) };
  if (opcode === 0xc0 || opcode === 0xc1)
    return { length: end, effect: writes(...bytePart(register), ...bytePart(other)) };
  if (opcode === 0xba) return { length: end + 1, effect: writes(...whole(other)) };
  return undefined;
}
