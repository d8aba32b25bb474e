// Types as C declares them, in gdb's layout.
import type { Field, Type, TypeId, TypeTable } from './table.ts';

/** Types that contain themselves only damage makes; kernel types nest some ten deep. */
const MAX_DEPTH = 24;
/** Functions that take functions that take functions: real ones stop there. */
const MAX_FUNCTIONS = 4;
/** Lines of one definition: more than any struct has. */
const MAX_LINES = 20_000;

/** BTF and DWARF name integers as gcc does; gdb spells them as people do. */
const SPELLINGS: Readonly<Record<string, string>> = {
  'long unsigned int': 'unsigned long',
  'long long unsigned int': 'unsigned long long',
  'short unsigned int': 'unsigned short',
  'long int': 'long',
  'long long int': 'long long',
  'short int': 'short',
};

/** A type's name: `struct list_head *`, `char (*)[16]`, `const char *`. */
export const typeName = (types: TypeTable, id: TypeId): string => declare(types, id, '');

/** A declaration: `char comm[16]`, `void (*func)(struct callback_head *)`. Without a tag: `struct {...}`. */
export function declare(types: TypeTable, id: TypeId, name: string): string {
  return declareWithin(types, id, name, []);
}

/** @param within the functions whose parameter it is: one that takes itself only damage makes */
function declareWithin(
  types: TypeTable,
  id: TypeId,
  name: string,
  within: readonly TypeId[],
): string {
  const { base, declarator } = declarators(types, id, name, within);
  return spaced(baseName(types, base), declarator);
}

export interface DefinitionLine {
  readonly text: string;
  /** Bytes from the start of the outermost struct, of a member. */
  readonly offset: number | undefined;
}

/**
 * A definition, a line each: a struct or union with its members, those without a tag spelled out inside; of a
 * typedef `typedef … NAME;`. Of a struct the last line lacks its semicolon, as gdb's `ptype` has it.
 */
export function define(types: TypeTable, id: TypeId): DefinitionLine[] {
  const type = types.type(id);
  const lines: DefinitionLine[] = [];
  if (type.kind !== 'typedef') {
    spellOut(types, id, '', '', 0, 0, lines);
    return lines;
  }
  const to = throughTypedefs(types, type.to);
  const target = types.type(to);
  if (target.kind === 'struct' || target.kind === 'union' || target.kind === 'enum')
    spellOut(types, to, 'typedef ', ` ${type.name};`, 0, 0, lines);
  else lines.push({ text: `typedef ${typeName(types, to)} ${type.name};`, offset: undefined });
  return lines;
}

function throughTypedefs(types: TypeTable, id: TypeId): TypeId {
  let at = id;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const type = types.type(at);
    if (type.kind !== 'typedef' && type.kind !== 'tag') return at;
    at = type.to;
  }
  return at;
}

type Aggregate = Extract<Type, { kind: 'struct' | 'union' }>;

/** A struct's, union's or enum's body between what precedes and what follows it. */
function spellOut(
  types: TypeTable,
  id: TypeId,
  before: string,
  after: string,
  depth: number,
  offset: number,
  lines: DefinitionLine[],
): void {
  const type = types.strip(id);
  const indent = '    '.repeat(depth);
  const line = (text: string) => lines.push({ text: `${indent}${text}`, offset: undefined });
  if (type.kind === 'enum') {
    line(`${before}${tagged(type)} ${enumBody(type)}${after}`);
    return;
  }
  if (type.kind !== 'struct' && type.kind !== 'union') {
    line(`${before}${typeName(types, id)}${after}`);
    return;
  }
  line(`${before}${tagged(type)} {`);
  if (type.fields.length === 0) line('    <no data fields>');
  for (const field of type.fields) {
    if (lines.length > MAX_LINES) break;
    const isLast = field === type.fields.at(-1);
    member(types, field, isLast, depth + 1, offset, lines);
  }
  // Where a member's body ends stands its name, and with it where it lies.
  const isMember = depth > 0 && after.length > 1;
  lines.push({ text: `${indent}}${after}`, offset: isMember ? offset : undefined });
}

function member(
  types: TypeTable,
  field: Field,
  isLast: boolean,
  depth: number,
  base: number,
  lines: DefinitionLine[],
): void {
  const offset = base + Math.floor(field.bitOffset / 8);
  const bits = field.bitSize > 0 ? ` : ${field.bitSize}` : '';
  const { base: inner, declarator: spelt } = declarators(types, field.type, field.name, []);
  // BTF does not tell `[0]` from `[]`: only the last member can be without a length.
  const declarator = isLast ? spelt : spelt.replace(/\[\]/, '[0]');
  const type = unqualified(types, inner);
  if ((type.kind === 'struct' || type.kind === 'union') && type.name === '' && depth < MAX_DEPTH) {
    const quals = qualifiersOf(types, inner);
    const after = `${spaced('', declarator)}${bits};`;
    spellOut(types, inner, quals, after, depth, offset, lines);
    return;
  }
  const named =
    type.kind === 'enum' && type.name === ''
      ? `${qualifiersOf(types, inner)}enum ${enumBody(type)}`
      : baseName(types, inner);
  const text = `${'    '.repeat(depth)}${spaced(named, declarator)}${bits};`;
  lines.push({ text, offset });
}

