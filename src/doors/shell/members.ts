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
  const [, base, link = '', start = ''] =
    /([A-Za-z_$][\w$]*(?:(?:\.|->)\w+|\[\w*\])*)(\.|->)((?:\w+,)*\w*)$/.exec(text) ?? [];
  if (base === undefined) return undefined;
  const scope = scopeOf({ ...context, warn: () => {} });
  const type = typeByName(scope, base) ?? typeOfExpression(scope, base);
  const fields = type === undefined ? [] : fieldsOf(scope, type);
  // `struct task_struct.pid,comm`: each behind a comma completes.
  const listed = start.slice(0, start.lastIndexOf(',') + 1);
  const part = start.slice(listed.length);
  const word = `${base}${link}${start}`;
  const candidates = fields
    .filter((name) => name.startsWith(part))
    .map((name) => `${base}${link}${listed}${name}`);
  return [candidates, word];
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
