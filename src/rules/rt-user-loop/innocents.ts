// Whom one would suspect of a machine that stood still: all of them wanted a CPU, or had no wish for one.
import type { TaskFact } from '../../facts/tasks.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { type Exoneration, exonerate } from '../kit/define.ts';
import { nameOf, seconds } from '../kit/text.ts';
import { beforeEnd, type Facts, type Hog, leaders, policyOf, waitOf } from './hog.ts';

/** The grace-period thread of RCU: kernel/rcu/tree.c names it after its flavour (5.10 to 7.2). */
const RCU_THREAD = /^rcu_(?:sched|preempt|bh)$/;

export function* innocents(
  hogs: readonly Hog[],
  { tasks, feeder, trigger }: Facts,
  nowNs: number,
): Generator<Exoneration> {
  for (const hog of leaders(hogs)) {
    const visitor = tasks.find((t) => t.runningOn === hog.cpu && !t.isIdle);
    const isHog = hogs.some(({ task }) => task === visitor);
    if (visitor && !isHog && visitor.pid !== trigger.pid)
      yield exonerate(
        'task',
        nameOf(visitor),
        `it had CPU ${hog.cpu} at the end, which it took from ${nameOf(hog.task)} for a moment: it ran for ${seconds(visitor.ranNs ?? 0)} in all`,
        `ps -t ${visitor.pid}`,
      );
    for (const task of hog.starved) {
      if (task.pid === feeder?.pid)
        yield exonerate(
          'task',
          nameOf(task),
          `it should have patted the watchdog and could not: ${policyOf(task)} is below what ran on CPU ${hog.cpu}; it wants that CPU for ${seconds(waitOf(task, nowNs))}`,
          `ps -m ${task.pid}`,
        );
      if (task.isKernelThread && RCU_THREAD.test(task.comm))
        yield exonerate(
          'task',
          nameOf(task),
          `that RCU stalled is a result: its thread wants CPU ${hog.cpu} for ${seconds(waitOf(task, nowNs))}, behind ${nameOf(hog.task)}`,
          `ps -m ${task.pid}`,
        );
    }
  }
  for (const task of tasks)
    if (isAboveAll(task) && task.runningOn === null && !task.isWaitingForCpu)
      yield exonerate(
        'task',
        nameOf(task),
        `it comes before every other task, but slept: ${lastRan(task, trigger, nowNs)}, and it ran for ${seconds(task.ranNs ?? 0)} in all since boot`,
        `ps -m ${task.pid}`,
      );
}

/** migration/N */
const isAboveAll = (task: TaskFact): boolean =>
  task.schedClass === 'stop' && task.isKernelThread && task.ranNs !== null;

const lastRan = (task: TaskFact, trigger: Trigger, nowNs: number): string =>
  task.lastArrivalNs === null
    ? 'when it last ran is not known'
    : `it last ran ${seconds(nowNs - task.lastArrivalNs)} ${beforeEnd(trigger)}, for a moment`;
