// Callers by ORC, as the kernel's own unwinder finds them: arch/x86/kernel/unwind_orc.c (5.10, 6.1, 6.12, 7.2).
import { beginsWithPushRbp } from '../arch/x86_64/call.ts';
import type { Registers } from '../arch/x86_64/registers.ts';
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import { isOn } from '../kernel/cpu-stacks.ts';
import type { Dump } from '../types/dump.ts';
import { arrive, nowhere, readIretFrame, readPtRegs, type Stacks } from './memory.ts';
import type { Orc, OrcBase, OrcEntry } from './orc.ts';
import type { ExceptionFrame, State, Step, Unwinder } from './state.ts';
import { Text } from './text.ts';
import { replacedReturn } from './trampolines.ts';

/** Bytes of stack that a function without ORC may have for itself; `__crash_kexec` takes 0xb8. */
const CALL_SITE_REACH = 4096;

export class OrcUnwinder implements Unwinder {
  readonly #dump: Dump;
  readonly #orc: Orc;
  readonly #stacks: Stacks;
  readonly #text: Text;

  constructor(orc: Orc, stacks: Stacks) {
    this.#dump = stacks.dump;
    this.#orc = orc;
    this.#stacks = stacks;
    this.#text = Text.of(stacks.dump);
  }

  step(state: State): Step {
    // A return address may be the first byte of the next function: what counts is the call before it.
    const at = state.is === 'return' ? virtual(state.pc - 1n) : state.pc;
    const entry = this.#text.isText(at) ? this.#orc.at(at) : undefined;
    if (!entry) return this.#fromNoCode(state);
    if (entry.kind === 'end') return { to: 'end' };
    if (entry.kind === 'undefined' || entry.spBase === 'undefined') return this.#byCallSite(state);
    const cfa = this.#cfa(state, entry);
    if (typeof cfa === 'string') return nowhere(cfa);
    if (entry.kind === 'call') return this.#caller(state, entry, cfa);
    return this.#interrupted(state, entry, cfa);
  }

  /** The stack pointer as it will be when the function has returned. */
  #cfa(state: State, entry: OrcEntry): VirtualAddress | string {
    const { spBase, spOffset } = entry;
    const base = baseOf(state, spBase);
    if (base === undefined)
      return `the caller is found through register ${spBase}, whose value is not known`;
    const indirect = spBase === 'sp-indirect' || spBase === 'bp-indirect';
    if (!indirect) return virtual(base + BigInt(spOffset));
    const isBefore = spBase === 'bp-indirect' || indirectFirst(this.#dump);
    const slot = virtual(isBefore ? base + BigInt(spOffset) : base);
    const word = this.#dump.memory.u64(slot);
    if (isFault(word)) return `${unreadable(slot, word)}`;
    return virtual(isBefore ? word : word + BigInt(spOffset));
  }

