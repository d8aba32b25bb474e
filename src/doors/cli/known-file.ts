// The file of `--known`: JSON that somebody wrote by hand, so that every complaint says where.
import { readFileSync, statSync } from 'node:fs';
import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
} from 'jsonc-parser';
import * as v from 'valibot';
import type { KnownIssues } from '../../commands/why/known.ts';
import { UsageError } from './arguments.ts';
import { systemError } from './system-error.ts';

/** It is written by hand: none is larger. */
const MOST_BYTES = 16 << 20;

/** @throws UsageError one line: file, line and column, field, what to write instead */
export function readKnownFile(file: string): KnownIssues {
  const text = textOf(file);
  const at = (offset: number) => `${file}:${placeOf(text, offset)}`;
  const errors: ParseError[] = [];
  const tree = parsed(file, text, errors);
  const [error] = errors;
  if (error || !tree)
    throw new UsageError(`${at(error?.offset ?? 0)}: this is no JSON from here on`);
  const result = v.safeParse(knownFile, getNodeValue(tree));
  if (result.success) return result.output as KnownIssues;
  const [issue] = result.issues;
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  throw new UsageError(`${at(nearest(tree, path).offset)}: ${spell(path)}${issue.message}`);
}

function textOf(file: string): string {
  try {
    if (statSync(file).size > MOST_BYTES)
      throw new UsageError(`${file}: larger than 16 MiB: no file of known issues`);
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file}: ${systemError(error)}; give a file of known issues`);
  }
}

function parsed(file: string, text: string, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`${file}: nested too deeply: no file of known issues`);
  }
}

/** `3:14` */
function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

/** What is missing has no place of its own: where it should stand. */
function nearest(tree: Node, path: readonly (string | number)[]): Node {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(tree, path.slice(0, length));
    if (node) return node;
  }
  return tree;
}

/** `issues[1].match.kind: ` */
function spell(path: readonly (string | number)[]): string {
  const fields = path.map((key, i) =>
    typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${key}`,
  );
  return fields.length === 0 ? '' : `${fields.join('')}: `;
}

// --- What the file holds ---

/** A field that does not exist is a slip of the pen: it would not be asked for, and the issue match too much. */
const object = <const E extends v.ObjectEntries>(entries: E) =>
  v.strictObject(entries, ({ expected }) => {
    if (expected === 'Object') return 'write an object: { … }';
    if (expected !== 'never') return 'is missing';
    return `there is no such field; there are ${Object.keys(entries).join(', ')}`;
  });

const text = v.pipe(v.string('write a text'), v.nonEmpty('write something'));

const texts = v.union(
  [text, v.pipe(v.array(text), v.minLength(1))],
  'write a text, or a list of texts',
);

function choice<const T extends readonly string[]>(...values: T) {
  const one = v.picklist(values);
  return v.union(
    [one, v.pipe(v.array(one), v.minLength(1))],
    `write one of ${values.join(', ')}, or a list of them`,
  );
}

const RELEASE = 'write a release, as 6.12 or 6.12.30';
const release = v.pipe(v.string(RELEASE), v.regex(/^\d{1,6}(?:\.\d{1,6}){0,4}$/, RELEASE));

const match = v.pipe(
  object({
    signature: v.optional(texts),
    where: v.optional(choice('user', 'kernel', 'hardware', 'none')),
    kind: v.optional(
      choice('loop', 'deadlock', 'crash', 'exhaustion', 'slow', 'requested', 'undecided'),
    ),
    trigger: v.optional(texts),
    rule: v.optional(texts),
    function: v.optional(texts),
    module: v.optional(texts),
    program: v.optional(texts),
    release: v.optional(object({ from: v.optional(release), before: v.optional(release) })),
  }),
  v.check(
    (fields) => Object.keys(fields).length > 0,
    'is empty: every dump would match; ask for a signature, a kind, a function …',
  ),
);

const LINK = 'write an address that begins with https:// or http://';

const knownFile = object({
  schema: v.literal('inquest.known/1', 'write "inquest.known/1"'),
  issues: v.array(
    object({
      title: text,
      link: v.optional(v.pipe(v.string(LINK), v.regex(/^https?:\/\/\S+$/, LINK))),
      fixedIn: v.optional(text),
      match,
    }),
    'write a list: [ … ]',
  ),
});
