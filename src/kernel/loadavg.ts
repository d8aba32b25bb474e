// The load average. kernel/sched/loadavg.c
import { virtual } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';

/** FSHIFT: include/linux/sched/loadavg.h */
const FIXED_1 = 1 << 11;

/** How many tasks ran, waited for a CPU or slept uninterruptibly, over 1, 5 and 15 minutes, rounded as in /proc/loadavg. */
export function loadAverage(dump: Dump): readonly [number, number, number] | Fault {
  const at = dump.symbol('avenrun');
  if (isFault(at)) return at;
  const load: [number, number, number] = [0, 0, 0];
  for (const i of [0, 1, 2] as const) {
    const raw = dump.memory.u64(virtual(at + BigInt(i * 8)));
    if (isFault(raw)) return raw;
    // Half a hundredth more, then cut: LOAD_INT and LOAD_FRAC.
    const rounded = Number(raw) + Math.floor(FIXED_1 / 200);
    load[i] = Math.floor((rounded * 100) / FIXED_1) / 100;
  }
  return load;
}
