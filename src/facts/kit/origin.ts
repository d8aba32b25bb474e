// Where a value in a register came from, as far as a function's code and the types of its arguments say.

import { GENERAL, type MemoryOperand } from '../../arch/x86_64/operand.ts';
import {
  type CodePart,
  endingAt,
  entryValue,
  type Held,
  heldAt,
  type Value,
  type ValueId,
} from '../../arch/x86_64/provenance.ts';
import type { Registers } from '../../arch/x86_64/registers.ts';
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { isFault } from '../../bytes/fault.ts';
import type { KernelSymbol } from '../../symbols/table.ts';
import { Btf } from '../../types/btf.ts';
import type { Dump } from '../../types/dump.ts';
import { placeAt } from '../../types/place.ts';
import type { Type, TypeId, TypeTable } from '../../types/table.ts';
import { baseName } from './frames.ts';

/** More than any function that a pointer can be followed through. */
const MOST_CODE = 64 << 10;
/** Pointers to pointers: `a->b->c->d` is deep. */
const MOST_STEPS = 8;

/** What a pointer points at: an object of this type, so many bytes into it. */
interface Pointee {
  readonly types: TypeTable;
  readonly type: TypeId;
  readonly offset: number;
}

/** A pointer as the source may have spelled it. */
export interface Spelled {
  /** `invoice->customer`, `bell`; null: it has no name. */
  readonly text: string | null;
  readonly pointee: Pointee | null;
}

const UNNAMED: Spelled = { text: null, pointee: null };

/** A function's values at one of its instructions. */
export class Origins {
  readonly #dump: Dump;
  readonly #held: Held;
  readonly #registers: Partial<Registers> | undefined;
  readonly #function: KernelSymbol;

  private constructor(
    dump: Dump,
    held: Held,
    registers: Partial<Registers> | undefined,
    own: KernelSymbol,
  ) {
    this.#dump = dump;
    this.#held = held;
    this.#registers = registers;
    this.#function = own;
  }

  /** @param registers what they held at that very instruction, where that is known */
  static at(
    dump: Dump,
    pc: VirtualAddress,
    registers: Partial<Registers> | undefined,
  ): Origins | undefined {
    const code = codeAround(dump, pc);
    const held =
      code && heldAt(code.parts, Number(pc - code.own.address), tracersFrom(dump, code.own));
    return held && new Origins(dump, held, registers, code.own);
  }

  /** At the call that a frame comes back to, with that call's bytes. */
  static atCall(
    dump: Dump,
    returnAddress: VirtualAddress,
    registers: Partial<Registers> | undefined,
  ): { origins: Origins | undefined; call: Uint8Array; next: VirtualAddress } | undefined {
    const code = codeAround(dump, virtual(returnAddress - 1n));
    const at = code && endingAt(code.parts, Number(returnAddress - code.own.address));
    if (!code || at === undefined) return undefined;
    const start = virtual(code.own.address + BigInt(at));
    const call = dump.memory.read(start, Number(returnAddress - start));
    if (isFault(call)) return undefined;
    const held = heldAt(code.parts, at, tracersFrom(dump, code.own));
    const origins = held && new Origins(dump, held, registers, code.own);
    return { origins, call, next: returnAddress };
  }

  /** Where the function begins. */
  get start(): VirtualAddress {
    return this.#function.address;
  }

  get in(): Held['in'] {
    return this.#held.in;
  }

  /** What the instruction that ends at `next` reads from memory. */
  loadedBy(operand: MemoryOperand, next: VirtualAddress, size: 4 | 8 = 8): ValueId {
    return this.#held.read(operand, Number(next - this.#function.address), size);
  }

  /** What registers held when the function was entered, of those that still hold it: what its caller had in them. */
  asAtEntry(): Partial<Registers> {
    const kept = GENERAL.flatMap((name) => {
      const value = name === 'sp' ? undefined : this.#registers?.[name];
      return value !== undefined && this.#held.in(name) === entryValue(name)
        ? [[name, value] as const]
        : [];
    });
    return Object.fromEntries(kept);
  }

  value(id: ValueId): Value | undefined {
    return this.#held.value(id);
  }

