// A value as gdb's `print` shows it: with its type where it is a pointer or a function.

import { hex } from '../../print/hex.ts';
import { declare, typeName } from '../../types/c-declare.ts';
import type { CJson, CValue } from '../../types/c-print.ts';
import { layOut, type Radix, toJson } from '../../types/c-print.ts';
import { ExpressionError, type Scope, type Value } from '../../types/expression.ts';
import type { Context } from './define.ts';

export interface PrintedValue {
  readonly text: string;
  readonly json: CJson;
  /** Its type as C spells it. */
  readonly type: string;
  /** Where it lies; null: it was computed. */
  readonly address: string | null;
}

/** Reads a value and lays it out; what cannot be read of it becomes warnings. @throws ExpressionError */
export function printValue(
  context: Context,
  command: string,
  scope: Scope,
  value: Value,
  radix: Radix,
): PrintedValue {
  const { value: read, faults } = scope.read(value);
  if (read.kind === 'unreadable' && value.kind === 'place')
    throw new ExpressionError(
      'value',
      `Cannot access memory at address ${hex(value.at)}: ${read.fault.explain()}`,
    );
  for (const fault of faults) context.warn(`${command}: ${fault}`);
  const { type } = value as Exclude<Value, { kind: 'untyped' }>;
  const address = value.kind === 'place' ? hex(value.at) : null;
  const name = typeName(scope.types, type);
  return { text: textOf(scope, value, read, radix), json: toJson(read), type: name, address };
}

function textOf(scope: Scope, value: Value, read: CValue, radix: Radix): string {
  const { types, dump } = scope;
  if (value.kind === 'untyped') return '';
  const type = types.strip(value.type);
  if (type.kind === 'function' && value.kind === 'place') {
    const symbol = dump.symbols.at(value.at);
    const name = symbol?.address === value.at ? ` <${symbol.name}>` : '';
    return `{${typeName(types, value.type)}} ${hex(value.at)}${name}`;
  }
  const text = layOut(read, radix);
  if (type.kind !== 'pointer' || read.kind !== 'pointer') return text;
  const target = types.strip(type.to);
  if (target.kind === 'int' && target.name === 'char' && !isNamed(scope, type.to)) return text;
  return `(${declare(types, value.type, '')}) ${text}`;
}

/** Whether a type is a typedef: `s8 *` says so, where `char *` does not. */
function isNamed({ types }: Scope, id: Value extends { type: infer T } ? T : number): boolean {
  let type = types.type(id);
  while (type.kind === 'qualifier' || type.kind === 'tag') type = types.type(type.to);
  return type.kind === 'typedef';
}
