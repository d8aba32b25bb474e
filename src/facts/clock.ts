// What time it was.
import { schedulerNow } from '../kernel/run-queue.ts';
import { defineFact } from './kit/define.ts';

export interface Clock {
  /** The scheduler's clock when the machine stopped, near uptime. Null: no run queue can be read. */
  readonly nowNs: number | null;
}

export const clock = defineFact<Clock>({
  id: 'clock',
  says: 'the time by the scheduler’s clock, which all ages count from',
  from: (dump) => {
    const now = schedulerNow(dump);
    return {
      value: { nowNs: now ?? null },
      holes:
        now === undefined ? ['the clocks of the run queues cannot be read: no age is known'] : [],
    };
  },
});
