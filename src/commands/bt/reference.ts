// Tasks whose frames refer to something: `bt -R`.
import type { Dump } from '../../types/dump.ts';
import type { BtTask } from './data.ts';
import { shown } from './layout.ts';

/** Whether a function's name, or an address in a function, is among a task's frames. */
export function refersTo(dump: Dump, reference: string): (task: BtTask) => boolean {
  const isNamed = dump.symbols.lookup(reference) !== undefined;
  const digits = isNamed ? undefined : /^(?:0x)?([0-9a-f]{5,16})$/i.exec(reference)?.[1];
  const address = digits === undefined ? undefined : `0x${digits.toLowerCase().replace(/^0+/, '')}`;
  return ({ frames }) =>
    frames.some(
      ({ symbol, pc }) =>
        pc === address ||
        (symbol !== null && (symbol === reference || shown(symbol) === reference)),
    );
}
