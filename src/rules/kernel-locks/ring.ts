// The accusation of a ring: who holds what, who waits for what, and what shows it.
import type { LockHolder } from '../../facts/kernel-waits.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { type Blame, type Evidence, suspect } from '../kit/define.ts';
import { endOf, named, theFunction } from '../kit/plain.ts';
import { asSuspect, count, join, nameOf, seconds, waitLink } from '../kit/text.ts';
import type { Confidence, NextStep, Suspect } from '../kit/verdict.ts';
import type { Edge, LockRing } from './graph.ts';
import {
  doesWork,
  functionOf,
  isOfWork,
  shortLock,
  showsLock,
  showsSleep,
  showsTurn,
  showsWaiter,
  spellLock,
  spellWait,
} from './words.ts';

/** A ring of locks that one of them gives up by itself (ww_mutex) lasts for moments. */
const LASTING_NS = 1e9;
const MOST_VICTIMS_SHOWN = 4;

export function accusation(found: readonly LockRing[], trigger: Trigger): Blame {
  const rings = found.map(({ ring }) => ring);
  const members = rings.flat();
  const victims = found.flatMap((ring) => ring.victims);
  const said = rings.map(inWords).join('; ');
  const behind =
    victims.length > 0
      ? `, and ${count(victims.length, 'task')} more behind ${members.length === 1 ? 'it' : 'them'}`
      : '';
  const longest = Math.max(...[...members, ...victims].map(({ ageNs }) => ageNs ?? 0));
  return {
    says: 'blame',
    where: 'kernel',
    kind: 'deadlock',
    title: titleOf(rings),
    confidence: confidenceOf(rings),
    headline: `${who(members)}${longest > 0 ? `, for ${seconds(longest)} already and` : ','} for ever${behind}: ${rings.map(plainly).join('; ')}. ${endOf(trigger)}.`,
    because: said,
    suspects: [
      ...rings.flatMap((ring) => ring.map((edge, i) => culprit(edge, ring.at(i - 1) as Edge))),
      ...members.filter(isDoubtful).map(lockAlone),
      ...victims.map(victim),
    ],
    chain: [...members, ...victims].map((edge) =>
      waitLink(
        edge.task,
        spellLock(edge.queue.object),
        [...members, ...victims].find(({ pid }) => pid === edge.on)?.task,
      ),
    ),
    evidence: [
      ...rings.flatMap((ring) => ring.flatMap((edge, i) => showsEdge(edge, next(ring, i)))),
      ...victims
        .slice(0, MOST_VICTIMS_SHOWN)
        .flatMap(({ task, wait, ageNs, queue }) => [
          ...showsSleep(task, wait, ageNs),
          ...showsWaiter(queue, task),
        ]),
    ],
    next: nextSteps(members),
    doubts: doubtsOf(members),
  };
}

/** For who knows no locks: `each holds a lock that the other wants (a_lock and b_lock, in the module driver)`. */
function plainly(ring: readonly Edge[]): string {
  const [only] = ring;
  const locks = ring.filter(({ holder }) => !isOfWork(holder)).map(({ queue }) => queue.object);
  if (only && waitsForOwnTurn(only))
    return `both are of one queue that does them one after the other${only.wait.calledBy?.function ? `, and ${theFunction(only.wait.calledBy)} waits` : ''}`;
  if (only && ring.length === 1)
    return isDoubtful(only)
      ? `whoever took it${named(locks)} has ended, it seems`
      : `it has taken it before${named(locks)}`;
  const [work, ...others] = ring.filter(({ holder }) => isOfWork(holder));
  if (work && others.length === 0 && ring.length === 2)
    return `${work.task.comm} holds a lock${named(locks)} that the very ${work.holder.from === 'end' ? 'thread' : 'work'} needs which it waits for`;
  return `each holds ${locks.length < ring.length ? 'something' : 'a lock'} that ${ring.length === 2 ? 'the other' : 'the next'} wants${named(locks)}`;
}

const next = (ring: readonly Edge[], i: number): Edge => ring[(i + 1) % ring.length] as Edge;

function who(members: readonly Edge[]): string {
  const [only] = members;
  if (!only || members.length > 1)
    return `${join(members.map(({ task }) => nameOf(task)))} wait for each other in the kernel`;
  if (waitsForOwnTurn(only))
    return `${nameOf(only.task)} waits in the kernel for work that may only begin when its own has ended`;
  return isDoubtful(only)
    ? `${nameOf(only.task)} waits in the kernel for a lock that nobody lets go`
    : `${nameOf(only.task)} waits in the kernel for a lock that it holds itself`;
}

/** `a (pid 1) holds x and wants y, which b (pid 2) holds, who wants x`. */
function inWords(ring: readonly Edge[]): string {
  const [only] = ring;
  if (only && waitsForOwnTurn(only))
    return `${nameOf(only.task)} waits for ${workOf(only.holder, only.on)}: its own`;
  if (only && ring.length === 1)
    return isDoubtful(only)
      ? `${spellLock(only.queue.object)} names ${nameOf(only.task)} itself as its holder, which was not found to have taken it: whoever did has ended, it seems`
      : `${nameOf(only.task)} holds ${spellLock(only.queue.object)} and wants it once more`;
  return ring
    .map(({ task, queue, holder, on }, i) => {
      const has = possession(ring.at(i - 1) as Edge);
      const wants = isOfWork(holder)
        ? `waits for ${workOf(holder, on)}`
        : `wants ${shortLock(queue.object)}`;
      return `${nameOf(task)} ${has} and ${wants}`;
    })
    .join('; ');
}

/** What the one behind it in the ring waits for. */
const possession = ({ queue, holder, task }: Edge): string =>
  isOfWork(holder) ? doesWork(holder, nameOf(task)) : `holds ${spellLock(queue.object)}`;

