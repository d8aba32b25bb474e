// `ptob`: page frame numbers as byte addresses.
import { hex } from '../print/hex.ts';
import { numberOf } from './kit/arithmetic.ts';
import { CommandError, defineCommand } from './kit/define.ts';
import { misused } from './kit/usage.ts';

export interface PtobEntry {
  /** The page frame number. */
  readonly page: string;
  /** Where its first byte lies. */
  readonly address: string;
}

export type PtobData = readonly PtobEntry[];

const command = defineCommand({
  name: 'ptob',
  summary: 'the physical address of a page frame',
  operands: 'PAGE…',
  options: {},
  needsNoTypes: true,
  details: ['PAGE is decimal, or hexadecimal with 0x or a digit a-f.'],
  examples: [['ptob 512a', '512a: 512a000']],

  spell: (words) => ['--', ...words],

  run(_context, _options, operands): PtobData {
    if (operands.length === 0) throw misused(command);
    return operands.map((word) => {
      const page = numberOf(word);
      if (page === undefined) throw new CommandError('usage', `ptob: not a valid number: ${word}`);
      return { page: hex(page), address: hex(BigInt.asUintN(64, page << 12n)) };
    });
  },

  *render(entries) {
    for (const { page, address } of entries) yield `${page.slice(2)}: ${address.slice(2)}`;
  },
});

export default command;
