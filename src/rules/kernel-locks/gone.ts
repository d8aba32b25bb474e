// The accusation of a lock whose holder has ended without letting it go.
import type { EarlierOops } from '../../facts/earlier-oopses.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { type Blame, suspect } from '../kit/define.ts';
import { endOf, named, theFunction } from '../kit/plain.ts';
import { count, seconds, waitLink } from '../kit/text.ts';
import type { Suspect } from '../kit/verdict.ts';
import { victim } from './held.ts';
import { faultBefore, type Orphaned, showsOwner } from './orphans.ts';
import { showsSleep, showsWaiter, spellLock } from './words.ts';

const MOST_VICTIMS_SHOWN = 4;

export function blameGone(
  line: readonly Orphaned[],
  oopses: readonly EarlierOops[],
  trigger: Trigger,
): Blame {
  const fault = faultBefore(line, oopses);
  const locks = [...new Map(line.map((edge) => [edge.queue.object.address, edge])).values()];
  const said = locks
    .map(
      ({ queue, holder }) =>
        `${spellLock(queue.object)} is held by a task that is not there any more (its task_struct was at ${holder.address})`,
    )
    .join('; ');
  const longest = Math.max(...line.map(({ ageNs }) => ageNs ?? 0));
  return {
    says: 'blame',
    where: 'kernel',
    kind: 'deadlock',
    title: fault ? 'a task was killed with a lock held' : 'a task ended with a lock held',
    confidence: 'likely',
    headline: `${count(line.length, 'task')} ${line.length === 1 ? 'waits' : 'wait'} in the kernel, for up to ${seconds(longest)} already and for ever, for ${locks.length === 1 ? 'a lock' : 'locks'}${named(locks.map(({ queue }) => queue.object))} that nobody can let go any more: the task that held ${locks.length === 1 ? 'it' : 'them'} has ended${fault ? `; ${killedIn(fault)}` : ''}. ${endOf(trigger)}.`,
    because: `${said}${fault ? `; ${killedIn(fault)}` : ''}`,
    suspects: [
      ...(fault ? [faulted(fault)] : []),
      ...locks.map(({ queue, holder }) =>
        suspect(
          'culprit',
          `its holder has ended and can never let it go (owner ${holder.address})`,
          {
            object: queue.object,
          },
        ),
      ),
      ...line.map(victim),
    ],
    chain: line.map(({ task, queue }) => waitLink(task, spellLock(queue.object), undefined)),
    evidence: [
      ...locks.map(showsOwner),
      ...line
        .slice(0, MOST_VICTIMS_SHOWN)
        .flatMap(({ task, wait, ageNs, queue }) => [
          ...showsSleep(task, wait, ageNs),
          ...showsWaiter(queue, task),
        ]),
    ],
    next: [
      {
        text: 'See who may end with this lock held: every way out of the function that takes it has to give it back.',
        command: `bt ${line[0]?.pid}`,
      },
    ],
    doubts: [
      fault
        ? 'that the task which was killed then is the one that held the lock follows from the order of events alone'
        : 'which task that was is not recorded any more',
    ],
  };
}

const killedIn = (fault: EarlierOops): string =>
  `the kernel had killed ${fault.comm ?? 'a task'}${fault.pid === null ? '' : ` (pid ${fault.pid})`} at ${seconds(fault.timestampNs)}, for a fault in ${theFunction(fault)}`;

const faulted = (fault: EarlierOops): Suspect =>
  suspect('culprit', `the task that it served was killed for a fault in it (“${fault.text}”)`, {
    cpu: fault.cpu,
    function: fault.function ? { name: fault.function, module: fault.module } : undefined,
  });
