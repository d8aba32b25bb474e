// `struct rq`: each CPU's run queue, its clock and its limits.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { onlineCpus } from './cpus.ts';
import { Task } from './task.ts';

const rqShape = shape('rq', {
  clock: ['clock'],
  nrRunning: ['nr_running'],
  idle: ['idle'],
  stop: ['stop'],
  // Since 557a6bfc662c ("sched/fair: Add trivial fair server", v6.12; backported) normal tasks get 5 % beside
  // real-time ones, unless this is 0.
  fairServerRuntime: ['fair_server.dl_runtime'],
});

/** A CPU's run queue. */
export class RunQueue extends View<keyof typeof rqShape.fields> {
  protected readonly shape = rqShape;

  /** sched_clock() when this CPU last looked, nanoseconds; lags while it idles. */
  get clockNs(): number | Fault {
    return this.number('clock');
  }
  get nrRunning(): number | Fault {
    return this.number('nrRunning');
  }
  get idle(): Task | Fault {
    return this.#task('idle');
  }
  /** migration/N, which runs before everything else. */
  get stopper(): Task | Fault {
    return this.#task('stop');
  }
  /** Nanoseconds in each period that the deadline server keeps for normal tasks; 0: switched off. */
  get fairServerRuntimeNs(): number | Fault {
    return this.number('fairServerRuntime');
  }

  #task(field: 'idle' | 'stop'): Task | Fault {
    const at = this.pointer(field);
    return isFault(at) ? at : new Task(this.dump, virtual(at));
  }
}

/** The run queue of a CPU. */
export function runQueue(dump: Dump, cpu: number): RunQueue | Fault {
  const at: VirtualAddress | Fault = dump.perCpu('runqueues', cpu);
  return isFault(at) ? at : new RunQueue(dump, at);
}

/** swapper/N of every online CPU, as far as readable. */
export const idleTasks = (dump: Dump): readonly Task[] =>
  onlineCpus(dump).flatMap((cpu) => {
    const queue = runQueue(dump, cpu);
    const idle = isFault(queue) ? queue : queue.idle;
    return isFault(idle) ? [] : [idle];
  });

/**
 * Now, by the scheduler's clock: the largest `rq.clock`, since an idle CPU's stands still. Nanoseconds, within
 * 0.1 s of the log's time stamps.
 */
export function schedulerNow(dump: Dump): number | undefined {
  const clocks = onlineCpus(dump).flatMap((cpu) => {
    const queue = runQueue(dump, cpu);
    const clock = isFault(queue) ? queue : queue.clockNs;
    return isFault(clock) ? [] : [clock];
  });
  return clocks.length > 0 ? Math.max(...clocks) : undefined;
}

const tickSchedShape = shape('tick_sched', { idleEntrytime: ['idle_entrytime'] });
class TickSched extends View<keyof typeof tickSchedShape.fields> {
  protected readonly shape = tickSchedShape;
}

/** When a CPU last began to idle, nanoseconds of the monotonic clock. kernel/time/tick-sched.c (5.10 to 7.2). */
export function lastIdleNs(dump: Dump, cpu: number): number | Fault {
  const at = dump.perCpu('tick_cpu_sched', cpu);
  return isFault(at) ? at : new TickSched(dump, at).number('idleEntrytime');
}
