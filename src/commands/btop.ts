// `btop`: byte addresses as page frame numbers.
import { hex } from '../print/hex.ts';
import { hexNumber } from './kit/address.ts';
import { CommandError, defineCommand } from './kit/define.ts';
import { misused } from './kit/usage.ts';

export interface BtopEntry {
  readonly address: string;
  /** The number of the page frame it lies in. */
  readonly page: string;
}

export type BtopData = readonly BtopEntry[];

const command = defineCommand({
  name: 'btop',
  summary: 'the page frame number of a physical address',
  operands: 'ADDRESS…',
  options: {},
  needsNoTypes: true,
  examples: [['btop 512a000', '512a000: 512a']],

  spell: (words) => ['--', ...words],

  run(_context, _options, operands): BtopData {
    if (operands.length === 0) throw misused(command);
    return operands.map((word) => {
      const address = hexNumber(word);
      if (address === undefined) throw new CommandError('usage', `btop: invalid input: "${word}"`);
      return { address: hex(address), page: hex(address >> 12n) };
    });
  },

  *render(entries) {
    for (const { address, page } of entries) yield `${address.slice(2)}: ${page.slice(2)}`;
  },
});

export default command;
