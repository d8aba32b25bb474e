// What an expression comes to on a dump.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { isFault } from '../../bytes/fault.ts';
import { hex } from '../../print/hex.ts';
import type { Field, Type, TypeId } from '../table.ts';
import { readInteger } from '../view.ts';
import {
  compute,
  computeFloat,
  int,
  literal,
  type Num,
  negated,
  num,
  truncated,
} from './arithmetic.ts';
import type { BinaryOperator, Expression } from './ast.ts';
import { ExpressionError } from './error.ts';
import { parseExpression } from './parser.ts';
import { type Scope, untyped, type Value } from './scope.ts';

type Kind<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

/** Anonymous members nest a few deep. */
const MAX_DEPTH = 24;
/** Elements of a `@`. */
const MAX_ELEMENTS = 1n << 31n;

const bad = (message: string): ExpressionError => new ExpressionError('value', message);

/**
 * Parses and evaluates an expression.
 *
 * @throws ExpressionError, and nothing else
 */
export const evaluate = (scope: Scope, text: string): Value =>
  new Evaluator(scope).value(parseExpression(text, scope.isTypeName));

/** An expression that must be an address or a number. @throws ExpressionError */
export function evaluateAddress(scope: Scope, text: string): VirtualAddress {
  const evaluator = new Evaluator(scope);
  const value = evaluator.value(parseExpression(text, scope.isTypeName));
  return virtual(BigInt.asUintN(64, evaluator.address(value)));
}

class Evaluator {
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  value(expression: Expression): Value {
    switch (expression.kind) {
      case 'number':
        return this.#number(literal(expression));
      case 'float':
        return this.#float(expression.value);
      case 'character':
        return this.#scalar(this.#named('char'), BigInt(expression.byte));
      case 'string': {
        const bytes = Uint8Array.from([...expression.bytes, 0]);
        const type = this.#scope.types.arrayOf(this.#named('char'), bytes.length);
        return { kind: 'bytes', type, bytes };
      }
      case 'name':
        return this.#name(expression.name);
      case 'history':
        return this.#history(expression.number);
      case 'unary':
        return this.#unary(expression);
      case 'binary':
        return this.#binary(expression);
      case 'conditional': {
        const { condition, yes, no } = expression;
        return this.value(this.#isTrue(this.value(condition)) ? yes : no);
      }
      case 'member':
        return this.#member(this.value(expression.operand), expression.name);
      case 'index':
        return this.#dereference(
          this.#sum(this.value(expression.operand), this.value(expression.index), 1n),
        );
      case 'call':
        return this.#call(expression);
      case 'cast':
        return this.#cast(this.#scope.resolve(expression.type), this.value(expression.operand));
      case 'sizeof':
        return this.#size(this.#typeOf(this.value(expression.operand)));
      case 'sizeofType':
        return this.#size(this.#scope.resolve(expression.type));
    }
  }

  /** Where something lies, for a struct or an array; else what it says. */
  address(value: Value): bigint {
    if (value.kind === 'untyped') return value.at;
    if (value.kind === 'place') {
      const type = this.#strip(value.type);
      if (type.kind === 'struct' || type.kind === 'union') return value.at;
    }
    return this.#load(value).raw;
  }

