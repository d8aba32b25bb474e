// The accusation of an event that does not come.
import type { EventKind, EventWait, LikelyHolder } from '../../facts/event-waits.ts';
import { type FrameFact, spell } from '../../facts/kit/frames.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import type { Trigger } from '../../facts/trigger.ts';
import type { Edge } from '../kernel-locks/graph.ts';
import { spellLock } from '../kernel-locks/words.ts';
import { type Blame, type Evidence, see, suspect } from '../kit/define.ts';
import { endOf, named, theFunction } from '../kit/plain.ts';
import {
  ageLine,
  asSuspect,
  count,
  frameLine,
  join,
  literal,
  nameOf,
  seconds,
  waitLink,
} from '../kit/text.ts';

export interface LostEvent {
  readonly event: EventWait;
  readonly task: TaskFact;
  readonly ageNs: number;
}

const MOST_NAMED = 3;
const MOST_SHOWN = 4;
const MOST_WAITERS = 32;

const TITLES: Readonly<Record<EventKind, string>> = {
  completion: 'a completion that nobody gives',
  semaphore: 'a semaphore that is not given back',
  readers: 'a lock whose readers do not let it go',
  page: 'a page’s lock that is not given back',
  bit: 'a bit lock that is not given back',
  freeze: 'a file system frozen and not thawed',
};

/** What is wrong with it, in a clause. */
const STATES: Readonly<Record<EventKind, string>> = {
  completion: 'nobody has completed it, and it does not record who should',
  semaphore: 'all its units are taken, and it does not record by whom',
  readers: 'it is held for reading, and it does not record by whom',
  page: 'its lock is taken, and no disk has a request for it under way',
  bit: 'the bit is set, and no disk has a request for it under way',
  freeze: 'it was frozen, and nobody has thawed it',
};

export function blameEvent(
  lost: readonly LostEvent[],
  behind: readonly Edge[],
  tasks: readonly TaskFact[],
  trigger: Trigger,
): Blame {
  const [{ event, ageNs }] = lost as readonly [LostEvent, ...LostEvent[]];
  const thing = thingOf(event);
  const who = join([
    ...lost.slice(0, MOST_NAMED).map(({ task }) => nameOf(task)),
    ...(lost.length > MOST_NAMED ? [`${lost.length - MOST_NAMED} more`] : []),
  ]);
  const by = event.calledBy ? `, in ${spell(event.calledBy)}` : '';
  const others =
    behind.length > 0
      ? `; ${count(behind.length, 'task')} more behind ${lost.length === 1 ? 'it' : 'them'}`
      : '';
  const holders = holdersOf(event, tasks);
  const because = `${who} ${lost.length === 1 ? 'waits' : 'wait'} for ${seconds(ageNs)}${by} for ${thing}: ${STATES[event.kind]}${others}${holders.length > 0 ? `; ${join(holders.map(mayHold))}` : ''}`;
  return {
    says: 'blame',
    where: 'kernel',
    kind: 'deadlock',
    title: TITLES[event.kind],
    confidence: event.kind === 'freeze' ? 'likely' : 'possible',
    headline: `${who} ${lost.length === 1 ? 'has' : 'have'} stood still in the kernel for ${seconds(ageNs)}: ${lost.length === 1 ? 'it' : 'they'} ${plainly(event, lost.length)}${others}. ${endOf(trigger)}.`,
    because,
    suspects: [
      suspect('culprit', `${STATES[event.kind]}; wanted by ${who}`, { object: event.object }),
      ...holders.map((one) =>
        suspect('holder', mayHold(one), {
          task: asSuspect(one.task),
          cpu: one.task.cpu,
          object: event.object,
          function: nameOfFunction(one.holder.function),
        }),
      ),
      ...lost.slice(0, MOST_WAITERS).map(({ event: { calledBy, object }, task, ageNs: age }) =>
        suspect('waiter', `waits for ${seconds(age)} for ${thing}`, {
          task: asSuspect(task),
          cpu: task.cpu,
          object,
          function: calledBy ? nameOfFunction(calledBy) : undefined,
        }),
      ),
      ...behind
        .slice(0, MOST_WAITERS)
        .map(({ task, queue }) =>
          suspect('victim', `waits for ${spellLock(queue.object)}`, { task: asSuspect(task) }),
        ),
    ],
    chain: [
      ...lost.map(({ task }) => waitLink(task, thing, undefined)),
      ...behind.map(({ task, queue, on }) =>
        waitLink(task, spellLock(queue.object), lost.find((one) => one.task.pid === on)?.task),
      ),
    ],
    evidence: [
      ...showsState(event),
      ...lost.slice(0, MOST_SHOWN).flatMap(showsSleep),
      ...holders.map(showsHolder),
    ],
    next: [nextStep(event)],
    doubts: doubtsOf(event, holders.length > 0),
  };
}

