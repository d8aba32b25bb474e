// Who goes round, who spins or sleeps behind it, and who merely wants a CPU.
import type { StuckCpu } from '../../facts/kernel-loops.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import type { Edge } from '../kernel-locks/graph.ts';
import { behind } from '../kit/wait-for.ts';

export interface Loop {
  readonly stuck: StuckCpu;
  readonly task: TaskFact;
  /** CPUs that spin on a lock that it is found to hold. */
  readonly spinners: readonly Spinner[];
  /** Tasks asleep, through however many others, for a lock that it holds. */
  readonly sleepers: readonly Edge[];
  /** Tasks that want its CPU, the longest first. */
  readonly starved: readonly TaskFact[];
}

export interface Spinner {
  readonly stuck: StuckCpu;
  readonly task: TaskFact;
  /** How it is known that the loop holds the lock; `answer`: it waits for that CPU to answer, which takes no interrupts. */
  readonly from: 'code' | 'word' | 'answer';
  readonly starved: readonly TaskFact[];
}

export interface LoopScene {
  readonly nowNs: number;
  readonly loops: readonly Loop[];
  /** CPUs that wait for a lock, or for an answer, and nothing tells for whose. */
  readonly unexplained: readonly Omit<Spinner, 'from'>[];
}

export function scene(
  all: readonly StuckCpu[],
  edges: readonly Edge[],
  tasks: readonly TaskFact[],
  nowNs: number | null,
): LoopScene {
  const now = nowNs ?? 0;
  const taskOn = ({ cpu, pid }: StuckCpu) =>
    tasks.find((t) => t.pid === pid && (t.runningOn === cpu || pid !== 0));
  const starvedOn = (cpu: number) =>
    tasks
      .filter((t) => t.isWaitingForCpu && t.cpu === cpu)
      .sort((a, b) => (a.lastQueuedNs ?? 0) - (b.lastQueuedNs ?? 0));
  const known = all.flatMap((stuck) => {
    const task = taskOn(stuck);
    return task ? [{ stuck, task, starved: starvedOn(stuck.cpu) }] : [];
  });
  const waiters = known.filter(({ stuck }) => stuck.waitsFor !== null);
  const heldBy = (waiter: (typeof known)[number], cpu: number) =>
    waiter.stuck.spin?.holders.find((holder) => holder.cpu === cpu);
  const loops = known
    .filter(({ stuck }) => stuck.waitsFor === null)
    .map((one): Loop => {
      const direct = edges.filter(({ on }) => on === one.task.pid && one.task.pid !== 0);
      return {
        ...one,
        spinners: waiters.flatMap((waiter) => {
          const answers = waiter.stuck.waitsFor === 'cpu' && one.stuck.isClosed === true;
          const from = answers ? 'answer' : heldBy(waiter, one.stuck.cpu)?.from;
          return from ? [{ ...waiter, from }] : [];
        }),
        sleepers: [...direct, ...behind(edges, direct).filter((edge) => !direct.includes(edge))],
      };
    });
  const explained = new Set(loops.flatMap(({ spinners }) => spinners.map(({ stuck }) => stuck)));
  return { nowNs: now, loops, unexplained: waiters.filter(({ stuck }) => !explained.has(stuck)) };
}
