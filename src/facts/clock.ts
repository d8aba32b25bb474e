// What time it was.
import { schedulerNow } from '../kernel/run-queue.ts';
import { defineFact } from './kit/define.ts';

export interface Clock {
  /** The scheduler's clock when the machine stopped, near uptime. Null: no run queue can be read. */
  readonly nowNs: number | null;
}

/** A hundred years: a damaged clock says more. */
const MOST_NS = 100 * 365 * 86_400 * 1e9;

export const clock = defineFact<Clock>({
  id: 'clock',
  says: 'the time by the scheduler’s clock, which all ages count from',
  from: (dump) => {
    const clock = schedulerNow(dump);
    const now = clock !== undefined && clock <= MOST_NS ? clock : undefined;
    return {
      value: { nowNs: now ?? null },
      holes:
        now === undefined ? ['the clocks of the run queues cannot be read: no age is known'] : [],
    };
  },
});
