// Who sleeps or runs beside a deadlock of programs, and has no part in it.
import type { FutexWait } from '../../facts/futex-waits.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { type Exoneration, exonerate } from '../kit/define.ts';
import { nameOf, seconds } from '../kit/text.ts';
import type { Ring } from './waits.ts';

/** Programs with hundreds of threads are not spelled out. */
const MOST_NAMED = 8;
/** Who ran within this time gets on with its work. */
const LATELY_NS = 2e9;

export function* innocents(
  found: readonly Ring[],
  tasks: readonly TaskFact[],
  futexWaits: readonly FutexWait[],
  trigger: Trigger,
  asker: TaskFact | undefined,
  nowNs: number | null,
): Generator<Exoneration> {
  const waits = found.flatMap(({ ring, victims }) => [...ring, ...victims]);
  const stuck = new Set(waits.map(({ pid }) => pid));
  const first = waits.find(({ cause }) => cause.is === 'futex');
  if (first)
    yield exonerate(
      'function',
      'futex_wait',
      'the kernel only puts a thread to sleep there, as its program told it to, until another thread of the program wakes it',
      `bt ${first.pid}`,
    );
  if (trigger.kind === 'sysrq' && asker)
    yield exonerate(
      'task',
      nameOf(asker),
      'it only asked for the dump; that it ran while the machine was stopped says no more',
      `bt ${asker.pid}`,
    );
  if (nowNs === null) return;
  const programs = new Set(waits.map(({ task }) => task.tgid));
  const looking = lookers(tasks, trigger);
  const others = tasks.filter(
    (task) =>
      !stuck.has(task.pid) &&
      task.pid !== asker?.pid &&
      !looking.has(task.tgid) &&
      task.lastArrivalNs !== null,
  );
  const active = others.filter((task) => nowNs - (task.lastArrivalNs ?? 0) < LATELY_NS);
  const beside = active.flatMap((task) => {
    const wait = futexWaits.find((futex) => futex.pid === task.pid);
    const age = seconds(nowNs - (task.lastArrivalNs ?? 0));
    if (wait?.kind === 'other')
      return [
        { task, reason: `it waits for an event or for work, not for a lock; it ran ${age} ago` },
      ];
    if (programs.has(task.tgid) && !wait)
      return [
        {
          task,
          reason: `a thread of the same program that goes on: it ran ${age} ago, and waits for none of these locks`,
        },
      ];
    return [];
  });
  for (const { task, reason } of beside.slice(0, MOST_NAMED))
    yield exonerate('task', nameOf(task), reason, `ps -m ${task.pid}`);
}

/** Who looks at a running machine has a CPU meanwhile: which program that is, the machine does not tell. */
const lookers = (tasks: readonly TaskFact[], { detector }: Trigger): ReadonlySet<number> =>
  new Set(detector === 'live' ? tasks.flatMap((t) => (t.runningOn === null ? [] : t.tgid)) : []);
