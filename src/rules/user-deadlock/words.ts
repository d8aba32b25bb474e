// What is said of threads that wait for each other, and what shows it.
import type { TaskFact } from '../../facts/tasks.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { type Blame, suspect } from '../kit/define.ts';
import { asSuspect, count, join, nameOf, seconds, waitLink } from '../kit/text.ts';
import { byHand, stoppedBy } from '../kit/trigger-words.ts';
import type { Suspect } from '../kit/verdict.ts';
import { evidenceOf } from './evidence.ts';
import { clause, edge, type Ring, type Wait } from './waits.ts';

/** Of those who only wait behind the ring, evidence is shown of a few. */
const MOST_SHOWN = 4;

export function accusation(
  found: readonly Ring[],
  tasks: readonly TaskFact[],
  trigger: Trigger,
  asker: TaskFact | undefined,
): Blame {
  const ring = found.flatMap((one) => one.ring);
  const victims = found.flatMap((one) => one.victims);
  const stop = trigger.kind === 'sysrq' ? byHand(asker) : stoppedBy(trigger);
  const story = found.map((one) => tell(one, tasks)).join('; ');
  const isSure = ring.every((wait) => wait.isSure);
  const behind =
    victims.length > 0
      ? `; ${count(victims.length, 'thread')} ${victims.length === 1 ? 'waits' : 'wait'} behind them`
      : '';
  return {
    says: 'blame',
    where: 'user',
    kind: 'deadlock',
    title: titleOf(found),
    confidence: isSure ? 'proven' : 'likely',
    headline: `${capital(story)}${behind}. ${stop}; the kernel has no part in it.`,
    because: `${ring.map(edge).join('; ')}${behind}`,
    suspects: [
      ...ring.map((wait) => culprit(wait, ring)),
      ...victims.map(victim),
      ...(trigger.kind === 'sysrq' && asker ? [askedFor(asker, trigger)] : []),
    ],
    chain: [...ring, ...victims].map(({ task, thing, owner }) => waitLink(task, thing, owner)),
    evidence: [...ring, ...victims.slice(0, MOST_SHOWN)].flatMap(evidenceOf),
    next: [...new Set(ring.map(({ task }) => task.tgid))].map((tgid) => ({
      text: `See every thread of process ${tgid}; a debugger on its core file names the functions that took the locks.`,
      command: `ps -g ${tgid}`,
    })),
    doubts: doubtsOf(ring),
  };
}

function doubtsOf(ring: readonly Wait[]): string[] {
  const vague = ring.filter(({ isSure }) => !isSure);
  const isFutex = vague.some(({ cause }) => cause.is === 'futex');
  const isTold = vague.some(
    ({ cause }) => cause.is === 'futex' && cause.futex.owner?.from === 'call',
  );
  const isProgram = vague.some(({ cause }) => cause.is === 'program');
  return [
    ...(isFutex
      ? [
          'that these words are locks rests on their values alone: a program may use such a number for something else',
        ]
      : []),
    ...(isTold
      ? [
          'the locks themselves are not in the dump: who held one is what its word was when the waiter fell asleep, and another waiter may have got it since',
        ]
      : []),
    ...(isProgram
      ? [
          'a signal could still end a wait at a pipe, at a socket or for a child, and its handler bring what is waited for',
        ]
      : []),
  ];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function titleOf(found: readonly Ring[]): string {
  const [first] = found;
  const ring = first?.ring ?? [];
  if (found.length > 1) return `${found.length} rings of threads that wait for each other`;
  if (ring.length === 1) return 'a thread waits for a lock that it holds itself';
  const pattern = ring.length === 2 && ring.every(({ isLock }) => isLock) ? 'AB-BA: ' : '';
  return `${pattern}${count(ring.length, 'thread')} of ${programs(ring)} wait for each other`;
}

const programs = (ring: readonly Wait[]): string => {
  const processes = new Set(ring.map(({ task }) => task.tgid));
  return processes.size === 1 ? 'one program' : `${processes.size} programs`;
};

/** A clause a person who knows no kernel understands. */
function tell({ ring }: Ring, tasks: readonly TaskFact[]): string {
  const processes = [...new Set(ring.map(({ task }) => task.tgid))];
  const leaders = processes.map((tgid) => {
    const leader = tasks.find((task) => task.pid === tgid);
    return leader ? nameOf(leader) : `process ${tgid}`;
  });
  const names = join(ring.map(({ task }) => nameOf(task)));
  const ages = ring.flatMap(({ ageNs }) => ageNs ?? []);
  const age = ages.length === ring.length ? `, for ${seconds(Math.min(...ages))} now` : '';
  if (ring.length === 1)
    return `thread ${names} of program ${join(leaders)} waits for a lock that it holds itself${age}: it waits for ever`;
  const each = ring.length === 2 ? 'for each other' : 'in a ring, each for the next';
  const what = ring.every(({ isLock }) => isLock)
    ? ': each holds the lock that another one wants'
    : '';
  const whose = processes.length === 1 ? ` of program ${join(leaders)}` : '';
  return `${count(ring.length, 'thread')}${whose} wait ${each}${age}: ${names}${what}. None of them can ever go on`;
}

const since = ({ sinceNs, ageNs }: Wait): string =>
  ageNs === null || sinceNs === null
    ? ''
    : `; asleep for ${seconds(ageNs)}, since ${(sinceNs / 1e9).toFixed(2)} s of uptime`;

function culprit(wait: Wait, ring: readonly Wait[]): Suspect {
  const { task, object } = wait;
  const held = ring.filter((other) => other.on === task.pid && other.isLock);
  const holds = [...new Set(held.map(({ thing }) => thing))];
  const has = holds.length > 0 ? `holds ${join(holds)} and ` : '';
  return suspect('culprit', `${has}${clause(wait)}${since(wait)}`, {
    task: asSuspect(task),
    cpu: task.cpu,
    object,
  });
}

const victim = (wait: Wait): Suspect =>
  suspect('victim', `${clause(wait)}${since(wait)}`, {
    task: asSuspect(wait.task),
    cpu: wait.task.cpu,
    object: wait.object,
  });

const askedFor = (task: TaskFact, { cpu }: Trigger): Suspect =>
  suspect('trigger', 'only asked for the dump, through /proc/sysrq-trigger', {
    task: asSuspect(task),
    cpu,
  });
