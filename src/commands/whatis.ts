// `whatis`: the type of a name or an expression, and types by size or member.
import { declare, define, typeName } from '../types/c-declare.ts';
import { evaluate, type Scope } from '../types/expression.ts';
import type { Type, TypeId } from '../types/table.ts';
import { CommandError, type Context, defineCommand } from './kit/define.ts';
import { answering, scopeOf } from './kit/expression.ts';
import { type LaidOut, layoutOf, withLayout } from './kit/layout.ts';
import { misused } from './kit/usage.ts';
import { subjectOf } from './struct/arguments.ts';
import type { StructMember } from './struct/data.ts';
import { definitionText, memberOffsetText, membersOf, offsetText } from './struct/definition.ts';
import { parseRange, search } from './whatis/search.ts';

export interface WhatisEntry {
  /** What it is: a type's declaration, a variable's or a function's. */
  readonly declaration: string;
  /** Bytes; null: has none. */
  readonly size: number | null;
  /** Of a struct or union. */
  readonly members: readonly StructMember[];
  /** Of an enumeration: its values, decimal. */
  readonly values: readonly { readonly name: string; readonly value: string }[];
}

/** One, or those a search found. */
export type WhatisData = readonly WhatisEntry[];

const whatis = defineCommand({
  name: 'whatis',
  summary: 'the type of a name or an expression; types by size or member',
  operands: '[TYPE | SYMBOL | EXPRESSION]',
  options: {
    o: { type: 'boolean', help: "with the members' offsets" },
    r: { type: 'string', value: 'SIZE[-SIZE]', help: 'types of so many bytes' },
    m: {
      type: 'string',
      value: 'TYPE',
      help: 'structs and unions with a member of this type, or that points to it, also deeper inside',
    },
  },
  details: [
    "A kernel's BTF does not say what type a variable has, except per-CPU ones; for many others inquest knows it.",
  ],
  takesQuotes: true,
  examples: [
    ['whatis pid_t', 'a typedef'],
    ['whatis schedule_timeout', 'what a function takes and returns'],
    ['whatis -r 192 -m list_head', 'structs of 192 bytes with a list_head in them'],
  ],

  run(context, { o, r, m }, operands): LaidOut<WhatisData, string> {
    const scope = scopeOf(context);
    if (r !== undefined || m !== undefined) {
      const range = parseRange(r);
      if (!range) throw new CommandError('usage', `whatis: not a valid number: ${r}`);
      if (operands.length > 0) throw misused(whatis);
      const found = search(scope.types, range, m);
      const entries = found.map(({ declaration, size, id }) => ({
        ...entryOf(scope, declaration, id),
        size,
      }));
      if (found.length === 0) return withLayout(entries, '(none found)');
      const width = Math.max(4, ...found.map(({ size }) => `${size}`.length));
      const rows = found.map(({ size, name }) => `${`${size}`.padStart(width)}  ${name}`);
      return withLayout(entries, [`${'SIZE'.padStart(width)}  TYPE`, ...rows].join('\n'));
    }
    const word = operands.join(' ').trim();
    if (/^(?:struct|union|enum)?$/.test(word)) throw misused(whatis);
    const { entry, text } = describe(context, scope, word, o ?? false);
    return withLayout([entry], text);
  },

  *render(data) {
    yield layoutOf(data);
  },
});

export default whatis;

interface Described {
  readonly entry: WhatisEntry;
  readonly text: string;
}

function describe(context: Context, scope: Scope, word: string, withOffsets: boolean): Described {
  const [, keyword, name = ''] = /^(?:(struct|union|enum)\s+)?([A-Za-z_]\w*)$/.exec(word) ?? [];
  // A variable goes before a type of the same name, as in crash: mutex is both.
  const found =
    (keyword === undefined ? variableOf(scope, name) : undefined) ??
    typeOf(scope, keyword, name, withOffsets) ??
    (keyword === undefined ? enumeratorOf(scope, name) : undefined) ??
    memberOf(context, scope, word) ??
    expressionOf(scope, word);
  if (found) return found;
  throw new CommandError('not-found', `whatis: cannot resolve: ${word}`);
}

function variableOf(scope: Scope, name: string): Described | undefined {
  if (name === '') return undefined;
  const variable = scope.variable(name);
  if (!variable) return undefined;
  const type =
    variable.type ??
    (scope.dump.symbols.isText(variable.at) ? scope.types.functionType(name) : undefined);
  if (type === undefined) return undefined;
  const declaration = declare(scope.types, type, name);
  return { entry: entryOf(scope, declaration, type), text: `${declaration};` };
}

