// Where a register's value was loaded from: followed forwards through the block of code it is used in.
import { decode, type Instruction } from './instruction.ts';
import type { GeneralRegister } from './operand.ts';

export interface Provenance {
  /** A register that still holds the address the load was relative to. */
  readonly base: GeneralRegister;
  readonly displacement: number;
}

/** Code that belongs to a function, from an offset from its start. */
export interface CodePart {
  readonly offset: number;
  readonly code: Uint8Array;
}

/**
 * The load that gave a register its value at an instruction; undefined where that cannot be followed: the value was not
 * loaded, came by more than one way, or code that could jump in between is not understood.
 *
 * @param parts the whole function, its start first; its cold part too, which may jump back into it
 * @param at offset of the instruction from the function's start
 */
export function loadedFrom(
  parts: readonly CodePart[],
  at: number,
  register: GeneralRegister,
): Provenance | undefined {
  const targets = new Set<number>();
  for (const part of parts) if (!jumpTargets(part, targets)) return undefined;
  const [start] = parts;
  return start && follow(start.code, at, register, targets);
}

/** Adds where a part's code jumps to. @returns false when not all of it is known */
function jumpTargets({ offset, code }: CodePart, targets: Set<number>): boolean {
  for (const [at, { effect }] of instructions(code)) {
    if (at < 0) return false;
    if (effect.does !== 'jumps') continue;
    if (effect.target === undefined) return false;
    targets.add(offset + at + effect.target);
  }
  return true;
}

/** An offset of −1: code from here on is not known. */
function* instructions(code: Uint8Array): Generator<readonly [offset: number, found: Instruction]> {
  for (let at = 0; at < code.length; ) {
    const found = decode(code.subarray(at, at + 15));
    if (!found) {
      yield [-1, { length: 1, effect: { does: 'ends' } }];
      return;
    }
    yield [at, found];
    at += found.length;
  }
}

/** What registers hold, each value by a number of its own. */
class Values {
  #next = 0;
  readonly #held = new Map<GeneralRegister, number>();
  readonly #loads = new Map<number, { readonly base: number; readonly displacement: number }>();

  of(register: GeneralRegister): number {
    const value = this.#held.get(register) ?? this.#next++;
    this.#held.set(register, value);
    return value;
  }

  forget(registers: readonly GeneralRegister[]): void {
    for (const register of registers) this.#held.set(register, this.#next++);
  }

  forgetAll(): void {
    this.#held.clear();
  }

  copy(to: GeneralRegister, from: GeneralRegister): void {
    this.#held.set(to, this.of(from));
  }

  load(to: GeneralRegister, base: GeneralRegister, displacement: number): void {
    const address = this.of(base);
    this.forget([to]);
    this.#loads.set(this.of(to), { base: address, displacement });
  }

  provenance(register: GeneralRegister): Provenance | undefined {
    const load = this.#loads.get(this.of(register));
    const holder = load && [...this.#held].find(([, value]) => value === load.base)?.[0];
    return load && holder && { base: holder, displacement: load.displacement };
  }
}

function follow(
  code: Uint8Array,
  at: number,
  register: GeneralRegister,
  targets: ReadonlySet<number>,
): Provenance | undefined {
  const values = new Values();
  for (const [offset, { effect }] of instructions(code)) {
    if (offset < 0 || offset > at) return undefined;
    // Whoever jumps here brings other values.
    if (targets.has(offset)) values.forgetAll();
    if (offset === at) return values.provenance(register);
    if (effect.does === 'writes') values.forget(effect.registers);
    else if (effect.does === 'copies') values.copy(effect.to, effect.from);
    else if (effect.does === 'loads') {
      const { base, index, segment, displacement } = effect.operand;
      if (base && !index && !segment) values.load(effect.to, base, displacement);
      else values.forget([effect.to]);
    } else if (effect.does === 'ends' || !effect.isConditional) values.forgetAll();
  }
  return undefined;
}
