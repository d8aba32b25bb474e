// `tree`: what a red-black tree, an xarray, a radix tree or a maple tree holds.
import { hex } from '../print/hex.ts';
import type { CJson } from '../types/c-print.ts';
import { CommandError, defineCommand } from './kit/define.ts';
import { scopeOf } from './kit/expression.ts';
import { type LaidOut, layoutOf, withLayout } from './kit/layout.ts';
import { belowEach } from './kit/struct-lines.ts';
import { treeQuestion } from './tree/arguments.ts';
import { walkTree } from './tree/walk.ts';

export interface TreeEntry {
  /** Of the struct; of an array, the word stored. */
  readonly address: string;
  /** Of an array: its index; of a maple tree, the first of its range, decimal. */
  readonly index: string | null;
  /** Of a maple tree: the last of its range, decimal. */
  readonly last: string | null;
  /** The way from the top: `root/l/r`, `root/0/3`. */
  readonly position: string;
  /** What -s and -S asked for, by member; empty: nothing. */
  readonly values: { readonly [member: string]: CJson };
}

export interface TreeData {
  readonly entries: readonly TreeEntry[];
  /** Why not all of the tree is here; null: it is whole. */
  readonly error: string | null;
}

export default defineCommand({
  name: 'tree',
  summary: 'what a red-black tree, an xarray, a radix tree or a maple tree holds',
  operands: 'START',
  options: {
    t: {
      type: 'string',
      value: 'TYPE',
      help: 'rbtree (if not given), xarray, radix, maple, or the beginning of one',
    },
    r: {
      type: 'string',
      value: 'OFFSET | STRUCT.MEMBER',
      help: 'START is a struct that has the root there',
    },
    o: {
      type: 'string',
      value: 'OFFSET | STRUCT.MEMBER',
      help: 'where in each struct its rb_node lies; 0 if not given',
    },
    N: { type: 'boolean', help: 'START is a node, not a root' },
    l: { type: 'boolean', help: 'a red-black tree in its order' },
    p: { type: 'boolean', help: 'also where each hangs' },
    v: { type: 'boolean', help: 'refused: the nodes of a maple tree are not shown' },
    s: {
      type: 'string',
      multiple: true,
      value: 'STRUCT[.MEMBER[,MEMBER]…]',
      help: 'also the struct, or members of it',
    },
    S: {
      type: 'string',
      multiple: true,
      value: 'STRUCT[.MEMBER[,MEMBER]…]',
      help: 'as -s, members as plain numbers',
    },
    x: { type: 'boolean', help: 'integers in hexadecimal' },
    d: { type: 'boolean', help: 'integers in decimal' },
  },
  details: [
    'START is the address of the root, or a symbol. Radix trees are xarrays since kernel 4.20, and are shown as such.',
  ],
  examples: [
    ['tree -t xarray -r idr.idr_rt worker_pool_idr', 'the worker pools'],
    [
      'tree -t xarray -r idr.idr_rt -s worker_pool.cpu,id worker_pool_idr',
      'with two members of each',
    ],
  ],

  run(context, options, operands): LaidOut<TreeData, readonly string[]> {
    if (options.x && options.d)
      throw new CommandError('usage', 'tree: -d and -x are mutually exclusive');
    const scope = scopeOf(context);
    const question = treeQuestion(context, scope, options, operands);
    const radix = options.x ? 16 : options.d ? 10 : context.session.radix;
    const below = belowEach(context, 'tree', scope, { s: options.s, S: options.S, radix });
    const { found, error } = walkTree(context.dump, question);
    const lines: string[] = [];
    const entries: TreeEntry[] = [];
    for (const [i, { address, index, last, position }] of found.entries()) {
      const shown = below(address);
      entries.push({ address: hex(address), index, last, position, values: shown.values });
      lines.push(address.toString(16));
      if (options.p) {
        // crash counts the entries of a maple tree.
        const number = last === null ? index : `${i + 1}`;
        lines.push(`  ${number === null ? '' : `index: ${number}  `}position: ${position}`);
      }
      lines.push(...shown.lines);
    }
    if (error !== null) {
      context.warn(error);
      lines.push(error);
    }
    if (entries.length === 0 && error === null) lines.push('(empty)');
    return withLayout({ entries, error }, lines);
  },

  *render(data) {
    yield* layoutOf(data);
  },
});
