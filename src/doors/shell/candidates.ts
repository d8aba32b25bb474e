// Candidates for TAB, few enough to be read.
import type { Completion } from './protocol.ts';

/** More than this nobody reads: then only what all have in common is filled in. */
const MOST = 200;
const SAMPLE = 40;

/** @param word the end of the text that each candidate would replace */
export function bounded(candidates: readonly string[], word: string): Completion {
  const unique = [...new Set(candidates)];
  if (unique.length <= MOST) return [unique, word];
  const common = commonStart(unique);
  if (common.length > word.length) return [[common], word];
  const more = unique.length - SAMPLE;
  return [[...unique.slice(0, SAMPLE), `… and ${more} more: type another letter`], word];
}

export const matching = (words: readonly string[], start: string): string[] =>
  words.filter((word) => word.startsWith(start)).sort();

function commonStart(words: readonly string[]): string {
  let [common = ''] = words;
  for (const word of words) while (!word.startsWith(common)) common = common.slice(0, -1);
  return common;
}
