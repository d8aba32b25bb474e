// The accusation of a loop in the kernel: where it goes round, what it holds, and who suffers.
import { spell } from '../../facts/kit/frames.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { spellLock, spellWait } from '../kernel-locks/words.ts';
import { type Blame, suspect } from '../kit/define.ts';
import { endOf, named, theFunction } from '../kit/plain.ts';
import { asSuspect, count, join, nameOf, seconds } from '../kit/text.ts';
import type { Confidence, NextStep, Suspect, SuspectObject } from '../kit/verdict.ts';
import { evidenceOf } from './evidence.ts';
import type { Loop, LoopScene, Spinner } from './scene.ts';

const CONTEXTS = {
  task: '',
  softirq: ' in a soft interrupt',
  interrupt: ' in an interrupt',
} as const;

export function accusation(scene: LoopScene, trigger: Trigger): Blame {
  const { loops } = scene;
  const said = loops.map((loop) => inWords(loop, scene)).join('; ');
  const starved = [...loops, ...spinnersOf(scene)].flatMap((one) => one.starved);
  const others = starved.length > 0 ? `; ${count(starved.length, 'task')} could not run` : '';
  return {
    says: 'blame',
    where: 'kernel',
    kind: 'loop',
    title: titleOf(loops),
    confidence: confidenceOf(scene),
    headline: `The kernel was caught in a loop: ${loops.map((loop) => plainly(loop, scene)).join('; ')}${others}. ${endOf(trigger)}.`,
    because: said,
    suspects: [
      ...loops.map((loop) => culprit(loop, scene)),
      ...spinnersOf(scene).map((spinner) => spinningVictim(spinner, scene)),
      ...loops.flatMap(({ sleepers }) => sleepers.map(sleepingVictim)),
      ...[...loops, ...spinnersOf(scene)].flatMap((one) =>
        one.starved.map((task) => starvedVictim(task, one.stuck.cpu, scene)),
      ),
      ...scene.unexplained.map(({ stuck, task }) =>
        suspect(
          'waiter',
          `waits on CPU ${stuck.cpu} for ${heldUp(stuck)}, whose holder is not known`,
          {
            task: asSuspect(task),
            cpu: stuck.cpu,
            object: stuck.spin?.object,
            function: wanted(stuck),
          },
        ),
      ),
    ],
    evidence: loops.flatMap((loop) => evidenceOf(loop, scene)),
    next: loops.flatMap(nextStep),
    doubts: doubtsOf(scene),
  };
}

const spinnersOf = ({ loops }: LoopScene): Spinner[] => [
  ...new Map(
    loops.flatMap(({ spinners }) => spinners.map((s) => [s.stuck.cpu, s] as const)),
  ).values(),
];

const heldUp = ({ waitsFor, spin }: Spinner['stuck']): string =>
  spin ? spellLock(spin.object) : waitsFor === 'cpu' ? 'another CPU to answer' : 'a spinlock';

const spins = ({ stuck }: Pick<Spinner, 'stuck'>): string =>
  stuck.waitsFor === 'cpu' ? 'waits for' : 'spins on';

const wanted = ({ spin }: Spinner['stuck']) =>
  spin?.wantedBy?.function
    ? { name: spin.wantedBy.function, module: spin.wantedBy.module }
    : undefined;

const ageOf = ({ stuck }: Pick<Loop, 'stuck'>, { nowNs }: LoopScene): string =>
  seconds(nowNs - stuck.sinceNs);

/** What it was found to hold. */
function heldBy({ spinners, sleepers }: Loop): SuspectObject[] {
  const locks = [
    ...spinners.flatMap(({ stuck }) => stuck.spin?.object ?? []),
    ...sleepers.map(({ queue }) => queue.object),
  ];
  return [...new Map(locks.map((lock) => [lock.address, lock])).values()];
}

/** When the task that goes round got the CPU; a watchdog’s moment on it says nothing. */
function arrival({ stuck, task }: Loop): string {
  const at = stuck.context === 'task' ? task.lastArrivalNs : null;
  return at && at <= stuck.sinceNs ? `; the task has the CPU since ${seconds(at)} of uptime` : '';
}

const placeOf = ({ stuck }: Loop): string =>
  stuck.loop ? spell(stuck.loop) : 'code without a name';

function inWords(loop: Loop, scene: LoopScene): string {
  const { stuck, task, spinners, sleepers } = loop;
  const held = heldBy(loop).map((lock) => spellLock(lock));
  const behind = [
    ...spinners.map((s) => `CPU ${s.stuck.cpu} (${nameOf(s.task)}) ${spins(s)} ${heldUp(s.stuck)}`),
    ...(sleepers.length > 0 ? [`${count(sleepers.length, 'task')} sleep for it`] : []),
  ];
  const holding = held.length > 0 ? `, holding ${join(held)}` : '';
  const who = stuck.context === 'task' ? `for ${nameOf(task)}` : `upon ${nameOf(task)}`;
  return `${placeOf(loop)} goes round${CONTEXTS[stuck.context]} on CPU ${stuck.cpu} ${who}, for ${ageOf(loop, scene)} at least${holding}${behind.length > 0 ? `: ${join(behind)} behind it` : ''}`;
}

