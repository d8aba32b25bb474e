// The accusation of CPUs that spin for each other's locks.
import { spell } from '../../facts/kit/frames.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { shortLock, spellLock } from '../kernel-locks/words.ts';
import { type Blame, type Exoneration, exonerate, suspect } from '../kit/define.ts';
import { endOf, named } from '../kit/plain.ts';
import { asSuspect, count, join, nameOf, seconds } from '../kit/text.ts';
import type { Suspect } from '../kit/verdict.ts';
import { showsSpin } from './evidence.ts';
import type { Spin } from './spins.ts';

export function ringBlame(
  ring: readonly Spin[],
  victims: readonly Spin[],
  tasks: readonly TaskFact[],
  trigger: Trigger,
): Blame {
  const said = ring.map((spin, i) => inWords(spin, ring.at(i - 1) as Spin)).join('; ');
  const behind = victims.length > 0 ? `, and ${count(victims.length, 'CPU')} behind them` : '';
  const starved = [...ring, ...victims].flatMap(({ pid: cpu }) =>
    tasks.filter((task) => task.isWaitingForCpu && task.cpu === cpu).map((task) => ({ task, cpu })),
  );
  return {
    says: 'blame',
    where: 'kernel',
    kind: 'deadlock',
    title: titleOf(ring),
    confidence: 'likely',
    headline: `${plainly(ring, `for ${seconds(Math.min(...ring.map(({ ageNs }) => ageNs)))} already and for ever${behind}`)}. ${endOf(trigger)}.`,
    because: said,
    suspects: [
      ...ring.map((spin, i) => culprit(spin, ring.at(i - 1) as Spin)),
      ...victims.map((spin) =>
        suspect('victim', `spins on ${spellLock(spin.spin.object)}`, {
          task: spin.task && asSuspect(spin.task),
          cpu: spin.pid,
          object: spin.spin.object,
        }),
      ),
      ...starved.map(({ task, cpu }) =>
        suspect('victim', `wants CPU ${cpu}`, { task: asSuspect(task), cpu }),
      ),
    ],
    evidence: ring.flatMap((spin) => showsSpin(spin)),
    next: [
      ...new Map(
        ring.flatMap(({ holder: { function: f } }) => (f?.symbol ? [[f.symbol, f] as const] : [])),
      ),
    ].map(([symbol, { function: name }]) => ({
      text: `See in which order ${name} takes its locks: every function has to take them in the same, and with interrupts off where an interrupt takes them, too.`,
      command: `dis ${symbol}`,
    })),
    doubts: [
      'a spinlock records no owner: who holds it follows from the code, which takes it before the place it is at',
    ],
  };
}

/** For who knows no locks. */
function plainly(ring: readonly Spin[], since: string): string {
  const locks = named(ring.map(({ spin }) => spin.object));
  const [only] = ring;
  if (only && ring.length === 1)
    return only.stuck.context === 'task'
      ? `${whoOf(only)} waits in the kernel for a lock that it holds itself, ${since}: it has taken it before${locks}`
      : `An interrupt on CPU ${only.pid} waits for a lock${locks}, ${since}, that is held by what it broke in on${only.task && !only.task.isIdle ? `, the kernel’s work for ${nameOf(only.task)}` : ''}`;
  return `${join(ring.map(whoOf))} wait for each other in the kernel, ${since}: each holds a lock that the ${ring.length === 2 ? 'other' : 'next'} wants${locks}`;
}

const whoOf = ({ pid: cpu, task }: Spin): string =>
  task && !task.isIdle ? nameOf(task) : `CPU ${cpu}`;

/** `CPU 0 holds a, taken in f [m], and wants b`. */
function inWords({ pid: cpu, spin }: Spin, before: Spin): string {
  const by = before.holder.function ? `, taken in ${spell(before.holder.function)},` : '';
  return `CPU ${cpu} holds ${spellLock(before.spin.object)}${by} and wants ${before.spin.object.address === spin.object.address ? 'it once more' : shortLock(spin.object)}`;
}

function titleOf(ring: readonly Spin[]): string {
  if (ring.length === 1) {
    const [one] = ring as readonly [Spin];
    return one.stuck.context === 'task'
      ? 'a spinlock taken twice'
      : 'a spinlock wanted in an interrupt, held by what it interrupted';
  }
  return ring.length === 2
    ? 'two spinlocks taken in opposite order (AB-BA)'
    : `a ring of ${ring.length} spinlocks`;
}

function culprit(spin: Spin, before: Spin): Suspect {
  const held = before.holder.function;
  return suspect(
    'culprit',
    `holds ${spellLock(before.spin.object)}, for which CPU ${before.pid} spins; itself spins for ${seconds(spin.ageNs)} at least on ${spellLock(spin.spin.object)}`,
    {
      task: spin.task && asSuspect(spin.task),
      cpu: spin.pid,
      object: before.spin.object,
      function: held?.function ? { name: held.function, module: held.module } : undefined,
    },
  );
}

export function* clearedSpinners(
  victims: readonly Spin[],
  trigger: Trigger,
): Generator<Exoneration> {
  for (const { pid: cpu, spin, stuck, task } of victims) {
    const log = trigger.cpu === cpu ? 'the watchdog’s alarm came from here; ' : '';
    const reason = `${log}it only spins on ${shortLock(spin.object)}, which CPUs hold that wait for each other`;
    yield exonerate('cpu', `CPU ${cpu}`, reason, `bt -c ${cpu}`);
    if (task && !task.isIdle) yield exonerate('task', nameOf(task), reason, `bt ${stuck.pid}`);
  }
}
