// The accusation of a spinlock whose holder has gone to sleep, or left it behind.
import type { SpinHolder, SpinWait, StuckCpu } from '../../facts/kernel-loops.ts';
import { spell } from '../../facts/kit/frames.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { shortLock, spellLock } from '../kernel-locks/words.ts';
import { type Blame, see, suspect } from '../kit/define.ts';
import { endOf, named } from '../kit/plain.ts';
import { asSuspect, count, frameLine, nameOf, seconds } from '../kit/text.ts';
import type { Suspect } from '../kit/verdict.ts';
import { type Spinning, showsWait, takingEvidence } from './evidence.ts';

/** Undefined: who holds a lock may be on a CPU, or which lock it is is not known. */
export function lostBlame(
  all: readonly StuckCpu[],
  tasks: readonly TaskFact[],
  nowNs: number,
  trigger: Trigger,
): Blame | undefined {
  const spinners: Spinning[] = all.flatMap((stuck) =>
    stuck.spin
      ? [{ stuck, spin: stuck.spin, task: tasks.find((t) => t.runningOn === stuck.cpu) }]
      : [],
  );
  const [first] = spinners;
  if (!first || spinners.length < all.length) return undefined;
  // Whoever may hold it on a CPU may let it go.
  if (all.some(({ isWhole, spin }) => !isWhole || !spin?.isTaken)) return undefined;
  if (spinners.some(({ spin }) => spin.holders.some(({ cpu }) => cpu !== null))) return undefined;
  if (new Set(spinners.map(({ spin }) => spin.object.address)).size > 1) return undefined;
  const sleeper = spinners.flatMap(({ spin }) => spin.holders)[0];
  const task = sleeper && tasks.find(({ pid }) => pid === sleeper.pid);
  return blame(spinners as [Spinning, ...Spinning[]], sleeper, task, nowNs, trigger);
}

function blame(
  spinners: readonly [Spinning, ...Spinning[]],
  sleeper: SpinHolder | undefined,
  task: TaskFact | undefined,
  nowNs: number,
  trigger: Trigger,
): Blame {
  const [{ spin, stuck }] = spinners;
  const lock = spellLock(spin.object);
  const taker = sleeper?.function;
  const said = task
    ? `${nameOf(task)} sleeps with ${lock} held${taker ? `, taken in ${spell(taker)}` : ''}`
    : `${lock} is taken, and the code of no CPU holds it: it was left locked`;
  return {
    says: 'blame',
    where: 'kernel',
    kind: 'deadlock',
    title: task ? 'a task sleeps with a spinlock held' : 'a spinlock was left locked',
    confidence: task ? 'likely' : 'possible',
    headline: `${count(spinners.length, 'CPU')} ${spinners.length === 1 ? 'waits' : 'wait'} in the kernel for a lock${named([spin.object])}, for ${seconds(nowNs - stuck.sinceNs)} already and for ever: ${task ? `${nameOf(task)} fell asleep with it held` : 'whoever took it last never gave it back'}. ${endOf(trigger)}.`,
    because: said,
    suspects: [culprit(spin, sleeper, task, said), ...spinners.map(victim)],
    evidence: [
      ...spinners.flatMap((one) => showsWait(one)),
      ...(task && sleeper ? showsSleeper(sleeper, task, spin) : []),
    ],
    next: [
      {
        text: `See every way out of what takes ${shortLock(spin.object)}: each has to give it back, and none may sleep before.`,
        command: taker?.symbol ? `dis ${taker.symbol}` : `bt ${stuck.pid}`,
      },
    ],
    doubts: task
      ? [
          'a spinlock records no owner: who holds it follows from the code, which takes it before the place it sleeps at',
        ]
      : [
          'a spinlock records no owner: who took it last, and did not give it back, is not known; a holder whose code does not name the lock would not have been found',
        ],
  };
}

const culprit = (
  { object }: SpinWait,
  sleeper: SpinHolder | undefined,
  task: TaskFact | undefined,
  said: string,
): Suspect =>
  suspect('culprit', said, {
    task: task && asSuspect(task),
    object,
    function: sleeper?.function?.function
      ? { name: sleeper.function.function, module: sleeper.function.module }
      : undefined,
  });

const victim = ({ stuck, spin, task }: Spinning): Suspect =>
  suspect('victim', `spins on CPU ${stuck.cpu} on ${spellLock(spin.object)}`, {
    task: task && !task.isIdle ? asSuspect(task) : undefined,
    cpu: stuck.cpu,
    object: spin.object,
  });

const showsSleeper = (sleeper: SpinHolder, task: TaskFact, { object }: SpinWait) => [
  see(
    `${nameOf(task)} sleeps below the function that takes it`,
    `bt ${task.pid}`,
    ...(sleeper.function ? [frameLine(sleeper.function)] : []),
  ),
  ...takingEvidence(sleeper, object.address, shortLock(object)),
];
