// What an expression's names mean: variables, functions, enumerators, types.
import type { VirtualAddress } from '../../bytes/address.ts';
import type { Memory } from '../../memory/memory.ts';
import { type CValue, readBitField, readValue, scalarValue } from '../c-print.ts';
import type { Dump } from '../dump.ts';
import type { TypeId } from '../table.ts';
import type { TypeName } from './ast.ts';
import { ExpressionError } from './error.ts';
import { parseTypeName } from './parser.ts';
import { TypeSpace } from './type-space.ts';

/** What an expression or a part of it comes to. */
export type Value =
  /** Lies in memory. */
  | {
      readonly kind: 'place';
      readonly type: TypeId;
      readonly at: VirtualAddress;
      readonly bits?: { readonly offset: number; readonly size: number } | undefined;
    }
  /** A number, enumerator or pointer; `raw` is cut to the type's size, unsigned. */
  | { readonly kind: 'scalar'; readonly type: TypeId; readonly raw: bigint }
  | { readonly kind: 'float'; readonly type: TypeId; readonly value: number }
  /** A string constant, with its NUL. */
  | { readonly kind: 'bytes'; readonly type: TypeId; readonly bytes: Uint8Array }
  /** A variable whose type nothing tells: has an address, and a value once it is cast. */
  | { readonly kind: 'untyped'; readonly name: string; readonly at: VirtualAddress };

export interface Variable {
  readonly at: VirtualAddress;
  /** Undefined: the kernel does not record it. */
  readonly type: TypeId | undefined;
  readonly isPerCpu: boolean;
}

/** Questions to the kernel that only those above can answer. */
export interface Knowledge {
  /** The C type of a variable of the kernel proper that BTF does not describe. */
  typeOfVariable(name: string): string | undefined;
  /** Whether the machine can have a CPU of that number. */
  isCpu(cpu: bigint): boolean;
}

const INTEGERS: Readonly<Record<string, readonly [size: number, signed: boolean]>> = {
  char: [1, true],
  'signed char': [1, true],
  'unsigned char': [1, false],
  short: [2, true],
  'unsigned short': [2, false],
  int: [4, true],
  'unsigned int': [4, false],
  long: [8, true],
  'unsigned long': [8, false],
  'long long': [8, true],
  'unsigned long long': [8, false],
  _Bool: [1, false],
};

export class Scope {
  readonly dump: Dump;
  readonly types: TypeSpace;
  /** Where places are read: the kernel's memory, or a task's. */
  readonly memory: Memory;
  /** Values printed before, the first first. */
  readonly history: readonly Value[];
  readonly #knowledge: Knowledge;

  constructor(
    dump: Dump,
    knowledge: Knowledge,
    history: readonly Value[] = [],
    memory: Memory = dump.memory,
  ) {
    this.dump = dump;
    this.types = TypeSpace.of(dump);
    this.memory = memory;
    this.history = history;
    this.#knowledge = knowledge;
  }

  readonly isTypeName = (name: string): boolean => this.types.find('typedef', name) !== undefined;

  isCpu(cpu: bigint): boolean {
    return this.#knowledge.isCpu(cpu);
  }

  /** A variable by name; undefined when no symbol has it. Functions are no variables. */
  variable(name: string): Variable | undefined {
    const symbol = this.dump.symbols.lookup(name);
    if (!symbol) return undefined;
    const { address: at, module } = symbol;
    const isPerCpu = this.#isPerCpu(at);
    const known = module === undefined ? this.#knowledge.typeOfVariable(name) : undefined;
    if (known !== undefined) return { at, type: this.typeNamed(known), isPerCpu };
    // BTF describes no others: to ask it for one takes all of its types.
    if (!isPerCpu && module === undefined) return { at, type: undefined, isPerCpu };
    const type = this.types.variable(name);
    return { at, type, isPerCpu: isPerCpu || type !== undefined };
  }

  /** Per-CPU symbols lie from 0 on to 6.14; from 6.15 on they are addresses like all others. */
  #isPerCpu(at: VirtualAddress): boolean {
    const start = this.dump.symbols.address('__per_cpu_start', null);
    const end = this.dump.symbols.address('__per_cpu_end', null);
    return start !== undefined && end !== undefined && at >= start && at < end;
  }

  /** A type by its C spelling. @throws ExpressionError when it is none or the kernel has no such */
  typeNamed(text: string): TypeId {
    return this.resolve(parseTypeName(text, this.isTypeName));
  }

  /** @throws ExpressionError `No struct type named x.` */
  resolve({ keyword, name, derived }: TypeName): TypeId {
    let id = keyword ? this.types.find(keyword, name) : this.#plain(name);
    if (id === undefined)
      throw new ExpressionError(
        'name',
        keyword ? `No ${keyword} type named ${name}.` : `No symbol "${name}" in current context.`,
      );
    for (const step of derived)
      id =
        step.kind === 'pointer'
          ? this.types.pointerTo(id)
          : step.kind === 'array'
            ? this.types.arrayOf(id, step.length)
            : this.types.functionReturning(id);
    return id;
  }

  #plain(name: string): TypeId | undefined {
    if (name === 'void') return 0 as TypeId;
    if (name === 'float' || name === 'double')
      return this.types.float(name, name === 'float' ? 4 : 8);
    const integer = INTEGERS[name];
    return integer
      ? this.types.integer(name, integer[0], integer[1])
      : this.types.find('typedef', name);
  }

  /** The enumerator of that name, whatever the enumeration. */
  enumerator(name: string): Value | undefined {
    return this.#enumerators.get(name);
  }

  get #enumerators(): ReadonlyMap<string, Value> {
    return this.dump.memo('enumerators', () => {
      const all = new Map<string, Value>();
      for (const [type, values] of this.types.enumerations())
        for (const { name, value, size } of values) {
          const raw = BigInt.asUintN(size * 8, value);
          if (!all.has(name)) all.set(name, { kind: 'scalar', type, raw });
        }
      return all;
    });
  }

  /** A value as the tree that is laid out or given out as JSON, and what of it could not be read. */
  read(value: Value): { readonly value: CValue; readonly faults: readonly string[] } {
    const source = { memory: this.memory, symbols: this.dump.symbols };
    switch (value.kind) {
      case 'place': {
        const { value: read, faults } = value.bits
          ? readBitField(source, this.types, value.type, value.at, value.bits)
          : readValue(source, this.types, value.type, value.at);
        return { value: read, faults: faults.map((fault) => fault.explain()) };
      }
      case 'scalar': {
        const scalar = scalarValue(source, this.types, value.type, value.raw);
        return { value: scalar ?? { kind: 'opaque', text: 'void' }, faults: [] };
      }
      case 'float':
        return { value: { kind: 'float', value: value.value }, faults: [] };
      case 'bytes': {
        const isText = true;
        return { value: { kind: 'string', bytes: value.bytes, isCut: false, isText }, faults: [] };
      }
      case 'untyped':
        throw untyped(value.name);
    }
  }
}

/** gdb's words, and what to write instead. */
export const untyped = (name: string): ExpressionError =>
  new ExpressionError(
    'value',
    `'${name}' has unknown type (the kernel's BTF does not record it); cast it to its declared type: (TYPE)${name}`,
  );
