// `-s` and `-S` of `list` and `tree`: structs or members shown below each address.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { latin1 } from '../../bytes/cursor.ts';
import { isFault } from '../../bytes/fault.ts';
import { hex } from '../../print/hex.ts';
import { type CJson, layOut, type Radix, toJson } from '../../types/c-print.ts';
import type { Scope } from '../../types/expression.ts';
import { CommandError, type Context } from './define.ts';
import {
  byteOffset,
  type FoundMember,
  isAggregate,
  memberOf,
  readMember,
  type StructType,
  showMember,
  showStruct,
  structNamed,
} from './members.ts';

/** What stands below one address: its lines, and the values by reference (`name`, or all of a struct's). */
export interface Below {
  readonly lines: readonly string[];
  readonly values: { readonly [reference: string]: CJson };
}

/** Shows what was asked for of the struct at an address. */
export type ShowBelow = (address: VirtualAddress) => Below;

export interface BelowOptions {
  /** The words of -s: `struct[.member[,member]…]`. */
  readonly s?: readonly string[] | undefined;
  /** The same of -S: shown as plain numbers. */
  readonly S?: readonly string[] | undefined;
  readonly radix: Radix;
}

/** @throws CommandError when a word is no struct or member */
export function belowEach(
  context: Context,
  command: string,
  scope: Scope,
  { s = [], S = [], radix }: BelowOptions,
): ShowBelow {
  const wanted = [
    ...s.map((word) => ({ ...wantedOf(command, scope, word), isPlain: false })),
    ...S.map((word) => ({ ...wantedOf(command, scope, word), isPlain: true })),
  ];
  const source = { memory: scope.memory, symbols: scope.dump.symbols };
  const { types } = scope;
  return (address) => {
    const lines: string[] = [];
    const values: Record<string, CJson> = {};
    for (const { struct, members, isPlain } of wanted) {
      const onFault = (why: string) =>
        context.warn(`${command}: ${struct.name} at ${address.toString(16)}: ${why}`);
      if (members.length === 0) {
        const shown = showStruct(source, types, struct, address, radix, onFault);
        lines.push(shown.text);
        Object.assign(values, shown.json);
      }
      for (const member of members) {
        const shown =
          (isPlain ? plainMember(scope, member, address, radix, onFault) : undefined) ??
          showMember(source, types, member, address, radix, onFault);
        lines.push(shown.text);
        values[member.reference] = shown.json;
      }
    }
    return { lines, values };
  };
}

function wantedOf(
  command: string,
  scope: Scope,
  word: string,
): { struct: StructType; members: readonly FoundMember[] } {
  const dot = word.indexOf('.');
  const name = dot < 0 ? word : word.slice(0, dot);
  const struct = structNamed(scope.types, name);
  if (typeof struct === 'string')
    throw new CommandError('not-found', `${command}: invalid structure name: ${name}`);
  const references = dot < 0 ? [] : word.slice(dot + 1).split(',');
  const members = references.map((reference) => {
    const member = memberOf(scope.types, struct.id, reference);
    if (member) return member;
    throw new CommandError(
      'not-found',
      `${command}: invalid data structure member reference: ${reference}`,
    );
  });
  return { struct, members };
}

/** `  pid = 1`: a number without its sign, text up to its NUL; undefined for what is neither. */
function plainMember(
  scope: Scope,
  member: FoundMember,
  struct: VirtualAddress,
  radix: Radix,
  onFault: (why: string) => void,
): { text: string; json: CJson } | undefined {
  const { types, memory } = scope;
  const type = types.strip(member.type);
  const size = types.sizeOf(member.type) ?? 0;
  const isText = type.kind === 'array' && types.strip(type.of).kind === 'int' && size > 0;
  if (isText && types.sizeOf(type.of) === 1) {
    const at = virtual(BigInt.asUintN(64, struct + BigInt(byteOffset(member))));
    const bytes = memory.read(at, Math.min(size, 4096));
    if (isFault(bytes)) return undefined;
    const text = latin1(bytes);
    return { text: `  ${member.reference} = "${text}"`, json: text };
  }
  if (isAggregate(type) && size !== 1 && size !== 2 && size !== 4 && size !== 8) return undefined;
  const scalar = isAggregate(type)
    ? { ...member, type: types.integer(`u${size * 8}`, size, false) }
    : member;
  const source = { memory, symbols: scope.dump.symbols };
  const value = readMember(source, types, scalar, struct, onFault);
  const raw =
    value.kind === 'int'
      ? BigInt.asUintN(Math.max(value.bits, 8), value.value)
      : value.kind === 'enum'
        ? BigInt.asUintN(32, value.value)
        : value.kind === 'pointer'
          ? value.address
          : undefined;
  if (raw === undefined)
    return value.kind === 'unreadable'
      ? { text: `  ${member.reference} = ${layOut(value, radix)}`, json: null }
      : undefined;
  const symbol = scope.dump.symbols.at(virtual(raw));
  const name = symbol?.address === raw ? ` <${symbol.name}>` : '';
  return {
    text: `  ${member.reference} = ${radix === 16 ? hex(raw) : raw}${name}`,
    json: toJson(value),
  };
}
