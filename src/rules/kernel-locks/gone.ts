// The accusation of a lock whose holder has ended without letting it go.
import type { Trigger } from '../../facts/trigger.ts';
import { type Blame, see, suspect } from '../kit/define.ts';
import { count, seconds, waitLink } from '../kit/text.ts';
import { byHand, stoppedBy } from '../kit/trigger-words.ts';
import type { Edge } from './graph.ts';
import { victim } from './held.ts';
import { shortLock, showsSleep, showsWaiter, spellLock } from './words.ts';

const MOST_VICTIMS_SHOWN = 4;

export function blameGone(line: readonly Omit<Edge, 'on'>[], trigger: Trigger): Blame {
  const locks = [...new Map(line.map((edge) => [edge.queue.object.address, edge])).values()];
  const said = locks
    .map(
      ({ queue, holder }) =>
        `${spellLock(queue.object)} is held by a task that is not there any more (its task_struct was at ${holder.address})`,
    )
    .join('; ');
  const longest = Math.max(...line.map(({ ageNs }) => ageNs ?? 0));
  const stop = trigger.kind === 'sysrq' ? byHand(undefined) : stoppedBy(trigger);
  return {
    says: 'blame',
    where: 'kernel',
    kind: 'deadlock',
    title: 'a task ended with a lock held',
    confidence: 'likely',
    headline: `${count(line.length, 'task')} ${line.length === 1 ? 'waits' : 'wait'} in the kernel, for up to ${seconds(longest)} already and for ever: ${said}. ${stop}.`,
    because: said,
    suspects: [
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
      ...locks.map(({ queue, holder }) =>
        see(
          `${shortLock(queue.object)} names ${holder.address} as its holder, and no task is there`,
          `rd ${queue.object.address} ${queue.words}`,
          new RegExp(`\\b${holder.address.slice(2, -1)}[0-7]\\b`),
        ),
      ),
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
    doubts: ['which task that was is not recorded any more'],
  };
}