  /** What the value is: from a register that still holds it, else computed from memory as it is now. */
  concrete(id: ValueId, depth = 0): bigint | undefined {
    const known = this.#held.holders(id).find((name) => this.#registers?.[name] !== undefined);
    if (known) return this.#registers?.[known];
    const value = this.#held.value(id);
    if (!value || depth > MOST_STEPS) return undefined;
    if (value.is === 'sum') {
      const base = this.concrete(value.base, depth + 1);
      return base === undefined ? undefined : BigInt.asUintN(64, base + BigInt(value.constant));
    }
    if (value.is !== 'load') return undefined;
    // Half a register: what is above it is not known here.
    if (value.size !== 8) return undefined;
    const at = this.addressOf(value, depth);
    const word = at === undefined ? undefined : this.#dump.memory.u64(virtual(at));
    return word === undefined || isFault(word) ? undefined : word;
  }

  /** The address a load read; undefined: something it was computed from is held nowhere any more. */
  addressOf(load: Extract<Value, { is: 'load' }>, depth = 0): bigint | undefined {
    if (load.next !== undefined)
      return BigInt.asUintN(64, this.#function.address + BigInt(load.next + load.displacement));
    let at = BigInt(load.displacement);
    for (const [id, scale] of [[load.base, 1] as const, [load.index, load.scale] as const]) {
      if (id === undefined) continue;
      const value = this.concrete(id, depth + 1);
      if (value === undefined) return undefined;
      at += value * BigInt(scale);
    }
    return BigInt.asUintN(64, at);
  }

  /** A pointer in the source's own words, where types tell them. */
  spell(id: ValueId, depth = 0): Spelled {
    const value = this.#held.value(id);
    if (!value || depth > MOST_STEPS) return UNNAMED;
    if (value.is === 'argument') return this.#argument(value.index);
    if (value.is === 'result') return this.#result(value.target);
    if (value.is === 'sum') {
      const { text, pointee } = this.spell(value.base, depth + 1);
      return {
        text,
        pointee: pointee && { ...pointee, offset: pointee.offset + value.constant },
      };
    }
    const variable = this.#variable(value);
    if (variable !== undefined) return { text: variable, pointee: null };
    if (value.base === undefined || value.index !== undefined) return UNNAMED;
    return member(this.spell(value.base, depth + 1), value.displacement);
  }

  /** Which of the arguments, by its name where the types tell it. */
  argumentName(index: number): string | null {
    return this.#prototype()?.type.parameters[index]?.name || null;
  }

  /** The name of a function that a call went to. */
  callee(target: number | undefined): KernelSymbol | undefined {
    if (target === undefined) return undefined;
    return this.#dump.symbols.at(virtual(this.#function.address + BigInt(target)));
  }

  #variable({
    next,
    base,
    index,
    displacement,
  }: Extract<Value, { is: 'load' }>): string | undefined {
    if (base !== undefined) return undefined;
    const at =
      next === undefined
        ? BigInt.asUintN(64, BigInt(displacement))
        : this.#function.address + BigInt(next + displacement);
    const symbol = this.#dump.symbols.at(virtual(at));
    if (!symbol) return undefined;
    const past = Number(at - symbol.address);
    const which = index === undefined ? '' : '[…]';
    return `${baseName(symbol.name)}${past > 0 ? `+0x${past.toString(16)}` : ''}${which}`;
  }

  #argument(index: number): Spelled {
    const prototype = this.#prototype();
    const parameter = prototype?.type.parameters[index];
    if (!prototype || !parameter?.name) return UNNAMED;
    return { text: parameter.name, pointee: target(prototype.types, parameter.type) };
  }

  #result(at: number | undefined): Spelled {
    const callee = this.callee(at);
    if (!callee) return UNNAMED;
    const prototype = prototypeOf(this.#dump, callee);
    return {
      text: `${baseName(callee.name)}()`,
      pointee: prototype ? target(prototype.types, prototype.type.returns) : null,
    };
  }

  #prototype(): Prototype | undefined {
    return prototypeOf(this.#dump, this.#function);
  }
}

