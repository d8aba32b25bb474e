// Members, after `.` and `->`: of a type by name, or of what an expression comes to.
import { scopeOf } from '../../commands/kit/expression.ts';
import type { Session } from '../../commands/kit/session.ts';
import type { Dump } from '../../types/dump.ts';
import { ExpressionError, evaluate, type Scope } from '../../types/expression.ts';
import type { Type, TypeId } from '../../types/table.ts';

/** Anonymous members nest; a damaged type could do so in itself. */
const DEEPEST = 16;

/**
 * Candidates, and the part of the text that each would replace; undefined: the text does not end in a member.
 *
 * @param text up to the cursor
 */
export function memberCandidates(
  context: { readonly dump: Dump; readonly session: Session },
  text: string,
): [candidates: string[], word: string] | undefined {
  // `struct task_struct.pid,comm`: each behind a comma completes.
  const [whole, start = ''] = /(?:\.|->)(?:\w+,)*(\w*)$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const base = postfixAtEnd(text.slice(0, -whole.length));
  if (base === '') return undefined;
  const scope = scopeOf({ ...context, warn: () => {} });
  const type = typeByName(scope, base) ?? typeOfExpression(scope, base);
  if (type === undefined) return undefined;
  return [fieldsOf(scope, type).filter((name) => name.startsWith(start)), start];
}

/** The end of a text that binds as tight as a member does: a name, calls, indexes, parentheses, members. */
function postfixAtEnd(text: string): string {
  let at = text.length;
  for (;;) {
    const before = text.slice(0, at);
    const open = /[)\]]$/.test(before) ? openingOf(before) : -1;
    const name = open < 0 ? /[\w$]+$/.exec(before)?.[0] : undefined;
    if (open < 0 && name === undefined) return text.slice(at);
    at = open < 0 ? at - (name?.length ?? 0) : open;
    const isCalled = open >= 0 && /[\w$\])]$/.test(text.slice(0, at));
    const link = /(?:\.|->)$/.exec(text.slice(0, at))?.[0];
    if (link !== undefined) at -= link.length;
    else if (!isCalled) return text.slice(at);
  }
}

/** Where what the last character closes was opened; -1: nowhere. */
function openingOf(text: string): number {
  let depth = 0;
  for (let i = text.length - 1; i >= 0; i--) {
    if (')]'.includes(text[i] as string)) depth++;
    else if ('(['.includes(text[i] as string) && --depth === 0) return i;
  }
  return -1;
}

/** `task_struct.se.load`: the type of a path through a type's members. */
function typeByName(scope: Scope, path: string): TypeId | undefined {
  const [name = '', ...steps] = path.split('.');
  const kinds = ['struct', 'union', 'typedef'] as const;
  let [id] = kinds.flatMap((kind) => scope.types.find(kind, name) ?? []);
  for (const step of steps) {
    if (id === undefined) return undefined;
    id = fieldNamed(scope, id, step.replace(/\[.*$/, ''));
  }
  return id;
}

function typeOfExpression(scope: Scope, text: string): TypeId | undefined {
  try {
    const value = evaluate(scope, text);
    return value.kind === 'untyped' ? undefined : value.type;
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

/** Arrays and pointers looked through: what their members are is clear. */
function aggregate(scope: Scope, id: TypeId): Extract<Type, { fields: unknown }> | undefined {
  let type = scope.types.strip(id);
  for (let deep = 0; deep < DEEPEST; deep++) {
    if (type.kind === 'pointer') type = scope.types.strip(type.to);
    else if (type.kind === 'array') type = scope.types.strip(type.of);
    else break;
  }
  return 'fields' in type ? type : undefined;
}

function* members(
  scope: Scope,
  id: TypeId,
  deep = 0,
): Generator<{ readonly name: string; readonly type: TypeId }> {
  if (deep > DEEPEST) return;
  for (const field of aggregate(scope, id)?.fields ?? [])
    if (field.name === '') yield* members(scope, field.type, deep + 1);
    else yield field;
}

const fieldsOf = (scope: Scope, id: TypeId): string[] =>
  [...members(scope, id)].map(({ name }) => name).filter((name) => /^\w{1,256}$/.test(name));

function fieldNamed(scope: Scope, id: TypeId, name: string): TypeId | undefined {
  for (const field of members(scope, id)) if (field.name === name) return field.type;
  return undefined;
}