/** What is waited for, and what is wrong with it, for who knows no kernel. */
function plainly({ kind, object, calledBy }: EventWait, waiters: number): string {
  const waits = waiters === 1 ? 'waits' : 'wait';
  // What has no name is told by who wants it.
  const what =
    object.name === null && calledBy?.function ? ` in ${theFunction(calledBy)}` : named([object]);
  switch (kind) {
    case 'completion':
      return `${waits} for something to be finished${what}, and nobody has said that it is`;
    case 'semaphore':
      return `${waits} for a place to become free${what}; all are taken, and by whom is not recorded`;
    case 'readers':
      return `${waits} for a lock${what} to be let go by those who only read; by whom it is held is not recorded`;
    case 'page':
      return `${waits}${what} for a page of memory which somebody locked; no disk is at work on it`;
    case 'bit':
      return `${waits} for a lock of one bit${what}, which somebody took; no disk is at work for it`;
    case 'freeze':
      return `${waiters === 1 ? 'wants' : 'want'} to write to the file system ${object.name ?? ''}, which was frozen, as for a snapshot, and not thawed`;
  }
}

interface Held {
  readonly task: TaskFact;
  readonly holder: LikelyHolder;
}

/** More than so many tell nothing. */
const MOST_HOLDERS = 4;

function holdersOf({ holders }: EventWait, tasks: readonly TaskFact[]): Held[] {
  if (holders.length > MOST_HOLDERS) return [];
  return holders.flatMap((holder) => {
    const task = tasks.find(({ pid }) => pid === holder.pid);
    return task ? [{ task, holder }] : [];
  });
}

const mayHold = ({ task, holder: { from, function: f } }: Held): string =>
  ({
    code: `${nameOf(task)} sleeps below ${spell(f)}, which has taken it and not given it back`,
    names: `${nameOf(task)} may hold it: it sleeps below ${spell(f)}, which works with it`,
    word: `${nameOf(task)} took it last, and sleeps below ${spell(f)}`,
  })[from];

const nameOfFunction = ({ function: name, module }: FrameFact) =>
  name ? { name, module } : undefined;

const showsHolder = ({ task, holder }: Held): Evidence =>
  see(
    `${nameOf(task)} sleeps below ${spell(holder.function)}`,
    `bt ${task.pid}`,
    frameLine(holder.function),
  );

function thingOf({ kind, object }: EventWait): string {
  if (kind === 'freeze')
    return `the file system ${object.name ?? 'at'} (super block ${object.address})`;
  if (kind === 'page') return `the page at ${object.address}`;
  if (kind === 'bit') return `a bit of ${object.name ?? 'the word'} at ${object.address}`;
  return spellLock(object);
}

function showsState({ kind, object, shownBy }: EventWait): Evidence[] {
  if (kind === 'completion')
    return [see(`it is not completed`, `struct completion.done ${object.address}`, /\bdone = 0\b/)];
  if (kind === 'semaphore')
    return [
      see(`no unit of it is free`, `struct semaphore.count ${object.address}`, /\bcount = 0\b/),
    ];
  if (kind === 'readers')
    return [
      see(
        'it names the writer that waits for its readers',
        `struct percpu_rw_semaphore.writer ${object.address}`,
        /\btask = 0xffff[0-9a-f]{12}\b/,
      ),
    ];
  if (!shownBy) return [];
  const claim =
    kind === 'freeze'
      ? 'it is frozen (SB_FREEZE_COMPLETE)'
      : `it waits for ${thingOf({ kind, object } as EventWait)}`;
  return [
    see(claim, `struct ${shownBy.type} ${shownBy.address}`, new RegExp(literal(shownBy.line))),
  ];
}

function showsSleep({ event: { waitsIn, calledBy }, task, ageNs }: LostEvent): Evidence[] {
  const frames = [waitsIn, calledBy].flatMap((frame) => (frame?.function ? [frame] : []));
  return [
    see(
      `${nameOf(task)} last ran ${seconds(ageNs)} ago`,
      `ps -m ${task.pid}`,
      ageLine(ageNs, task),
    ),
    ...(frames.length > 0
      ? [see(`it sleeps in ${join(frames.map(spell))}`, `bt ${task.pid}`, ...frames.map(frameLine))]
      : []),
  ];
}

function nextStep({ kind, calledBy, pid }: EventWait) {
  if (kind === 'freeze')
    return {
      text: 'Thaw the file system (fsfreeze --unfreeze), and see who froze it.',
      command: 'log',
    };
  return calledBy?.symbol
    ? {
        text: `See what ${calledBy.function} waits for, and look in the source for who has to give it.`,
        command: `dis ${calledBy.symbol}`,
      }
    : { text: 'See what it waits for.', command: `bt ${pid}` };
}

const doubtsOf = ({ kind }: EventWait, isHeld: boolean): string[] =>
  kind === 'freeze'
    ? ['which file system each of them wants to write to was not traced: only one is frozen']
    : [
        'who has to end the wait is not recorded: that it will never end does not follow from one moment',
        ...(isHeld
          ? [
              'who holds it follows from the code of those that sleep below it, or from who took it last',
            ]
          : []),
      ];
