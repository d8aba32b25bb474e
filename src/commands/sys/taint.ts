// `sys -t`: what tainted the kernel.
import { isFault } from '../../bytes/fault.ts';
import { globalNumber } from '../../kernel/globals.ts';
import { taintLetters } from '../../kernel/taint.ts';
import type { Dump } from '../../types/dump.ts';
import { CommandError } from '../kit/define.ts';

export interface TaintSummary {
  readonly kind: 'taint';
  /** TAINT_* bits, as a number. */
  readonly taintedMask: number;
  /** By bit, as the kernel's own table has them. */
  readonly taints: readonly { readonly bit: number; readonly letter: string }[];
}

export function taintSummary(dump: Dump): TaintSummary {
  const mask = globalNumber(dump, 'tainted_mask');
  if (isFault(mask)) throw new CommandError('unreadable', `sys: ${mask.explain()}`);
  const bits = BigInt(mask);
  const set = taintLetters(dump).filter(({ bit }) => (bits >> BigInt(bit)) & 1n);
  const taints = set.map(({ bit, set: letter }) => ({ bit, letter }));
  return { kind: 'taint', taintedMask: mask, taints };
}

export const taintLine = ({ taintedMask, taints }: TaintSummary): string =>
  `TAINTED_MASK: ${taintedMask.toString(16)}  ${taints.map((taint) => taint.letter).join('')}`;
