// Where the kernel faulted, and which memory it wanted: from the saved registers and the code itself.

import { CALL_SIZE, calledRegister, callTarget } from '../arch/x86_64/call.ts';
import { decode, isWarning, warningRegister } from '../arch/x86_64/instruction.ts';
import {
  effectiveAddress,
  GENERAL,
  type GeneralRegister,
  type MemoryOperand,
  memoryOperand,
  spellRegister,
  stringAccesses,
} from '../arch/x86_64/operand.ts';
import { PT_REGS, type Registers } from '../arch/x86_64/registers.ts';
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { type Check, checkAs, checkAt } from '../kernel/bug-table.ts';
import { currentTask } from '../kernel/cpus.ts';
import { loggedFaultAddress, loggedListComplaint, loggedWarning } from '../kernel/panic-message.ts';
import { hex } from '../print/hex.ts';
import { type Frame, stackOf } from '../stacks/stack.ts';
import type { Dump } from '../types/dump.ts';
import { type BadPointer, badPointer } from './kit/bad-pointer.ts';
import { defineFact, Holes, type Seen, seen } from './kit/define.ts';
import { type Divisor, divisorOf } from './kit/divisor.ts';
import { baseName, type FrameFact } from './kit/frames.ts';
import { type KernelObject, objectAt } from './kit/object.ts';
import { member, Origins } from './kit/origin.ts';
import { type Source, sourceOf } from './kit/pointer-source.ts';
import { stackFact } from './kit/stack.ts';
import { type StackUser, stackUsers } from './kit/stack-use.ts';
import { isMapped, isOfCall, removedModule } from './kit/wanted-memory.ts';
import { trigger } from './trigger.ts';

export type { Source } from './kit/pointer-source.ts';

/** The access that failed. Addresses are `0x…`. */
export interface Access {
  readonly address: string;
  /** `execute`: the kernel went there, through a pointer to a function. */
  readonly kind: 'read' | 'write' | 'execute' | null;
  /** The register that pointed there, its value and what was added to it; null: no single register did. */
  readonly base: {
    readonly register: string;
    readonly value: string;
    readonly displacement: number;
  } | null;
  /** What the pointer says of itself. */
  readonly pointer: BadPointer;
  /** The pointer is one that the program gave with its system call. */
  readonly isOfCall: boolean;
  /** Among the addresses of modules, with none there: the module that was removed last. Not escaped. */
  readonly removed: string | null;
  /** In the source's words: `invoice->customer->discount`; null: no types tell. */
  readonly expression: string | null;
}

export interface FaultSite {
  /** `page_fault`, `general_protection`, `invalid_op`, …; null: not known. */
  readonly exception: string | null;
  /** Of a call through a bad pointer the caller. */
  readonly at: FrameFact;
  /** Bytes from the start of the function. */
  readonly offset: number | null;
  /** Who called it, innermost first. */
  readonly callers: readonly FrameFact[];
  /**
   * Whom the first of the callers had called, where that is another function: it jumped on to this one and left no frame.
   * `call` is where the call is, `0x…`. Null: the caller called this function itself, or it is not known.
   */
  readonly tailCaller: { readonly frame: FrameFact; readonly call: string } | null;
  /** From the instruction and the registers; null: it has no memory operand, or cannot be read. */
  readonly access: Access | null;
  /** What the log gives as the address, `0x…`; null: nothing. */
  readonly loggedAddress: string | null;
  /** Where the bad pointer came from, as far as the code can be followed. */
  readonly source: Source | null;
  /** The check that failed, of `invalid_op`: from the kernel's own table. */
  readonly check: Check | null;
  /** Of `invalid_op`: the instruction is one that compilers and checks stop at; false: one that no processor knows. Null: unreadable. */
  readonly isTrap: boolean | null;
  /** What it divided by, of a division by zero; null: not known. */
  readonly divisor: Divisor | null;
  /** What the kernel's check of lists complained of, in the log: `list_del corruption, …`. */
  readonly complaint: string | null;
  /** The list entry that the complaint is about. */
  readonly entry: KernelObject | null;
  /** What a warning said of itself, in the log; null: nothing. */
  readonly warning: string | null;
  /** Where the stack's room went, the greatest first, when that was used up; null: it was not. */
  readonly overflow: readonly StackUser[] | null;
  readonly isWhole: boolean;
}