/** The lock names the sleeper itself, and nothing on its stack took it. */
export const isDoubtful = ({ pid, on, wait, holder }: Edge): boolean =>
  pid === on && wait.takenIn === null && !isOfWork(holder);

/** `work that pid 34 executes` */
const workOf = ({ from, work }: LockHolder, on: number): string =>
  from === 'end'
    ? `pid ${on} to end`
    : from === 'turn'
      ? `work${work?.name ? ` (${work.name})` : ''} that may begin when that of pid ${on} has ended`
      : `work that pid ${on} executes`;

/** Its own work has to end first. */
const waitsForOwnTurn = ({ pid, on, holder }: Edge): boolean => pid === on && isOfWork(holder);

function titleOf(rings: readonly (readonly Edge[])[]): string {
  const [ring] = rings;
  if (rings.length > 1 || !ring) return `${rings.length} rings of locks in the kernel`;
  if (ring.some(waitsForOwnTurn)) return 'a work waits for another of its own queue';
  if (ring.length === 1)
    return ring.some(isDoubtful)
      ? 'a lock whose holder waits for it itself, or has ended'
      : 'a task waits for a lock that it holds itself';
  if (ring.some(({ holder }) => isOfWork(holder)))
    return 'a task waits for work that wants a lock which the task holds';
  if (ring.length === 2) return 'two locks taken in opposite order (AB-BA)';
  return `a ring of ${ring.length} locks`;
}

/** Each link is a lock that names its holder and has the waiter in its list; only readers are not recorded. */
function confidenceOf(rings: readonly (readonly Edge[])[]): Confidence {
  const guesses = rings.flat().filter(({ holder }) => holder.from === 'last-reader');
  if (guesses.some(({ queue }) => queue.readers > 1)) return 'possible';
  // One that did not take it in this call may be another's, at the place of the holder, which has ended.
  if (rings.flat().some(isDoubtful)) return 'possible';
  const isLasting = rings.flat().every(({ ageNs }) => ageNs !== null && ageNs >= LASTING_NS);
  return guesses.length > 0 || !isLasting ? 'likely' : 'proven';
}

function culprit(edge: Edge, before: Edge): Suspect {
  const { task, wait, queue, ageNs } = edge;
  if (isDoubtful(edge))
    return suspect(
      'waiter',
      `waits ${spellWait(wait, ageNs)}, for ${spellLock(queue.object)}, which names it as its holder, though nothing on its stack took it`,
      {
        task: asSuspect(task),
        cpu: task.cpu,
        object: queue.object,
        function: functionOf(wait),
      },
    );
  if (waitsForOwnTurn(edge))
    return suspect(
      'culprit',
      `waits ${spellWait(wait, ageNs)}, for ${workOf(edge.holder, edge.on)}: its own`,
      {
        task: asSuspect(task),
        cpu: task.cpu,
        object: edge.holder.work,
        function: functionOf(wait),
      },
    );
  return suspect(
    // Whoever waits for a work with a lock held that the work needs is to blame, not who has to do the work.
    isOfWork(before.holder) ? 'holder' : 'culprit',
    `${isOfWork(before.holder) ? possession(before) : `${possession(before)}, for which ${nameOf(before.task)} waits`}; itself waits ${spellWait(wait, ageNs)}, ${isOfWork(edge.holder) ? `for ${workOf(edge.holder, edge.on)}` : `for ${spellLock(queue.object)}, which pid ${edge.on} holds`}`,
    {
      task: asSuspect(task),
      cpu: task.cpu,
      object: before.queue.object,
      function: functionOf(wait),
    },
  );
}

const lockAlone = ({ queue }: Edge): Suspect =>
  suspect('culprit', 'names a holder that waits for it itself, or one that has ended', {
    object: queue.object,
  });

const victim = ({ task, wait, queue, ageNs, on }: Edge): Suspect =>
  suspect(
    'victim',
    `waits ${spellWait(wait, ageNs)}, for ${spellLock(queue.object)}, which pid ${on} holds`,
    { task: asSuspect(task), cpu: task.cpu, object: queue.object, function: functionOf(wait) },
  );

const showsEdge = ({ task, wait, ageNs, queue, holder: turn }: Edge, holder: Edge): Evidence[] => [
  ...showsSleep(task, wait, ageNs),
  ...showsLock(queue, holder.task),
  ...showsTurn(turn),
  ...showsWaiter(queue, task),
];

function nextSteps(members: readonly Edge[]): NextStep[] {
  const functions = new Map(
    members.flatMap(({ wait: { calledBy } }) =>
      calledBy?.symbol ? [[calledBy.symbol, calledBy] as const] : [],
    ),
  );
  return [...functions].map(([symbol, { function: name }]) => ({
    text: members.some(waitsForOwnTurn)
      ? `See what ${name} waits for: a work may not wait for another of a queue that does them one by one.`
      : `See in which order ${name} takes its locks: every function has to take them in the same.`,
    command: `dis ${symbol}`,
  }));
}

function doubtsOf(members: readonly Edge[]): string[] {
  const doubtful = members
    .filter(isDoubtful)
    .map(
      ({ task, queue }) =>
        `nothing on the stack of ${nameOf(task)} was found to have taken ${spellLock(queue.object)}: its holder may have ended, and this task have got the memory of that one’s task_struct`,
    );
  const readers = members
    .filter(({ holder }) => holder.from === 'last-reader')
    .map(
      ({ queue }) =>
        `${spellLock(queue.object)} is held by ${count(queue.readers, 'reader')}; the lock records only who took it last, who may have let it go since`,
    );
  return [...doubtful, ...readers];
}
