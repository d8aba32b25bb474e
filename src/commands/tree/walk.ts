// What a tree holds, whatever its kind.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { isFault } from '../../bytes/fault.ts';
import type { WalkEnd } from '../../bytes/walk.ts';
import { mapleEntries } from '../../kernel/lib/maple.ts';
import { RUNS_INTO_ITSELF, type TreeNode, treeNodes } from '../../kernel/lib/rbtree.ts';
import { xarrayEntries } from '../../kernel/lib/xarray.ts';
import type { Dump } from '../../types/dump.ts';
import { unreadable } from '../kit/read-error.ts';
import type { TreeQuestion } from './arguments.ts';

export interface Found {
  readonly address: VirtualAddress;
  readonly index: string | null;
  readonly last: string | null;
  readonly position: string;
}

export interface Walked {
  readonly found: readonly Found[];
  readonly error: string | null;
}

export function walkTree(dump: Dump, question: TreeQuestion): Walked {
  if (question.kind === 'rbtree') return redBlack(dump, question);
  const { start } = question;
  const at = (path: readonly number[]) => ['root', ...path].join('/');
  if (question.kind === 'maple') {
    const walk = mapleEntries(dump, start);
    const found = [...walk].map(({ entry, first, last, path }) => ({
      address: entry,
      index: `${first}`,
      last: `${last}`,
      position: at(path),
    }));
    return { found, error: ended(walk.end) };
  }
  const walk = xarrayEntries(dump, start);
  const found = [...walk].map(({ entry, index, path }) => ({
    address: entry,
    index: `${index}`,
    last: null,
    position: at(path),
  }));
  return { found, error: ended(walk.end) };
}

function redBlack(dump: Dump, { start, isNode, offset, inOrder }: TreeQuestion): Walked {
  const top = isNode ? start : dump.memory.pointer(start);
  if (isFault(top)) return { found: [], error: unreadable('tree', start, 'rb_root', top).message };
  const walk = treeNodes(dump, top);
  const nodes = [...walk];
  if (inOrder) nodes.sort((a, b) => compare(a, b));
  const found = nodes.map(({ node, path }) => ({
    address: virtual(BigInt.asUintN(64, node - BigInt(offset))),
    index: null,
    last: null,
    position: ['root', ...path].join('/'),
  }));
  return { found, error: ended(walk.end) };
}

/** What hangs left is before what it hangs on, and what hangs right behind it. */
function compare(a: TreeNode, b: TreeNode): number {
  for (let i = 0; ; i++) {
    const [left, right] = [a.path[i], b.path[i]];
    if (left === right && left !== undefined) continue;
    if (left === right) return 0;
    if (left === undefined) return right === 'l' ? 1 : -1;
    if (right === undefined) return left === 'l' ? -1 : 1;
    return left === 'l' ? -1 : 1;
  }
}

function ended(end: WalkEnd): string | null {
  if (end === 'complete') return null;
  if (!isFault(end)) return 'tree: stopped: there are too many entries';
  if (end.detail === RUNS_INTO_ITSELF) return `tree: duplicate tree entry: ${end.at?.toString(16)}`;
  return `tree: ${end.explain()}`;
}
