// Where the values in registers came from: followed forwards through a function, along all of its ways at once.
import { decode, type Effect, type Instruction } from './instruction.ts';
import { GENERAL, type GeneralRegister, type MemoryOperand } from './operand.ts';

/** A value, told from all others of the function. */
export type ValueId = string;

export type Value =
  /** Given to the function: 0 is the first of its arguments. */
  | { readonly is: 'argument'; readonly index: number }
  /** Loaded from memory, at `base + index * scale + displacement`. */
  | {
      readonly is: 'load';
      readonly base: ValueId | undefined;
      readonly index: ValueId | undefined;
      readonly scale: number;
      readonly displacement: number;
      /** Bytes: with four a number, not a pointer. */
      readonly size: 4 | 8;
      /** For an operand that counts from its instruction: where that instruction ends, from the function's start. */
      readonly next: number | undefined;
    }
  /** Another value with a constant added. */
  | { readonly is: 'sum'; readonly base: ValueId; readonly constant: number }
  /** What a call gave back; `target` from the function's start, undefined: called through a pointer. */
  | { readonly is: 'result'; readonly target: number | undefined };

/** What is known of the registers at one place. */
export interface Held {
  in(register: GeneralRegister): ValueId;
  /** Undefined: it came by more than one way, or by one that is not followed. */
  value(id: ValueId): Value | undefined;
  /** What an operand of the instruction reads, `next` being where that ends. */
  read(operand: MemoryOperand, next: number, size: 4 | 8): ValueId;
  /** The registers that hold this value. */
  holders(id: ValueId): readonly GeneralRegister[];
}

/** What a register held when the function was entered. */
export const entryValue = (name: GeneralRegister): ValueId => `entry ${name}`;

/** Code that belongs to a function, from an offset from its start. */
export interface CodePart {
  readonly offset: number;
  readonly code: Uint8Array;
}

/** In the order in which arguments are passed. System V ABI, 3.2.3 */
export const ARGUMENTS: readonly GeneralRegister[] = ['di', 'si', 'dx', 'cx', 'r8', 'r9'];

/** A function that needs more rounds than this has loops nobody writes. */
const MOST_ROUNDS = 16;
/** Instructions of all rounds together: half a second at the worst. */
const MOST_STEPS = 400_000;

/**
 * What the registers hold at an instruction; undefined where that cannot be followed: code that could jump there is
 * not understood, or nothing that is understood leads there.
 *
 * @param parts the whole function, its start first; its cold part too, which may jump back into it
 * @param at offset of the instruction from the function's start
 * @param isTracer whether a call from the function's very beginning goes to a tracer, which changes no register
 */
export function heldAt(
  parts: readonly CodePart[],
  at: number,
  isTracer: (target: number) => boolean = () => false,
): Held | undefined {
  const code = parts.flatMap((part) => [...located(part)]);
  if (!code.some(({ offset }) => offset === at)) return undefined;
  return new Flow(code, isTracer).at(at);
}

/** Where the instruction begins that ends at an offset; undefined: none does. */
export function endingAt(parts: readonly CodePart[], end: number): number | undefined {
  for (const part of parts)
    for (const { offset, instruction } of located(part))
      if (offset >= 0 && offset + instruction.length === end) return offset;
  return undefined;
}

interface Located {
  readonly offset: number;
  readonly instruction: Instruction;
  readonly isFirst: boolean;
}

/** An instruction that is not understood ends a part; what leads there is unknown from then on. */
function* located({ offset, code }: CodePart): Generator<Located> {
  for (let at = 0; at < code.length; ) {
    const instruction = decode(code.subarray(at, at + 15));
    if (!instruction) {
      yield {
        offset: -1,
        instruction: {
          length: 1,
          effect: { does: 'jumps', isConditional: false, target: undefined },
        },
        isFirst: false,
      };
      return;
    }
    yield { offset: offset + at, instruction, isFirst: at === 0 };
    at += instruction.length;
  }
}

type State = Map<GeneralRegister, ValueId>;

class Flow {
  readonly #code: readonly Located[];
  readonly #values = new Map<ValueId, Value>();
  /** What comes to each place that is jumped to, by all ways seen so far. */
  readonly #incoming = new Map<number, State>();
  readonly #targets = new Set<number>();
  #hasChanged = true;

  readonly #isTracer: (target: number) => boolean;

  constructor(code: readonly Located[], isTracer: (target: number) => boolean) {
    this.#code = code;
    this.#isTracer = isTracer;
  }

