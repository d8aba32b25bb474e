// What a `tree` line asks for.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { evaluateAddress, type Scope } from '../../types/expression.ts';
import { hexNumber, joinBrackets } from '../kit/address.ts';
import { CommandError, type Context } from '../kit/define.ts';
import { answering } from '../kit/expression.ts';
import { offsetNamed } from '../struct/arguments.ts';

export interface TreeOptions {
  readonly t?: string;
  readonly r?: string;
  readonly o?: string;
  readonly N?: boolean;
  readonly l?: boolean;
  readonly v?: boolean;
}

const kinds = ['rbtree', 'xarray', 'radix', 'maple'] as const;

export interface TreeQuestion {
  readonly kind: (typeof kinds)[number];
  /** Where the root lies, or the topmost node itself. */
  readonly start: VirtualAddress;
  readonly isNode: boolean;
  /** Where in each struct the rb_node lies. */
  readonly offset: number;
  readonly inOrder: boolean;
}

const names = { xarray: 'Xarrays', radix: 'radix trees', maple: 'maple trees' } as const;

/** @throws CommandError in crash's words */
export function treeQuestion(
  context: Context,
  scope: Scope,
  options: TreeOptions,
  words: readonly string[],
): TreeQuestion {
  const { t = 'rbtree' } = options;
  const kind = kinds.find((name) => t !== '' && name.startsWith(t));
  if (!kind) throw new CommandError('usage', `tree: invalid tree type: ${t}`);
  const offsetOf = (letter: 'o' | 'r'): number => {
    const word = options[letter];
    const offset = word === undefined ? 0 : offsetNamed(scope, word);
    if (offset !== undefined) return offset;
    throw new CommandError('not-found', `tree: invalid -${letter} argument: ${word}`);
  };
  if (kind !== 'rbtree')
    for (const letter of ['l', 'o'] as const)
      if (options[letter] !== undefined)
        throw new CommandError(
          'usage',
          `tree: -${letter} option is not applicable to ${names[kind]}`,
        );
  if (options.v)
    throw new CommandError(
      'unsupported',
      kind === 'maple'
        ? 'tree: -v: the nodes of a maple tree are not shown; -p says where each entry hangs'
        : `tree: -v option is not applicable to ${kind === 'rbtree' ? 'rbtrees' : names[kind]}`,
    );
  const [word, another] = joinBrackets(words);
  if (word === undefined) throw new CommandError('usage', 'tree: a starting address is required');
  if (another !== undefined) throw new CommandError('usage', 'tree: too many arguments entered');
  const root = offsetOf('r');
  const offset = offsetOf('o');
  const start = startNamed(context, scope, word);
  return {
    kind,
    start: virtual(BigInt.asUintN(64, start + BigInt(root))),
    isNode: options.N ?? false,
    offset,
    inOrder: options.l ?? false,
  };
}

function startNamed(context: Context, scope: Scope, word: string): bigint {
  const symbol = context.dump.symbols.address(word);
  if (symbol !== undefined) return symbol;
  const number = hexNumber(word);
  const start =
    number ?? (/^\w+$/.test(word) ? 0n : answering('tree', () => evaluateAddress(scope, word)));
  if (start >> 63n) return start;
  throw new CommandError('not-found', `tree: invalid start argument: ${word}`);
}
