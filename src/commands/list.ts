// `list`: the structs on a linked list.
import { hex } from '../print/hex.ts';
import type { CJson } from '../types/c-print.ts';
import { CommandError, defineCommand } from './kit/define.ts';
import { scopeOf } from './kit/expression.ts';
import { type LaidOut, layoutOf, withLayout } from './kit/layout.ts';
import { belowEach } from './kit/struct-lines.ts';
import { listQuestion } from './list/arguments.ts';
import { followList } from './list/follow.ts';

export interface ListEntry {
  readonly address: string;
  /** What -s and -S asked for, by member; empty: nothing. */
  readonly values: { readonly [member: string]: CJson };
}

export interface ListData {
  readonly entries: readonly ListEntry[];
  /** Why the list ended before its end, in crash's words; null: it is whole. */
  readonly error: string | null;
}

export default defineCommand({
  name: 'list',
  summary: 'the structs on a linked list',
  operands: '[OFFSET | STRUCT.MEMBER] START',
  options: {
    o: {
      type: 'string',
      value: 'OFFSET | STRUCT.MEMBER',
      help: 'where in each struct the link lies; 0 if not given',
    },
    O: {
      type: 'string',
      value: 'OFFSET | STRUCT.MEMBER',
      help: 'with -h: where in START the head of the ring lies, which is not shown',
    },
    h: { type: 'boolean', help: 'START is a struct on a list_head ring, and is shown, too' },
    H: { type: 'boolean', help: 'START is the list_head that the ring hangs on' },
    e: { type: 'string', value: 'ADDRESS', help: 'where to end' },
    r: { type: 'boolean', help: 'backwards: by prev' },
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
    l: {
      type: 'string',
      value: 'OFFSET | STRUCT.MEMBER',
      help: 'where in the struct of -s the listed address lies',
    },
    B: { type: 'boolean', help: "accepted: loops are always found, whatever a list's length" },
    x: { type: 'boolean', help: 'integers in hexadecimal' },
    d: { type: 'boolean', help: 'integers in decimal' },
  },
  details: [
    'START is an address or a symbol. Without -h and -H the word at START plus the offset is the next address, up to a NULL or back to START.',
  ],
  examples: [
    ['list -H modules -o module.list -s module.name', 'the loaded modules'],
    ['list task_struct.tasks -h init_task', 'the task_structs of all processes'],
    ['list -H super_blocks super_block.s_list', 'the mounted file systems'],
  ],

  run(context, options, operands): LaidOut<ListData, readonly string[]> {
    if (options.x && options.d)
      throw new CommandError('usage', 'list: -d and -x are mutually exclusive');
    const scope = scopeOf(context);
    const question = listQuestion(context, scope, options, operands);
    const radix = options.x ? 16 : options.d ? 10 : context.session.radix;
    const below = belowEach(context, 'list', scope, { s: options.s, S: options.S, radix });
    const { addresses, error } = followList(context.dump, question);
    const lines: string[] = [];
    const entries: ListEntry[] = [];
    for (const address of addresses) {
      const shown = below(question.structAt(address));
      entries.push({ address: hex(address), values: shown.values });
      lines.push(address.toString(16), ...shown.lines);
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