const tagged = (type: Aggregate | Extract<Type, { kind: 'enum' }>): string =>
  type.name === '' ? type.kind : `${type.kind} ${type.name}`;

/** Values are said where they are not the next number. */
function enumBody(type: Extract<Type, { kind: 'enum' }>): string {
  let next = 0n;
  const values = type.values.map(({ name, value }) => {
    const text = value === next ? name : `${name} = ${value}`;
    next = value + 1n;
    return text;
  });
  return `{${values.join(', ')}}`;
}

/** What a declaration is of in the end, and what is written around its name on the way there. */
function declarators(
  types: TypeTable,
  id: TypeId,
  name: string,
  within: readonly TypeId[],
): { base: TypeId; declarator: string } {
  let declarator = name;
  let at = id;
  let wasPointer = false;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const type = types.type(at);
    switch (type.kind) {
      case 'pointer':
        declarator = `*${declarator}`;
        wasPointer = true;
        at = type.to;
        break;
      case 'array':
        if (wasPointer) declarator = `(${declarator})`;
        declarator += type.length === 0 ? '[]' : `[${type.length}]`;
        wasPointer = false;
        at = type.of;
        break;
      case 'function':
        if (wasPointer) declarator = `(${declarator})`;
        declarator += `(${parameters(types, at, type, within)})`;
        wasPointer = false;
        at = type.returns;
        break;
      case 'tag':
        at = type.to;
        break;
      case 'qualifier': {
        const inner = pointerBelow(types, type.to);
        if (inner === undefined) return { base: at, declarator };
        declarator = `* ${type.qualifier}${declarator === '' ? '' : ` ${declarator}`}`;
        wasPointer = true;
        at = inner;
        break;
      }
      default:
        return { base: at, declarator };
    }
  }
  return { base: 0, declarator };
}

/** What a qualified pointer points to; undefined where it is no pointer. */
function pointerBelow(types: TypeTable, id: TypeId): TypeId | undefined {
  let type = types.type(id);
  for (
    let depth = 0;
    depth < MAX_DEPTH && (type.kind === 'tag' || type.kind === 'qualifier');
    depth++
  )
    type = types.type(type.to);
  return type.kind === 'pointer' ? type.to : undefined;
}

function parameters(
  types: TypeTable,
  id: TypeId,
  type: Extract<Type, { kind: 'function' }>,
  within: readonly TypeId[],
): string {
  if (within.includes(id) || within.length === MAX_FUNCTIONS) return '…';
  const inside = [...within, id];
  const names = type.parameters.map((parameter) =>
    declareWithin(types, parameter.type, '', inside),
  );
  if (type.isVariadic) names.push('...');
  return names.length === 0 ? 'void' : names.join(', ');
}

function unqualified(types: TypeTable, id: TypeId): Type {
  let type = types.type(id);
  for (
    let depth = 0;
    depth < MAX_DEPTH && (type.kind === 'tag' || type.kind === 'qualifier');
    depth++
  )
    type = types.type(type.to);
  return type;
}

/** `const ` and the like before a type that is no pointer. */
function qualifiersOf(types: TypeTable, id: TypeId): string {
  const words = new Set<string>();
  let type = types.type(id);
  for (
    let depth = 0;
    depth < MAX_DEPTH && (type.kind === 'tag' || type.kind === 'qualifier');
    depth++
  ) {
    if (type.kind === 'qualifier') words.add(type.qualifier);
    type = types.type(type.to);
  }
  return ['const', 'volatile', 'restrict']
    .map((word) => (words.has(word) ? `${word} ` : ''))
    .join('');
}

function baseName(types: TypeTable, id: TypeId): string {
  const type = unqualified(types, id);
  const quals = qualifiersOf(types, id);
  switch (type.kind) {
    case 'struct':
    case 'union':
    case 'enum':
      return `${quals}${type.kind} ${type.name === '' ? '{...}' : type.name}`;
    case 'forward':
      return `${quals}${type.of} ${type.name}`;
    case 'int':
    case 'float':
      return `${quals}${SPELLINGS[type.name] ?? type.name}`;
    case 'typedef':
      return `${quals}${type.name}`;
    default:
      return `${quals}void`;
  }
}

/** `int *p`, `int`, `char [16]` */
function spaced(base: string, declarator: string): string {
  return declarator === '' ? base : `${base} ${declarator}`;
}
