// Where the kernel faulted, and which memory it wanted: from the saved registers and the code itself.
import {
  effectiveAddress,
  type MemoryOperand,
  memoryOperand,
  spellRegister,
} from '../arch/x86_64/operand.ts';
import { PT_REGS, type Registers } from '../arch/x86_64/registers.ts';
import { virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { currentTask } from '../kernel/cpus.ts';
import { loggedFaultAddress } from '../kernel/panic-message.ts';
import { hex } from '../print/hex.ts';
import { type Frame, stackOf } from '../stacks/stack.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, Holes, type Seen, seen } from './kit/define.ts';
import type { FrameFact } from './kit/frames.ts';
import { stackFact } from './kit/stack.ts';
import { trigger } from './trigger.ts';

/** The access that failed. Addresses are `0x…`. */
export interface Access {
  readonly address: string;
  readonly kind: 'read' | 'write' | null;
  /** The register that pointed there, its value and what was added to it; null: no single register did. */
  readonly base: {
    readonly register: string;
    readonly value: string;
    readonly displacement: number;
  } | null;
}

export interface FaultSite {
  /** `page_fault`, `general_protection`, `invalid_op`, …; null: not known. */
  readonly exception: string | null;
  readonly at: FrameFact;
  /** Bytes from the start of the function. */
  readonly offset: number | null;
  /** Who called it, innermost first. */
  readonly callers: readonly FrameFact[];
  /** From the instruction and the registers; null: it has no memory operand, or cannot be read. */
  readonly access: Access | null;
  /** What the log gives as the address, `0x…`; null: nothing. */
  readonly loggedAddress: string | null;
  /** Memory that held the bad pointer, when the instruction before loaded it from there. */
  readonly source: { readonly object: string; readonly offset: number } | null;
  readonly isWhole: boolean;
}

export const faultSite = defineFact<FaultSite | null>({
  id: 'fault-site',
  says: 'the function in which the kernel faulted, and the memory it wanted',
  from: look,
});

/** exc_NAME's entry: arch/x86/include/asm/idtentry.h (5.10 to 7.2). */
const ENTRY = /^asm_exc_(\w+)$/;
/** The longest instruction of the architecture. */
const MOST_BYTES = 15;

function look(dump: Dump): Seen<FaultSite | null> {
  const { kind, cpu } = seen(dump, trigger).value;
  const task = kind === 'oops' && cpu !== null ? currentTask(dump, cpu) : undefined;
  if (!task || isFault(task)) return { value: null, holes: [] };
  const holes = new Holes();
  const { frames } = stackOf(task);
  const facts = stackFact(dump, task);
  const index = frames.findIndex((frame) => frame.is === 'interrupted');
  const at = facts.frames[index];
  const frame = frames[index];
  if (!at || !frame) {
    holes.add(
      'the exception’s registers are not on the stack: where exactly it faulted is not known',
    );
    return { value: null, holes: holes.list };
  }
  const entry = frames[index - 1];
  const saved = entry?.exception?.registers;
  const registers = saved && hasAll(saved) ? saved : undefined;
  const logged = loggedFaultAddress(dump);
  const decoded = registers && decode(dump, registers, holes);
  return {
    value: {
      exception: entry?.symbol?.match(ENTRY)?.[1] ?? null,
      at,
      offset: frame.offset ?? null,
      callers: facts.frames.slice(index + 1),
      access: decoded?.access ?? null,
      loggedAddress: logged === undefined ? null : hex(logged),
      source: decoded && registers ? sourceOf(dump, registers, frame, decoded.operand) : null,
      isWhole: facts.isWhole,
    },
    holes: holes.list,
  };
}

/** Entry code saves them all before it calls what can fault; a damaged stack may not have them. */
const hasAll = (registers: Partial<Registers>): registers is Registers =>
  PT_REGS.every((name) => registers[name] !== undefined);

function decode(
  dump: Dump,
  registers: Registers,
  holes: Holes,
): { operand: MemoryOperand; access: Access } | undefined {
  const code = dump.memory.read(virtual(registers.ip), MOST_BYTES);
  if (isFault(code)) {
    holes.add(`the instruction that faulted cannot be read: ${code.explain()}`);
    return undefined;
  }
  const operand = memoryOperand(code);
  // An immediate may follow the operand, so only an address that does not count from there is exact.
  if (!operand || operand.isRelative) return undefined;
  const address = effectiveAddress(operand, registers, 0n);
  if (address === undefined) return undefined;
  const { base, index, displacement } = operand;
  return {
    operand,
    access: {
      address: hex(address),
      kind: operand.access ?? null,
      base:
        base && !index
          ? { register: spellRegister(base), value: hex(registers[base]), displacement }
          : null,
    },
  };
}

/** Lengths of `mov r64, [r64 + displacement]`: REX, opcode, ModRM, perhaps SIB, displacement of 0, 1 or 4 bytes. */
const LOAD_LENGTHS = [3, 4, 5, 7, 8];

/**
 * Whether the instruction right before loaded the bad pointer, and from where. Code cannot be decoded backwards, so a
 * candidate counts only if it is a load into that very register whose memory still holds the register's value.
 */
function sourceOf(
  dump: Dump,
  registers: Registers,
  frame: Frame,
  { base }: MemoryOperand,
): FaultSite['source'] {
  if (!base) return null;
  for (const length of LOAD_LENGTHS) {
    if (length > (frame.offset ?? 0)) break;
    const code = dump.memory.read(virtual(registers.ip - BigInt(length)), length);
    const load = isFault(code) ? undefined : memoryOperand(code);
    if (!load?.isPointerLoad || load.length !== length || load.register !== base) continue;
    if (!load.base || load.index || load.base === base) continue;
    const from = effectiveAddress(load, registers, registers.ip);
    const value = from === undefined ? undefined : dump.memory.u64(virtual(from));
    if (value === registers[base])
      return { object: hex(registers[load.base]), offset: load.displacement };
  }
  return null;
}
