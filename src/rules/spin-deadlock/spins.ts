// Which CPU spins for what another one's code has taken.
import type { SpinHolder, SpinWait, StuckCpu } from '../../facts/kernel-loops.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import type { WaitFor } from '../kit/wait-for.ts';

/** A CPU, by its number where a graph says `pid`, and the CPU whose code has taken what it wants. */
export interface Spin extends WaitFor {
  readonly stuck: StuckCpu;
  readonly spin: SpinWait;
  readonly holder: SpinHolder;
  readonly task: TaskFact | undefined;
  readonly ageNs: number;
}

export function spinsOf(
  all: readonly StuckCpu[],
  tasks: readonly TaskFact[],
  nowNs: number,
): Spin[] {
  const byCpu = new Map(all.map((stuck) => [stuck.cpu, stuck]));
  return all.flatMap((stuck) => {
    const { spin, cpu } = stuck;
    // What merely has the lock's address in a register proves no ring.
    const holder = spin?.holders.find(
      ({ from, cpu: held }) => from === 'code' && held !== null && byCpu.has(held),
    );
    if (!spin || !holder || holder.cpu === null) return [];
    const task = tasks.find(({ pid, runningOn }) => pid === stuck.pid && runningOn === cpu);
    return [{ pid: cpu, on: holder.cpu, stuck, spin, holder, task, ageNs: nowNs - stuck.sinceNs }];
  });
}
