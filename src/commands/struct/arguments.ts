// A `struct` line's operands: NAME[.MEMBER,…] [ADDRESS | SYMBOL][:CPUS] [COUNT].
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { isFault } from '../../bytes/fault.ts';
import { evaluateAddress, type Scope } from '../../types/expression.ts';
import { hexNumber, placeNamed } from '../kit/address.ts';
import { cpusNamed, splitCpuSpec } from '../kit/cpu-spec.ts';
import { CommandError, type Context } from '../kit/define.ts';
import { answering } from '../kit/expression.ts';
import { type FoundMember, memberOf, type StructType, structNamed } from '../kit/members.ts';

export interface Subject {
  readonly struct: StructType;
  /** Empty: the whole struct. */
  readonly members: readonly FoundMember[];
}

/** More structs than anyone reads. */
const MAX_COUNT = 100_000;

/**
 * `task_struct.pid,comm`
 *
 * @param keyword which kind it must be; undefined: either
 * @throws CommandError in crash's words
 */
export function subjectOf(
  context: Context,
  command: string,
  word: string,
  scope: Scope,
  keyword: 'struct' | 'union' | undefined,
): Subject {
  const dot = word.indexOf('.');
  const name = dot < 0 ? word : word.slice(0, dot);
  const struct = structNamed(scope.types, name, keyword);
  if (struct === 'unknown')
    throw new CommandError('not-found', `${command}: invalid data structure reference: ${name}`);
  if (struct === 'mismatch')
    throw new CommandError(
      'usage',
      `${command}: data type mismatch: ${name} is not a ${keyword ?? 'struct or union'}`,
    );
  if (dot >= 0 && !/[^.,]/.test(word.slice(dot)))
    throw new CommandError('usage', `${command}: invalid format: ${word}`);
  const references = dot < 0 ? [] : word.slice(dot + 1).split(',');
  const members: FoundMember[] = [];
  for (const reference of references) {
    const found = memberOf(scope.types, struct.id, reference);
    if (found) members.push(found);
    else {
      const message = `${command}: invalid data structure reference: ${name}.${reference}`;
      if (references.length === 1) throw new CommandError('not-found', message);
      context.warn(message);
    }
  }
  if (references.length > 0 && members.length === 0)
    throw new CommandError('not-found', `${command}: invalid data structure reference: ${word}`);
  return { struct, members };
}

export interface Start {
  /** Of a per-CPU variable: whose copy. */
  readonly cpu: number | null;
  readonly address: VirtualAddress;
}

/**
 * Where structs lie: an address, a symbol, an expression; with CPUs, one of each.
 *
 * @throws CommandError when it is none
 */
export function startsOf(context: Context, command: string, scope: Scope, word: string): Start[] {
  const { name, spec } = splitCpuSpec(word);
  const symbol = context.dump.symbols.lookup(name);
  const address = symbol?.address ?? addressOf(context, command, scope, name);
  if (spec === undefined) return [{ cpu: null, address }];
  // A number with CPUs is a per-CPU pointer.
  if (symbol && !scope.variable(name)?.isPerCpu) {
    context.warn(`${name} is not percpu; cpuspec ignored.`);
    return [{ cpu: null, address }];
  }
  return cpusNamed(context, command, spec).flatMap((cpu) => {
    const copy = context.dump.perCpuAddress(address, cpu);
    if (!isFault(copy)) return [{ cpu, address: copy }];
    context.warn(`${command}: CPU ${cpu}: ${copy.explain()}`);
    return [];
  });
}

function addressOf(context: Context, command: string, scope: Scope, word: string): VirtualAddress {
  const number = hexNumber(word);
  if (number !== undefined) return virtual(number);
  if (/^\w+$/.test(word)) return placeNamed(context.dump, word).address;
  return answering(command, () => evaluateAddress(scope, word));
}

/** @throws CommandError when it is none */
export function structCount(command: string, word: string | undefined): number {
  if (word === undefined) return 1;
  const value = /^-?(?:0x[0-9a-f]+|\d+)$/i.test(word) ? Number(word.replace('-', '')) : Number.NaN;
  if (!Number.isFinite(value) || value > MAX_COUNT)
    throw new CommandError('usage', `${command}: not a valid number: ${word}`);
  return word.startsWith('-') ? -value : value;
}

/**
 * `-l`: what is subtracted from the address given: bytes, or a member's offset.
 *
 * @throws CommandError when it is neither
 */
export function linkOffset(command: string, scope: Scope, word: string | undefined): number {
  if (word === undefined) return 0;
  const offset = offsetNamed(scope, word);
  if (offset === undefined)
    throw new CommandError('not-found', `${command}: invalid -l option: ${word}`);
  return offset;
}

/** Bytes: decimal, `0x…`, or the offset of `struct.member`; undefined: neither. */
export function offsetNamed(scope: Scope, word: string): number | undefined {
  if (/^(?:\d{1,9}|0x[0-9a-f]{1,8})$/i.test(word)) return Number(word);
  const dot = word.indexOf('.');
  const struct = dot < 0 ? 'unknown' : structNamed(scope.types, word.slice(0, dot));
  if (typeof struct === 'string') return undefined;
  const member = memberOf(scope.types, struct.id, word.slice(dot + 1));
  return member && Math.floor(member.bitOffset / 8);
}