export const faultSite = defineFact<FaultSite | null>({
  id: 'fault-site',
  says: 'the function in which the kernel faulted, and the memory it wanted',
  from: look,
});

/** exc_NAME's entry: arch/x86/include/asm/idtentry.h (5.10 to 7.2). */
const ENTRY = /^asm_exc_(\w+)$/;
/** lib/list_debug.c (5.10 to 7.2) */
const LIST_CHECKS = /^__list_(?:add|del_entry)_valid/;
/** Called where the guard page below a stack was hit: arch/x86/kernel/traps.c, arch/x86/mm/fault.c (5.10 to 7.2) */
const OVERFLOW = 'handle_stack_overflow';
/** The longest instruction of the architecture. */
const MOST_BYTES = 15;

function look(dump: Dump): Seen<FaultSite | null> {
  const { kind, detector, cpu } = seen(dump, trigger).value;
  const hasFaulted = kind === 'oops' || detector === 'warning';
  const task = hasFaulted && cpu !== null ? currentTask(dump, cpu) : undefined;
  if (!task || isFault(task)) return { value: null, holes: [] };
  const holes = new Holes();
  const { frames } = stackOf(task);
  const facts = stackFact(dump, task);
  const index = frames.findIndex((frame) => frame.is === 'interrupted');
  const frame = frames[index];
  if (!frame || !facts.frames[index]) {
    holes.add(
      'the exception’s registers are not on the stack: where exactly it faulted is not known',
    );
    return { value: null, holes: holes.list };
  }
  const entry = frames[index - 1];
  const saved = entry?.exception?.registers;
  const registers = saved && hasAll(saved) ? saved : undefined;
  const exception = entry?.symbol?.match(ENTRY)?.[1] ?? null;
  const logged = loggedFaultAddress(dump, exception === 'page_fault');
  const wanted =
    registers && isAddressing(exception)
      ? accessOf(dump, registers, frames, index, holes)
      : undefined;
  // A call through a bad pointer leaves no frame of its own: the caller is where it happened.
  const place = wanted?.access.kind === 'execute' ? index + 1 : index;
  const complaint = LIST_CHECKS.test(frame.symbol ?? '')
    ? (loggedListComplaint(dump) ?? null)
    : null;
  const check = (exception === 'invalid_op' && registers && checkOf(dump, registers)) || null;
  return {
    value: {
      exception,
      at: facts.frames[place] as FrameFact,
      offset: frames[place]?.offset ?? null,
      callers: facts.frames.slice(place + 1),
      // Who went through a bad pointer as its last act left no frame either.
      tailCaller: tailCallerOf(dump, facts.frames[index], frames[index + 1]),
      access: wanted?.access ?? null,
      loggedAddress: logged === undefined ? null : hex(logged),
      source: wanted?.source ?? null,
      check,
      isTrap: exception === 'invalid_op' && registers ? trapsAt(dump, registers) : null,
      warning: check?.isWarning ? (loggedWarning(dump) ?? null) : null,
      divisor:
        exception === 'divide_error' && registers
          ? (divisorOf(dump, virtual(registers.ip), registers) ?? null)
          : null,
      complaint,
      entry: complaint === null ? null : (entryOf(dump, complaint) ?? null),
      overflow: frames.slice(0, index).some(({ symbol }) => symbol === OVERFLOW)
        ? stackUsers(frames.slice(index))
        : null,
      isWhole: facts.isWhole,
    },
    holes: holes.list,
  };
}

/** The complaints name the entry first: lib/list_debug.c (5.10 to 7.2) */
const ENTRY_NAMED = /, ([0-9a-f]{16})->|should be ([0-9a-f]{16})|new=([0-9a-f]{16})/;

