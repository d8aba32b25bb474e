// `pte`: what a page-table entry says.
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { hexNumber } from './kit/address.ts';
import { CommandError, defineCommand } from './kit/define.ts';
import { misused } from './kit/usage.ts';
import { type PteData as PteEntry, pteData, pteLines } from './vtop/entry.ts';

/** One for each operand. */
export type PteData = readonly PteEntry[];

const pte = defineCommand({
  name: 'pte',
  summary: 'what a page-table entry says',
  operands: 'CONTENTS…',
  options: {},
  needsNoTypes: true,
  examples: [['pte 8000000012345067', 'the page and its flags']],

  run({ dump }, _options, operands): PteData {
    if (operands.length === 0) throw misused(pte);
    return operands.map((word) => {
      const entry = hexNumber(word);
      if (entry === undefined) throw new CommandError('usage', `pte: invalid input: "${word}"`);
      const data = pteData(dump.paging, entry);
      if (data.swapType !== null && data.swapType >= swapAreas(dump))
        throw new CommandError('unsupported', 'pte: cannot determine swap location');
      return data;
    });
  },

  *render(entries) {
    for (const entry of entries) yield* pteLines(entry);
  },
});

export default pte;

/** How many swap areas there are: mm/swapfile.c. */
function swapAreas(dump: Dump): number {
  const at = dump.symbol('nr_swapfiles');
  const count = isFault(at) ? at : dump.memory.u32(at);
  return isFault(count) ? 0 : count;
}