/** For who knows no locks. */
function plainly(loop: Loop, scene: LoopScene): string {
  const { stuck, task, spinners, sleepers } = loop;
  const place = stuck.loop ? theFunction(stuck.loop) : 'code without a name';
  const came = task.isIdle ? '' : ` that came while ${nameOf(task)} ran`;
  const when = stuck.context === 'task' ? ` for ${nameOf(task)}` : ` in an interrupt${came}`;
  const round = `${place} goes round and round on CPU ${stuck.cpu}${when}, for ${ageOf(loop, scene)}`;
  const waiters = [
    ...spinners.map(({ task: one, stuck: { cpu } }) => (one.isIdle ? `CPU ${cpu}` : nameOf(one))),
    ...(sleepers.length > 0 ? [count(sleepers.length, 'task')] : []),
  ];
  if (waiters.length === 0) return round;
  const wait = waiters.length === 1 && sleepers.length < 2 ? 'waits' : 'wait';
  const held = heldBy(loop);
  return held.length > 0
    ? `${round}; it holds ${held.length === 1 ? 'a lock' : 'locks'}${named(held, stuck.loop?.module)} for which ${join(waiters)} ${wait}`
    : `${round}, and ${join(waiters)} ${wait} for CPU ${stuck.cpu} to answer`;
}

function titleOf(loops: readonly Loop[]): string {
  const holds = loops.some((loop) => heldBy(loop).length > 0);
  const what =
    loops.length > 1
      ? `${loops.length} endless loops in the kernel`
      : 'an endless loop in the kernel';
  return holds ? `${what}, with a lock held` : what;
}

/** That a loop never ends cannot be seen from one moment: it is not proven. */
function confidenceOf({ loops, unexplained }: LoopScene): Confidence {
  const isVague = loops.some(
    ({ stuck, spinners }) =>
      stuck.isNested ||
      !stuck.isWhole ||
      !stuck.round ||
      stuck.inner !== null ||
      spinners.some((s) => s.from === 'word'),
  );
  return isVague || unexplained.length > 0 ? 'possible' : 'likely';
}

function culprit(loop: Loop, scene: LoopScene): Suspect {
  const { stuck, task } = loop;
  const [object] = heldBy(loop);
  const holding = heldBy(loop).map((lock) => spellLock(lock));
  return suspect(
    'culprit',
    `goes round in ${placeOf(loop)}${CONTEXTS[stuck.context]} on CPU ${stuck.cpu}, for ${ageOf(loop, scene)} at least${holding.length > 0 ? `, holding ${join(holding)}` : ''}${arrival(loop)}`,
    {
      // Whoever an interrupt came upon has nothing to do with what it then does.
      task: stuck.context === 'task' ? asSuspect(task) : undefined,
      cpu: stuck.cpu,
      object,
      function: stuck.loop?.function
        ? { name: stuck.loop.function, module: stuck.loop.module }
        : undefined,
    },
  );
}

const spinningVictim = (spinner: Spinner, scene: LoopScene): Suspect =>
  suspect(
    'victim',
    `${spins(spinner)} ${heldUp(spinner.stuck)}, on CPU ${spinner.stuck.cpu}, for ${ageOf(spinner, scene)} at least`,
    {
      task: asSuspect(spinner.task),
      cpu: spinner.stuck.cpu,
      object: spinner.stuck.spin?.object,
      function: wanted(spinner.stuck),
    },
  );

const sleepingVictim = ({ task, wait, queue, ageNs }: Loop['sleepers'][number]): Suspect =>
  suspect('victim', `waits ${spellWait(wait, ageNs)}, for ${spellLock(queue.object)}`, {
    task: asSuspect(task),
    cpu: task.cpu,
    object: queue.object,
  });

const starvedVictim = (task: TaskFact, cpu: number, { nowNs }: LoopScene): Suspect =>
  suspect('victim', `wants CPU ${cpu} for ${seconds(nowNs - (task.lastQueuedNs ?? nowNs))}`, {
    task: asSuspect(task),
    cpu,
  });

const nextStep = ({ stuck }: Loop): NextStep[] =>
  stuck.loop?.symbol
    ? [
        {
          text: `See what ends the loop in ${stuck.loop.function}${stuck.round ? ` (it jumps back at +${stuck.round.jump} to +${stuck.round.target})` : ''}, and what it looks at.`,
          command: `dis ${stuck.loop.symbol}`,
        },
      ]
    : [];

function doubtsOf({ loops, unexplained }: LoopScene): string[] {
  const spinlocks = loops.flatMap(({ spinners }) => spinners);
  return [
    'that the loop never ends does not follow from one moment: the data it goes round in was not examined',
    ...(spinlocks.some(({ from }) => from === 'code')
      ? [
          'a spinlock records no owner: who holds it follows from the code, which takes it before the loop and gives it back behind it',
        ]
      : []),
    ...(spinlocks.some(({ from }) => from === 'word')
      ? [
          'a spinlock records no owner: that the loop holds it is only likely because its registers or its stack have the lock’s address',
        ]
      : []),
    ...loops.flatMap(({ stuck: { inner, loop } }) =>
      inner && loop
        ? [
            `${spell(inner)}, which ${spell(loop)} calls, has a loop of its own: which of both does not end is not certain`,
          ]
        : [],
    ),
    ...loops.flatMap(({ stuck }) =>
      stuck.isNested
        ? [
            `CPU ${stuck.cpu} was in the kernel below the interrupt, too: which of both goes round is not certain`,
          ]
        : [],
    ),
    ...unexplained.map(
      ({ stuck }) => `what CPU ${stuck.cpu} waits for was not traced to anybody: ${heldUp(stuck)}`,
    ),
  ];
}