function entryOf(dump: Dump, complaint: string): KernelObject | undefined {
  const address = complaint.match(ENTRY_NAMED)?.slice(1).find(Boolean);
  return address === undefined
    ? undefined
    : objectAt(dump, 'list_head', virtual(BigInt(`0x${address}`)));
}

/** A function whose last act is a call jumps there: its caller's return address tells that it was called. */
function tailCallerOf(
  dump: Dump,
  at: FrameFact | undefined,
  caller: Frame | undefined,
): FaultSite['tailCaller'] {
  if (caller?.is !== 'return') return null;
  const call = virtual(caller.pc - BigInt(CALL_SIZE));
  const before = dump.memory.read(call, CALL_SIZE);
  const target = isFault(before) ? undefined : callTarget(caller.pc, before);
  const symbol = target === undefined ? undefined : dump.symbols.at(virtual(target));
  if (!symbol || !at || THUNK.test(symbol.name)) return null;
  const frame: FrameFact = {
    function: baseName(symbol.name),
    symbol: symbol.name,
    module: symbol.module ?? null,
    pc: hex(symbol.address),
    isCertain: true,
    isInterrupted: false,
  };
  return frame.function === at.function ? null : { frame, call: hex(call) };
}

function checkOf(dump: Dump, registers: Registers): Check | undefined {
  const ip = virtual(registers.ip);
  const code = dump.memory.read(ip, MOST_BYTES);
  return !isFault(code) && isWarning(code)
    ? checkAs(dump, virtual(registers[warningRegister(code)]))
    : checkAt(dump, ip);
}

/** `ud2`, and `ud1`, which compilers use for checks of their own. Intel SDM vol. 2 */
function trapsAt(dump: Dump, { ip }: Registers): boolean | null {
  const code = dump.memory.read(virtual(ip), MOST_BYTES);
  if (isFault(code)) return null;
  const at = code[0] === 0x67 ? 1 : 0;
  return decode(code)?.effect.does === 'traps' || (code[at] === 0x0f && code[at + 1] === 0xb9);
}

/** Entry code saves them all before it calls what can fault; a damaged stack may not have them. */
const hasAll = (registers: Partial<Registers>): registers is Registers =>
  PT_REGS.every((name) => registers[name] !== undefined);

/** Faults of what an address leads to: others have another reason, whatever the instruction's operand. */
const isAddressing = (exception: string | null): boolean =>
  exception === null || ['page_fault', 'general_protection', 'stack_segment'].includes(exception);

interface Wanted {
  readonly access: Access;
  readonly source: Source | null;
}

function accessOf(
  dump: Dump,
  registers: Registers,
  frames: readonly Frame[],
  index: number,
  holes: Holes,
): Wanted | undefined {
  if (frames[index]?.symbol === undefined) return wentAstray(dump, registers, frames, index);
  const code = dump.memory.read(virtual(registers.ip), MOST_BYTES);
  if (isFault(code)) {
    holes.add(`the instruction that faulted cannot be read: ${code.explain()}`);
    return undefined;
  }
  const origins = Origins.at(dump, virtual(registers.ip), registers);
  const callers = frames.slice(index + 1);
  const copied = copying(dump, registers, code, origins, callers);
  if (copied) return copied;
  const operand = memoryOperand(code);
  // An immediate may follow the operand: what counts from behind the instruction needs its whole length.
  const length = operand?.isRelative ? decode(code)?.length : 0;
  if (!operand || length === undefined) return undefined;
  const address = effectiveAddress(operand, registers, registers.ip + BigInt(length));
  if (address === undefined) return undefined;
  return {
    access: described(dump, registers, operand, address, origins),
    source:
      origins && operand.base
        ? sourceOf(dump, origins, origins.in(operand.base), registers[operand.base], callers)
        : null,
  };
}