  at(place: number): Held | undefined {
    // A jump to anywhere may be to any place.
    if (!this.#findTargets()) return undefined;
    for (let round = 0; this.#hasChanged; round++) {
      if (round === MOST_ROUNDS || round * this.#code.length > MOST_STEPS) return undefined;
      this.#hasChanged = false;
      this.#sweep();
    }
    const state = this.#sweep(place);
    return state && this.#held(state);
  }

  #findTargets(): boolean {
    for (const { offset, instruction } of this.#code) {
      if (instruction.effect.does !== 'jumps') continue;
      if (instruction.effect.target === undefined) return false;
      this.#targets.add(offset + instruction.effect.target);
    }
    return true;
  }

  /** Goes through the code once. @returns what is held before the instruction at `stop` */
  #sweep(stop?: number): State | undefined {
    let state: State | undefined;
    for (const { offset, instruction, isFirst } of this.#code) {
      if (isFirst) state = offset === 0 ? this.#entry() : undefined;
      if (this.#targets.has(offset)) state = this.#arrive(offset, state);
      if (offset === stop) return state;
      if (state) state = this.#step(state, offset, instruction);
    }
    return undefined;
  }

  #entry(): State {
    const state: State = new Map(GENERAL.map((name) => [name, entryValue(name)]));
    for (const [index, name] of ARGUMENTS.entries())
      this.#values.set(entryValue(name), { is: 'argument', index });
    return state;
  }

  /** Joins a way to a place with the others: what differs is a value of its own from there on. */
  #arrive(offset: number, state: State | undefined): State | undefined {
    const before = this.#incoming.get(offset);
    if (!state || !before) {
      if (state) this.#remember(offset, state);
      return state ?? (before && new Map(before));
    }
    const joined: State = new Map();
    for (const name of GENERAL) {
      const one = before.get(name) as ValueId;
      joined.set(name, one === state.get(name) ? one : `join ${offset} ${name}`);
    }
    if (GENERAL.some((name) => joined.get(name) !== before.get(name)))
      this.#remember(offset, joined);
    return joined;
  }

  #remember(offset: number, state: State): void {
    this.#incoming.set(offset, new Map(state));
    this.#hasChanged = true;
  }

  #step(state: State, offset: number, { length, effect }: Instruction): State | undefined {
    if (effect.does === 'ends') return undefined;
    if (effect.does === 'jumps') {
      if (effect.target !== undefined) this.#arrive(offset + effect.target, state);
      return effect.isConditional ? state : undefined;
    }
    if (effect.does === 'calls' && offset <= FTRACE_SLOT && effect.target !== undefined)
      if (this.#isTracer(offset + effect.target)) return state;
    this.#change(state, offset, length, effect);
    return state;
  }

  #change(state: State, offset: number, length: number, effect: Effect): void {
    const name = (register: GeneralRegister): ValueId => `${offset} ${register}`;
    const set = (to: GeneralRegister, value?: Value): void => {
      state.set(to, name(to));
      if (value) this.#values.set(name(to), value);
    };
    if (effect.does === 'writes') for (const to of effect.registers) set(to);
    if (effect.does === 'copies') state.set(effect.to, state.get(effect.from) as ValueId);
    // What the stack pointer is, push and pop change without being followed.
    if (effect.does === 'adds')
      set(
        effect.to,
        effect.from === 'sp'
          ? undefined
          : { is: 'sum', base: state.get(effect.from) as ValueId, constant: effect.constant },
      );
    if (effect.does === 'loads')
      set(effect.to, loaded(state, effect.operand, offset + length, effect.size));
    if (effect.does === 'calls') {
      for (const to of effect.registers) set(to);
      const target = effect.target === undefined ? undefined : offset + effect.target;
      set('ax', { is: 'result', target });
    }
  }

  #held(state: State): Held {
    return {
      in: (register) => state.get(register) as ValueId,
      value: (id) => this.#values.get(id),
      read: (operand, next, size) => {
        const value = loaded(state, operand, next, size);
        const id = `operand ${next}`;
        if (value) this.#values.set(id, value);
        return id;
      },
      holders: (id) => GENERAL.filter((name) => name !== 'sp' && state.get(name) === id),
    };
  }
}

/** Behind `endbr64`, the five bytes for ftrace. */
const FTRACE_SLOT = 4;

function loaded(
  state: State,
  { base, index, scale, displacement, isRelative, segment }: MemoryOperand,
  next: number,
  size: 4 | 8,
): Value | undefined {
  if (segment || base === 'sp') return undefined;
  return {
    is: 'load',
    base: base && state.get(base),
    index: index && state.get(index),
    scale,
    displacement,
    size,
    next: isRelative ? next : undefined,
  };
}
