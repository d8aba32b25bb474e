// Which interrupts the machine took, and whose handlers served them.
import { isFault } from '../bytes/fault.ts';
import { countsOf, irqs } from '../kernel/irq.ts';
import type { Dump } from '../types/dump.ts';
import { defineFact, type Seen } from './kit/define.ts';

/** One handler of one interrupt; a shared interrupt counts for each of its handlers. */
export interface Interrupt {
  readonly irq: number;
  /** The function; null: no symbol there. */
  readonly handler: string | null;
  readonly module: string | null;
  /** As /proc/interrupts names it; not escaped. */
  readonly device: string | null;
  /** Since boot. */
  readonly perCpu: readonly { readonly cpu: number; readonly count: number }[];
}

export const interrupts = defineFact<readonly Interrupt[]>({
  id: 'interrupts',
  says: 'how often each CPU took which interrupt, and who handled it',
  from: look,
});

function look(dump: Dump): Seen<readonly Interrupt[]> {
  const found = irqs(dump);
  // Nothing rests on it but the innocence of drivers: no hole.
  if (isFault(found)) return { value: [], holes: [] };
  const value = found.flatMap(({ irq, desc }) => {
    const { actions } = desc;
    const perCpu = actions.length > 0 ? countsOf(desc) : [];
    return actions.map((action) => {
      const handler = action.pointer('handler');
      const symbol = isFault(handler) ? undefined : dump.symbols.at(handler);
      const device = action.name;
      return {
        irq,
        handler: symbol?.name ?? null,
        module: isFault(handler) ? null : (dump.symbols.moduleOf(handler) ?? null),
        device: isFault(device) ? null : device,
        perCpu,
      };
    });
  });
  return { value, holes: [] };
}
