// What a `list` line asks for.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import type { Scope } from '../../types/expression.ts';
import { ExpressionError, evaluateAddress } from '../../types/expression.ts';
import { hexNumber, joinBrackets } from '../kit/address.ts';
import { CommandError, type Context } from '../kit/define.ts';
import { offsetNamed } from '../struct/arguments.ts';

export interface ListOptions {
  readonly o?: string;
  readonly O?: string;
  readonly h?: boolean;
  readonly H?: boolean;
  readonly e?: string;
  readonly r?: boolean;
  readonly l?: string;
}

export interface ListQuestion {
  readonly start: VirtualAddress;
  /** Where the link lies in each struct. */
  readonly offset: number;
  /** How START is meant: the first address, a struct on a ring, or the ring's head. */
  readonly form: 'plain' | 'ring' | 'head';
  readonly isBackwards: boolean;
  readonly end: VirtualAddress | undefined;
  /** The struct of -s, from a listed address. */
  structAt(address: VirtualAddress): VirtualAddress;
}

/** @throws CommandError in crash's words */
export function listQuestion(
  context: Context,
  scope: Scope,
  options: ListOptions,
  words: readonly string[],
): ListQuestion {
  const offsetOf = (letter: 'o' | 'O'): number | undefined => {
    const word = options[letter];
    const named = word === undefined ? undefined : offsetNamed(scope, word);
    if (word === undefined || named !== undefined) return named;
    throw invalid(`invalid -${letter} argument: ${word}`);
  };
  let offset = offsetOf('o') ?? 0;
  const head = offsetOf('O');
  const end = options.e === undefined ? undefined : hexNumber(options.e);
  if (options.e !== undefined && end === undefined) throw invalid(`invalid input: "${options.e}"`);
  let start: VirtualAddress | undefined;
  for (const word of joinBrackets(words)) {
    // An offset may stand without -o: a member, or a number that is no address.
    const named = /^\w+\.[\w.[\]]+$/.test(word) ? offsetNamed(scope, word) : undefined;
    if (named !== undefined && options.o === undefined) offset = named;
    else if (start === undefined) start = startNamed(context, scope, word);
    else throw invalid(`invalid argument: ${word}`);
  }
  if (start === undefined) throw new CommandError('usage', 'list: starting address required');
  const link = options.l === undefined ? 0 : offsetNamed(scope, options.l);
  if (link === undefined) throw invalid(`invalid -l option: ${options.l}`);
  // A head within another kind of struct is none of the list's own: as crash has it, only with -h.
  const isHeadInside = head !== undefined && options.h === true && !options.H;
  return {
    start: isHeadInside ? virtual(BigInt.asUintN(64, start + BigInt(head))) : start,
    offset,
    form: options.H || isHeadInside ? 'head' : options.h ? 'ring' : 'plain',
    isBackwards: options.r ?? false,
    end: end === undefined ? undefined : virtual(end),
    structAt: (address) => virtual(BigInt.asUintN(64, address - BigInt(link))),
  };
}

const invalid = (text: string): CommandError => new CommandError('not-found', `list: ${text}`);

function startNamed(context: Context, scope: Scope, word: string): VirtualAddress {
  const symbol = context.dump.symbols.address(word);
  if (symbol !== undefined) return symbol;
  const number = hexNumber(word);
  if (number !== undefined) return kernelAddress(number);
  if (/^\w+$/.test(word)) throw invalid(`invalid argument: ${word}`);
  try {
    return kernelAddress(evaluateAddress(scope, word));
  } catch (error) {
    if (error instanceof ExpressionError) throw invalid(`invalid argument: ${word}`);
    throw error;
  }
}

function kernelAddress(address: bigint): VirtualAddress {
  if (address >> 63n) return virtual(address);
  throw new CommandError(
    'not-found',
    `list: invalid kernel virtual address: ${address.toString(16)}`,
  );
}