/** What a pointer reaches at a distance: `invoice->customer`, and what that points at in turn. */
export function member({ text, pointee }: Spelled, displacement: number): Spelled {
  if (!pointee || text === null) return UNNAMED;
  const { types, type, offset } = pointee;
  const place = placeAt(types, type, offset + displacement);
  return place ? { text: `${text}->${place.path}`, pointee: target(types, place.type) } : UNNAMED;
}

/** The member so far into what a pointer points at: `name[3]`. */
export function memberAt({ pointee }: Spelled, offset: number): string | undefined {
  return pointee ? placeAt(pointee.types, pointee.type, pointee.offset + offset)?.path : undefined;
}

/** `struct invoice`: what a pointer points into, with how far. */
export function pointeeName({ pointee }: Spelled): string | null {
  if (!pointee) return null;
  const type = pointee.types.strip(pointee.type);
  return (type.kind === 'struct' || type.kind === 'union') && type.name
    ? `${type.kind} ${type.name}`
    : null;
}

function target(types: TypeTable, id: TypeId): Pointee | null {
  const type = types.strip(id);
  if (type.kind !== 'pointer') return null;
  const { kind } = types.strip(type.to);
  return kind === 'struct' || kind === 'union' ? { types, type: type.to, offset: 0 } : null;
}

interface Prototype {
  readonly types: TypeTable;
  readonly type: Extract<Type, { kind: 'function' }>;
}

/**
 * What a function takes: only where nothing can be mistaken. Of a function the compiler changed (`.isra`, `.constprop`)
 * the arguments may be others; a module's that has a namesake in the kernel is looked up under the namesake's name.
 */
function prototypeOf(dump: Dump, { name, module }: KernelSymbol): Prototype | undefined {
  if (name.includes('.')) return undefined;
  const types = module === undefined ? dump.types : dump.moduleTypes(module);
  if (!(types instanceof Btf)) return undefined;
  if (module !== undefined && dump.types.find('function', name) !== undefined) return undefined;
  const id = types.functionType(name);
  const type = id === undefined ? undefined : types.strip(id);
  return type?.kind === 'function' ? { types, type } : undefined;
}

/** ftrace's own functions, and what it and BPF make at run time, which no symbol covers. arch/x86/kernel/ftrace.c */
const TRACER = /^(?:ftrace_|__fentry__|bpf_trampoline_)/;

const tracersFrom =
  (dump: Dump, own: KernelSymbol) =>
  (target: number): boolean => {
    const symbol = dump.symbols.at(virtual(own.address + BigInt(target)));
    return symbol === undefined || TRACER.test(symbol.name);
  };

/** The whole function round an address, its cold part too. */
function codeAround(
  dump: Dump,
  pc: VirtualAddress,
): { own: KernelSymbol; parts: readonly CodePart[] } | undefined {
  const here = dump.symbols.at(pc);
  if (!here) return undefined;
  const name = here.name.replace(/\.cold(?:\.\d+)?$/, '');
  const own = name === here.name ? here : only(dump, name, here.module);
  if (!own) return undefined;
  const parts: CodePart[] = [];
  for (const symbol of [own, ...named(dump, `${name}.cold`, here.module)]) {
    const part = codeOf(dump, symbol, own.address);
    if (!part) return undefined;
    parts.push(part);
  }
  return { own, parts };
}

const named = (dump: Dump, name: string, module: string | undefined): readonly KernelSymbol[] =>
  module === undefined
    ? dump.symbols.kernel.lookup(name)
    : dump.symbols.modules.filter((one) => one.module === module).flatMap((m) => m.lookup(name));

function only(dump: Dump, name: string, module: string | undefined): KernelSymbol | undefined {
  const [one, ...others] = named(dump, name, module);
  return others.length === 0 ? one : undefined;
}

/** The code of a symbol, its place counted from the function's start. */
function codeOf(dump: Dump, symbol: KernelSymbol, start: VirtualAddress): CodePart | undefined {
  if (symbol.size === 0 || symbol.size > MOST_CODE) return undefined;
  const code = dump.memory.read(symbol.address, symbol.size);
  return isFault(code) ? undefined : { offset: Number(symbol.address - start), code };
}