  #caller(state: State, entry: OrcEntry, cfa: VirtualAddress): Step {
    const slot = virtual(cfa - 8n);
    const pc = this.#dump.memory.pointer(slot);
    if (isFault(pc)) return nowhere(unreadable(slot, pc));
    const bp = this.#bp(state, entry, cfa, state.registers);
    return this.#returnTo(state, { pc, sp: cfa, bp, slot });
  }

  /** A return address as it was before any tracer replaced it. */
  #returnTo(state: State, next: Pick<State, 'pc' | 'sp' | 'bp' | 'slot'>): Step {
    const original = replacedReturn(this.#dump, this.#stacks.task, next.pc, next.slot);
    if (original === null)
      return nowhere(
        `a tracer replaced the return address at ${next.slot.toString(16)}, and its own record of it is not found`,
      );
    const pc = original ?? next.pc;
    const { sp, bp, slot } = next;
    const at = arrive(this.#stacks, state, {
      pc,
      sp,
      bp,
      slot,
      is: 'return',
      registers: undefined,
    });
    if (typeof at === 'string') return nowhere(at);
    return { to: 'caller', state: at };
  }

  #interrupted(state: State, entry: OrcEntry, cfa: VirtualAddress): Step {
    const isWhole = entry.kind === 'regs';
    const frame = isWhole ? readPtRegs(this.#dump, cfa) : readIretFrame(this.#dump, cfa);
    if (isFault(frame)) return nowhere(unreadable(cfa, frame));
    if (frame.isUser) return { to: 'user', exception: frame };
    const registers = isWhole ? (frame.registers as Registers) : state.registers;
    const bp = this.#bp(state, entry, cfa, registers);
    return this.#resume(state, frame, { bp, registers });
  }

  #resume(state: State, exception: ExceptionFrame, known: Pick<State, 'bp' | 'registers'>): Step {
    const sp = virtual(exception.registers.sp);
    const pc = virtual(exception.registers.ip);
    const next = { pc, sp, slot: sp, is: 'interrupted' as const, ...known };
    const at = arrive(this.#stacks, state, next);
    return typeof at === 'string'
      ? nowhere(`${at}, according to the registers saved at ${exception.address.toString(16)}`)
      : { to: 'interrupted', exception, state: at };
  }

  #bp(
    state: State,
    entry: OrcEntry,
    cfa: VirtualAddress,
    registers: Registers | undefined,
  ): bigint | undefined {
    const saved = (from: bigint | undefined): bigint | undefined => {
      if (from === undefined) return undefined;
      const word = this.#dump.memory.u64(virtual(from + BigInt(entry.bpOffset)));
      return isFault(word) ? undefined : word;
    };
    if (entry.bpBase === 'previous-sp') return saved(cfa);
    if (entry.bpBase === 'bp') return saved(state.bp);
    return registers ? registers.bp : state.bp;
  }

  /**
   * A function that objtool was told to leave alone (STACK_FRAME_NON_STANDARD): `__crash_kexec`, where
   * every panic ends, is one. Its caller is the first word up the stack that is a return address after
   * a call to just this function: as good as a frame, since no other call leaves that word.
   */
  #byCallSite(state: State): Step {
    const place = state.is === 'return' ? this.#text.atReturn(state.pc) : this.#text.at(state.pc);
    const { start } = place;
    if (start === undefined) return this.#fromNoCode(state);
    const end = state.sp + BigInt(CALL_SITE_REACH);
    for (let at: bigint = state.sp; at < end && isOn(state.stack, at); at += 8n) {
      const slot = virtual(at);
      const pc = this.#dump.memory.pointer(slot);
      if (isFault(pc)) return nowhere(unreadable(slot, pc));
      if (!this.#text.isText(virtual(pc - 1n)) || !this.#callsInto(pc, start)) continue;
      const bp = this.#savedBp(start, slot) ?? state.bp;
      return this.#returnTo(state, { pc, sp: virtual(slot + 8n), bp, slot });
    }
    return nowhere(`${place.symbol ?? 'the function'} has no unwind information`);
  }

  /** Whether the call before a return address went to a function: past its `endbr64`, or before it. */
  #callsInto(returnAddress: VirtualAddress, start: VirtualAddress): boolean {
    const target = this.#text.calledFrom(returnAddress);
    return target !== undefined && target >= start - 16n && target <= start + 4n;
  }

  /** The caller's frame pointer, where the function's first act was to push it. */
  #savedBp(start: VirtualAddress, slot: VirtualAddress): bigint | undefined {
    const bytes = this.#dump.memory.read(start, 16);
    if (isFault(bytes) || !beginsWithPushRbp(bytes)) return undefined;
    const word = this.#dump.memory.u64(virtual(slot - 8n));
    return isFault(word) ? undefined : word;
  }

  /**
   * No table speaks of the pc. After a call through a bad pointer the return address is still on top of
   * the stack; code made at run time (BPF programs) keeps a frame pointer.
   */
  #fromNoCode(state: State): Step {
    if (state.is !== 'return') {
      const pc = this.#dump.memory.pointer(state.sp);
      if (!isFault(pc) && this.#text.isReturnAddress(pc))
        return this.#returnTo(state, {
          pc,
          sp: virtual(state.sp + 8n),
          bp: state.bp,
          slot: state.sp,
        });
    }
    return nowhere(`no unwind information for ${state.pc.toString(16)}`);
  }
}

function baseOf(state: State, base: OrcBase): bigint | undefined {
  const { registers } = state;
  switch (base) {
    case 'sp':
    case 'sp-indirect':
      return state.sp;
    case 'bp':
    case 'bp-indirect':
      return state.bp;
    case 'ax':
    case 'dx':
    case 'di':
    case 'r10':
    case 'r13':
      return registers?.[base];
    default:
      return undefined;
  }
}

/**
 * Whether sp-indirect means `*(sp + offset)`, as on 5.10, or `*sp + offset`. It changed with the rework
 * of the IRQ stack that brought `hardirq_stack_inuse`: arch/x86/kernel/{unwind_orc.c,irq_64.c} (5.10, 6.1).
 */
const indirectFirst = (dump: Dump): boolean =>
  dump.memo(indirectFirst, () => {
    const isReworked =
      !isFault(dump.symbol('hardirq_stack_inuse')) ||
      dump.types.member('pcpu_hot', 'hardirq_stack_inuse') !== undefined;
    return !isReworked;
  });

const unreadable = (at: VirtualAddress, fault: Fault): string =>
  `the stack cannot be read at ${at.toString(16)}: ${fault.explain()}`;