function typeOf(
  scope: Scope,
  keyword: string | undefined,
  name: string,
  withOffsets: boolean,
): Described | undefined {
  if (name === '') return undefined;
  const { types } = scope;
  const kinds = (keyword ? [keyword] : ['struct', 'union', 'typedef', 'enum']) as readonly (
    | 'struct'
    | 'union'
    | 'typedef'
    | 'enum'
  )[];
  const id =
    kinds.map((kind) => types.find(kind, name)).find((found) => found !== undefined) ??
    (keyword ? undefined : integerNamed(scope, name));
  if (id === undefined) return undefined;
  const type = types.strip(id);
  const entry = entryOf(scope, typeName(types, id), id);
  if (type.kind === 'enum' && types.type(id).kind === 'enum')
    return { entry, text: enumText(type) };
  if (type.kind === 'struct' || type.kind === 'union') {
    const struct = { keyword: type.kind, name, id, size: type.size };
    const form = { address: undefined, radix: 10 } as const;
    const text = withOffsets ? offsetText(types, struct, form) : definitionText(types, struct);
    return { entry, text };
  }
  const size = entry.size === null ? '' : `SIZE: ${entry.size}`;
  if (types.type(id).kind === 'int') return { entry, text: size };
  const lines = define(types, id).map(({ text }) => text);
  return { entry, text: [...lines, size].join('\n') };
}

function integerNamed(scope: Scope, name: string): TypeId | undefined {
  try {
    return /^[a-z_]+$/i.test(name) ? scope.typeNamed(name) : undefined;
  } catch {
    return undefined;
  }
}

function enumText(type: Extract<Type, { kind: 'enum' }>): string {
  const values = type.values.map(({ name, value }) => `  ${name} = ${value}`);
  return [`enum ${type.name} {`, ...values, '};'].join('\n');
}

function enumeratorOf(scope: Scope, name: string): Described | undefined {
  const value = scope.enumerator(name);
  if (value?.kind !== 'scalar') return undefined;
  const type = scope.types.strip(value.type);
  if (type.kind !== 'enum') return undefined;
  const named = type.values.find((one) => one.name === name);
  const declaration = typeName(scope.types, value.type);
  return {
    entry: entryOf(scope, declaration, value.type),
    text: `${declaration} = ${named?.value}`,
  };
}

/** `task_struct.comm`: where a member lies. */
function memberOf(context: Context, scope: Scope, word: string): Described | undefined {
  const [, name] = /^(?:struct\s+|union\s+)?(\w+\.[\w.[\]]+)$/.exec(word) ?? [];
  if (name === undefined) return undefined;
  try {
    const { struct, members } = subjectOf(context, 'whatis', name, scope, undefined);
    const [member] = members;
    if (!member) return undefined;
    const form = { address: undefined, radix: 10 } as const;
    return {
      entry: entryOf(scope, declare(scope.types, member.type, member.reference), member.type),
      text: memberOffsetText(scope.types, struct, member, form),
    };
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

function expressionOf(scope: Scope, word: string): Described | undefined {
  try {
    // A type spelled with more than a name: `unsigned long`, `struct page *`.
    const id = scope.typeNamed(word);
    const entry = entryOf(scope, typeName(scope.types, id), id);
    return { entry, text: entry.size === null ? entry.declaration : `SIZE: ${entry.size}` };
  } catch {
    return answering('whatis', () => valueType(scope, word));
  }
}

function valueType(scope: Scope, word: string): Described | undefined {
  if (/^[A-Za-z_]\w*$/.test(word) && !scope.variable(word)) return undefined;
  if (/^(?:struct|union|enum)\b/.test(word)) return undefined;
  const value = evaluate(scope, word);
  if (value.kind === 'untyped')
    throw new CommandError(
      'unsupported',
      `whatis: the type of ${value.name} is not recorded in this kernel's BTF`,
    );
  const declaration = typeName(scope.types, value.type);
  return { entry: entryOf(scope, declaration, value.type), text: declaration };
}

function entryOf(scope: Scope, declaration: string, id: TypeId): WhatisEntry {
  const { types } = scope;
  const type = types.strip(id);
  const isStruct = type.kind === 'struct' || type.kind === 'union';
  return {
    declaration,
    size: types.sizeOf(id) ?? null,
    members: isStruct
      ? membersOf(types, { keyword: type.kind, name: type.name, id, size: type.size })
      : [],
    values:
      type.kind === 'enum'
        ? type.values.map(({ name, value }) => ({ name, value: `${value}` }))
        : [],
  };
}