  #strip(id: TypeId): Type {
    return this.#scope.types.strip(id);
  }

  #named(name: string): TypeId {
    return this.#scope.resolve({ keyword: undefined, name, derived: [] });
  }

  #typeOf(value: Value): TypeId {
    if (value.kind === 'untyped') throw untyped(value.name);
    return value.type;
  }

  #size(type: TypeId): Value {
    const size = this.#sizeOf(type);
    return this.#number(num(BigInt(size), 64, false));
  }

  /** gdb's size of void and of functions is 1. */
  #sizeOf(type: TypeId): number {
    const size = this.#scope.types.sizeOf(type);
    if (size !== undefined) return size;
    const { kind } = this.#strip(type);
    if (kind === 'void' || kind === 'function') return 1;
    throw bad('The type is incomplete: it has no size.');
  }

  #scalar(type: TypeId, raw: bigint): Value {
    const size = this.#sizeOf(type);
    return { kind: 'scalar', type, raw: BigInt.asUintN(size * 8, raw) };
  }

  #number({ value, bits, signed }: Num): Value {
    const name = `${signed ? '' : 'unsigned '}${bits === 32 ? 'int' : 'long'}`;
    return this.#scalar(this.#named(name), value);
  }

  #float(value: number): Value {
    return { kind: 'float', type: this.#named('double'), value };
  }

  #name(name: string): Value {
    const { types, dump } = this.#scope;
    const variable = this.#scope.variable(name);
    if (variable?.type !== undefined)
      return { kind: 'place', type: variable.type, at: variable.at };
    if (variable && dump.symbols.isText(variable.at)) {
      const type = types.functionType(name);
      if (type !== undefined) return { kind: 'place', type, at: variable.at };
    }
    const enumerator = this.#scope.enumerator(name);
    if (enumerator) return enumerator;
    if (variable) return { kind: 'untyped', name, at: variable.at };
    throw new ExpressionError('name', `No symbol "${name}" in current context.`);
  }

  #history(number: number): Value {
    const { history } = this.#scope;
    const value = history[number === 0 ? history.length - 1 : number - 1];
    if (!value)
      throw bad(number === 0 ? 'The history is empty.' : `History has not yet reached $${number}.`);
    return value;
  }

  /** A number, enumerator or pointer, read from memory where it lies there. */
  #load(value: Value): Extract<Value, { kind: 'scalar' }> {
    switch (value.kind) {
      case 'scalar':
        return value;
      case 'float':
        return { kind: 'scalar', type: this.#named('long'), raw: truncated(value.value) };
      case 'bytes':
        throw bad('A string constant has no address in a dump.');
      case 'untyped':
        throw untyped(value.name);
      case 'place':
        return this.#read(value);
    }
  }

  #read(value: Extract<Value, { kind: 'place' }>): Extract<Value, { kind: 'scalar' }> {
    const { types } = this.#scope;
    const type = this.#strip(value.type);
    if (type.kind === 'array')
      return { kind: 'scalar', type: types.pointerTo(type.of), raw: value.at };
    if (type.kind === 'function')
      return { kind: 'scalar', type: types.pointerTo(value.type), raw: value.at };
    if (type.kind !== 'int' && type.kind !== 'enum' && type.kind !== 'pointer')
      throw bad(`The value is no number or pointer: ${type.kind}.`);
    const raw = readInteger({ memory: this.#scope.memory }, value.at, {
      offset: 0,
      size: this.#sizeOf(value.type),
      type: value.type,
      signed: type.kind !== 'pointer' && type.signed,
      bits: value.bits,
    });
    if (isFault(raw))
      throw bad(`Cannot access memory at address ${hex(value.at)}: ${raw.explain()}`);
    return {
      kind: 'scalar',
      type: value.type,
      raw: BigInt.asUintN(this.#sizeOf(value.type) * 8, raw),
    };
  }

  /** C's integer promotions: what is smaller than an int becomes one. */
  #num(value: Value): Num {
    const { type: id, raw } = this.#load(value);
    const type = this.#strip(id);
    if (type.kind === 'pointer') return num(raw, 64, false);
    if (type.kind !== 'int' && type.kind !== 'enum') throw bad('The value is no number.');
    const own = type.signed ? BigInt.asIntN(type.size * 8, raw) : raw;
    if (type.size < 4) return int(own);
    return num(own, type.size > 4 ? 64 : 32, type.signed);
  }

  #isTrue(value: Value): boolean {
    return value.kind === 'float' ? value.value !== 0 : this.#load(value).raw !== 0n;
  }

  #unary({ operator, operand: expression }: Kind<'unary'>): Value {
    const operand = this.value(expression);
    if (operator === '*') return this.#dereference(operand);
    if (operator === '&') return this.#addressOf(operand);
    if (operator === '!') return this.#number(int(this.#isTrue(operand) ? 0n : 1n));
    if (operand.kind === 'float' && operator !== '~')
      return this.#float(operator === '-' ? -operand.value : operand.value);
    return this.#number(negated(operator, this.#num(operand)));
  }

  #addressOf(operand: Value): Value {
    const { types } = this.#scope;
    if (operand.kind === 'untyped') {
      const unknown = types.integer('<data variable, no debug info>', 4, true);
      return this.#scalar(types.pointerTo(unknown), operand.at);
    }
    if (operand.kind !== 'place')
      throw bad('Attempt to take address of value not located in memory.');
    if (operand.bits) throw bad('Attempt to take address of a bit-field.');
    return this.#scalar(types.pointerTo(operand.type), operand.at);
  }

  #dereference(operand: Value): Value {
    if (operand.kind === 'place' && this.#strip(operand.type).kind === 'function') return operand;
    const { type: id, raw } = this.#load(operand);
    const type = this.#strip(id);
    // gdb takes a number for the address of a long.
    if (type.kind === 'int') return this.#at(this.#named('long'), raw);
    if (type.kind !== 'pointer' || this.#strip(type.to).kind === 'void')
      throw bad('Attempt to take contents of a non-pointer value.');
    return this.#at(type.to, raw);
  }

  #at(type: TypeId, address: bigint): Value {
    return { kind: 'place', type, at: virtual(BigInt.asUintN(64, address)) };
  }

  #member(operand: Value, name: string): Value {
    const at = this.#structOf(operand);
    const found = this.#field(at.type, name, 0);
    if (!found) throw new ExpressionError('name', `There is no member named ${name}.`);
    const { field, bitOffset } = found;
    const place = virtual(BigInt.asUintN(64, at.at + BigInt(bitOffset >> 3)));
    const bits = field.bitSize > 0 ? { offset: bitOffset & 7, size: field.bitSize } : undefined;
    return { kind: 'place', type: field.type, at: place, bits };
  }

  /** To gdb `.` and `->` are the same: a pointer is followed. */
  #structOf(operand: Value): Extract<Value, { kind: 'place' }> {
    const id = this.#typeOf(operand);
    const { kind } = this.#strip(id);
    const place = kind === 'pointer' ? this.#dereference(operand) : operand;
    const inner = place.kind === 'place' ? this.#strip(place.type).kind : 'void';
    if (place.kind === 'place' && (inner === 'struct' || inner === 'union')) return place;
    if (inner === 'forward') throw bad('The type is incomplete: its members are not known.');
    throw bad('Attempt to extract a component of a value that is not a structure.');
  }

  #field(id: TypeId, name: string, depth: number): FoundField | undefined {
    const type = this.#strip(id);
    if (depth > MAX_DEPTH || (type.kind !== 'struct' && type.kind !== 'union')) return undefined;
    for (const field of type.fields) {
      if (field.name === name) return { field, bitOffset: field.bitOffset };
      if (field.name !== '') continue;
      const inner = this.#field(field.type, name, depth + 1);
      if (inner) return { ...inner, bitOffset: inner.bitOffset + field.bitOffset };
    }
    return undefined;
  }

  #binary({ operator, left, right }: Kind<'binary'>): Value {
    if (operator === ',') {
      this.value(left);
      return this.value(right);
    }
    if (operator === '&&' || operator === '||') {
      const first = this.#isTrue(this.value(left));
      if (first === (operator === '||')) return this.#number(int(first ? 1n : 0n));
      return this.#number(int(this.#isTrue(this.value(right)) ? 1n : 0n));
    }
    const a = this.value(left);
    const b = this.value(right);
    if (operator === '@') return this.#repeat(a, b);
    if (a.kind === 'float' || b.kind === 'float') return this.#floats(operator, a, b);
    if (operator === '+') return this.#sum(a, b, 1n);
    if (operator === '-') return this.#difference(a, b);
    return this.#number(compute(operator, this.#num(a), this.#num(b)));
  }

  #floats(operator: BinaryOperator, left: Value, right: Value): Value {
    const real = (value: Value): number =>
      value.kind === 'float' ? value.value : Number(this.#num(value).value);
    const [a, b] = [real(left), real(right)];
    const result = computeFloat(operator, a, b);
    if (result !== undefined) return this.#float(result);
    const is = { '<': a < b, '>': a > b, '<=': a <= b, '>=': a >= b, '==': a === b, '!=': a !== b };
    if (!Object.hasOwn(is, operator)) throw bad('Argument to arithmetic operation not a number.');
    return this.#number(int(is[operator as keyof typeof is] ? 1n : 0n));
  }

  /** What a pointer (or an array) points to; undefined for a number. */
  #target(value: Value): TypeId | undefined {
    if (value.kind !== 'place' && value.kind !== 'scalar') return undefined;
    const type = this.#strip(value.type);
    if (type.kind === 'pointer') return type.to;
    return type.kind === 'array' ? type.of : undefined;
  }

  #sum(left: Value, right: Value, sign: 1n | -1n): Value {
    const target = this.#target(left);
    if (target === undefined && sign === 1n && this.#target(right) !== undefined)
      return this.#sum(right, left, sign);
    if (target === undefined)
      return this.#number(compute(sign === 1n ? '+' : '-', this.#num(left), this.#num(right)));
    const pointer = this.#load(left);
    const step = sign * this.#num(right).value * BigInt(this.#sizeOf(target));
    return this.#scalar(pointer.type, pointer.raw + step);
  }

  #difference(left: Value, right: Value): Value {
    const target = this.#target(left);
    if (target === undefined || this.#target(right) === undefined)
      return this.#sum(left, right, -1n);
    const bytes = BigInt.asIntN(64, this.#load(left).raw - this.#load(right).raw);
    const size = BigInt(this.#sizeOf(target));
    return this.#number(num(size === 0n ? bytes : bytes / size, 64, true));
  }

  /** `place@count`: that many of it, one behind the other. */
  #repeat(first: Value, count: Value): Value {
    if (first.kind !== 'place') throw bad('Only values in memory can be extended with "@".');
    const { value } = this.#num(count);
    if (value <= 0n || value > MAX_ELEMENTS) throw bad('Invalid number of repetitions.');
    const type = this.#scope.types.arrayOf(first.type, Number(value));
    return { kind: 'place', type, at: first.at };
  }

  #cast(to: TypeId, value: Value): Value {
    if (value.kind === 'untyped') return { kind: 'place', type: to, at: value.at };
    const type = this.#strip(to);
    switch (type.kind) {
      case 'int':
      case 'enum':
      case 'pointer': {
        if (value.kind === 'float') return this.#scalar(to, truncated(value.value));
        const isBool = type.kind === 'int' && type.isBool;
        if (isBool) return this.#scalar(to, this.#isTrue(value) ? 1n : 0n);
        return this.#scalar(to, this.#num(value).value);
      }
      case 'float':
        if (value.kind === 'float') return { ...value, type: to };
        return { kind: 'float', type: to, value: Number(this.#num(value).value) };
      default:
        if (value.kind === 'place' && !value.bits && this.#strip(value.type) === type)
          return { ...value, type: to };
        throw bad('Invalid cast.');
    }
  }

  /** The kernel's own macros for per-CPU variables; a dump runs no functions. */
  #call({ callee, operands }: Kind<'call'>): Value {
    const name = callee.kind === 'name' ? callee.name : '';
    const [what, which] = operands;
    if ((name !== 'per_cpu' && name !== 'per_cpu_ptr') || !what || !which || operands.length > 2)
      throw bad('A dump runs no functions; only per_cpu(NAME, CPU) and per_cpu_ptr(POINTER, CPU).');
    const cpu = this.#num(this.value(which)).value;
    if (!this.#scope.isCpu(cpu)) throw bad(`invalid cpu specification: ${cpu}`);
    const value = this.value(what);
    const pointer = name === 'per_cpu' ? this.#addressOf(value) : this.#load(value);
    const raw = this.#load(pointer).raw;
    const at = this.#scope.dump.perCpuAddress(virtual(raw), Number(cpu));
    if (isFault(at)) throw bad(at.explain());
    if (name === 'per_cpu_ptr') return this.#scalar(this.#typeOf(pointer), at);
    if (value.kind === 'untyped') return { ...value, at };
    return this.#at(this.#typeOf(value), at);
  }
}

interface FoundField {
  readonly field: Field;
  /** From the start of the struct that was asked. */
  readonly bitOffset: number;
}
