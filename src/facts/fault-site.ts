// Where the kernel faulted, and which memory it wanted: from the saved registers and the code itself.
import {
  effectiveAddress,
  type MemoryOperand,
  memoryOperand,
  spellRegister,
} from '../arch/x86_64/operand.ts';
import { type CodePart, loadedFrom } from '../arch/x86_64/provenance.ts';
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
  /** The object whose memory held the bad pointer, when the code that loaded it can be followed. */
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

/** More than any function that a pointer can be followed through. */
const MOST_CODE = 64 << 10;

/**
 * Where the bad pointer was loaded from: followed through the function's code, and believed only if the memory still
 * holds what the register held.
 */
function sourceOf(
  dump: Dump,
  registers: Registers,
  frame: Frame,
  { base }: MemoryOperand,
): FaultSite['source'] {
  if (!base || frame.offset === undefined || frame.symbol === undefined) return null;
  const start = registers.ip - BigInt(frame.offset);
  const own = codeOf(dump, frame.symbol, frame.module, start);
  if (!own) return null;
  const cold = codeOf(dump, `${frame.symbol}.cold`, frame.module, start);
  const found = loadedFrom(cold ? [own, cold] : [own], frame.offset, base);
  if (!found) return null;
  const object = registers[found.base];
  const at = BigInt.asUintN(64, object + BigInt(found.displacement));
  return dump.memory.u64(virtual(at)) === registers[base]
    ? { object: hex(object), offset: found.displacement }
    : null;
}

/** The code of a symbol, its place counted from the function's start. */
function codeOf(
  dump: Dump,
  name: string,
  module: string | undefined,
  start: bigint,
): CodePart | undefined {
  const symbol = dump.symbols.lookup(name, module ?? null);
  if (!symbol || symbol.size === 0 || symbol.size > MOST_CODE) return undefined;
  const code = dump.memory.read(symbol.address, symbol.size);
  return isFault(code) ? undefined : { offset: Number(symbol.address - start), code };
}
