// Scheduling classes and policies. kernel/sched/sched.h
import { type Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import type { Task } from './task.ts';

/** Scheduling classes, highest first: kernel/sched/sched.h. `ext` since 6.12. */
export const SCHED_CLASSES = ['stop', 'dl', 'rt', 'fair', 'ext', 'idle'] as const;
/** A scheduling class, as the kernel's own variables are named: `rt` is `rt_sched_class`. */
export type SchedClass = (typeof SCHED_CLASSES)[number];

/** SCHED_*, by number. include/uapi/linux/sched.h; 4 (ISO) was never used. */
export const POLICIES = [
  'NORMAL',
  'FIFO',
  'RR',
  'BATCH',
  'ISO',
  'IDLE',
  'DEADLINE',
  'EXT',
] as const;

/** The class a task is scheduled by, by its pointer: what its policy says is not always true (migration/N: FIFO). */
export function schedClass(task: Task): SchedClass | undefined | Fault {
  const at = task.pointer('schedClass');
  return isFault(at) ? at : classes(task.dump).get(at);
}

const classes = (dump: Dump): ReadonlyMap<bigint, SchedClass> =>
  dump.memo(classes, () => {
    const known = new Map<bigint, SchedClass>();
    for (const name of SCHED_CLASSES) {
      const at = dump.symbol(`${name}_sched_class`);
      if (!isFault(at)) known.set(at, name);
    }
    return known;
  });

/** A policy's name: `RR`; its number when it has none. SCHED_RESET_ON_FORK is not kept in `policy`. */
export const policyName = (policy: number): string => POLICIES[policy] ?? `${policy}`;