/** Of `rep movs` and its like the side that has no memory. */
function copying(
  dump: Dump,
  registers: Registers,
  code: Uint8Array,
  origins: Origins | undefined,
  callers: readonly Frame[],
): Wanted | undefined {
  const sides = stringAccesses(code);
  const side = sides.find(({ register }) => !isMapped(dump, registers[register])) ?? sides[0];
  if (!side) return undefined;
  const { register, access: kind } = side;
  const value = registers[register];
  const address = hex(value);
  return {
    access: {
      address,
      kind,
      base: { register: spellRegister(register), value: address, displacement: 0 },
      pointer: badPointer(value, 0n, isMapped(dump, value)),
      isOfCall: isOfCall(dump, value),
      removed: removedModule(dump, value),
      expression: origins?.spell(origins.in(register)).text ?? null,
    },
    source: origins ? sourceOf(dump, origins, origins.in(register), value, callers) : null,
  };
}

function described(
  dump: Dump,
  registers: Registers,
  operand: MemoryOperand,
  address: bigint,
  origins: Origins | undefined,
): Access {
  const { base, index, displacement } = operand;
  const pointer = base ? registers[base] : address;
  const spelled =
    origins && base && !index ? member(origins.spell(origins.in(base)), displacement) : undefined;
  const symbol = operand.isRelative ? dump.symbols.at(virtual(address)) : undefined;
  return {
    address: hex(address),
    kind: operand.access ?? null,
    base:
      base && !index
        ? { register: spellRegister(base), value: hex(registers[base]), displacement }
        : null,
    pointer: badPointer(pointer, BigInt.asIntN(64, address - pointer), isMapped(dump, address)),
    isOfCall: isOfCall(dump, pointer),
    removed: removedModule(dump, address),
    expression: spelled?.text ?? symbol?.name ?? null,
  };
}

/** The kernel executed where no code is: what was called was no function. */
function wentAstray(
  dump: Dump,
  registers: Registers,
  frames: readonly Frame[],
  index: number,
): Wanted | undefined {
  const caller = frames[index + 1];
  if (!caller || caller.symbol === undefined) return undefined;
  const address = registers.ip;
  const called = Origins.atCall(dump, caller.pc, registers);
  const register = called && registerOf(dump, called.call, called.next);
  const through = register && registers[register] === address ? register : undefined;
  const operand = called && !register ? memoryOperand(called.call) : undefined;
  const callers = frames.slice(index + 2);
  const source = through
    ? called?.origins &&
      sourceOf(dump, called.origins, called.origins.in(through), address, callers)
    : called?.origins &&
      operand &&
      sourceOf(
        dump,
        called.origins,
        called.origins.loadedBy(operand, called.next),
        address,
        callers,
      );
  return {
    access: {
      address: hex(address),
      kind: 'execute',
      base: through
        ? { register: spellRegister(through), value: hex(address), displacement: 0 }
        : null,
      pointer: badPointer(address, 0n, isMapped(dump, address)),
      isOfCall: isOfCall(dump, address),
      removed: removedModule(dump, address),
      expression: calledText(called?.origins, through, operand, caller.pc),
    },
    source: source ?? null,
  };
}

/**
 * A thunk against speculation has the register in its name, that of rax by its place in the table of all:
 * arch/x86/lib/retpoline.S (5.10 to 7.2).
 */
const THUNK = /^__x86_indirect_(?:call_)?thunk_r?(\w+)$/;

/** The register a call went through, itself or by a thunk. */
function registerOf(
  dump: Dump,
  call: Uint8Array,
  next: VirtualAddress,
): GeneralRegister | undefined {
  const target = callTarget(next, call);
  if (target === undefined) return calledRegister(call);
  const name = dump.symbols.at(virtual(target))?.name.match(THUNK)?.[1];
  if (name === 'array') return 'ax';
  return GENERAL.find((one) => one === name || one === `r${name}`);
}

function calledText(
  origins: Origins | undefined,
  register: GeneralRegister | undefined,
  operand: MemoryOperand | undefined,
  next: VirtualAddress,
): string | null {
  if (!origins) return null;
  if (register) return origins.spell(origins.in(register)).text;
  return operand ? origins.spell(origins.loadedBy(operand, next)).text : null;
}
