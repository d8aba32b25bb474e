// Real-time programs that never give their CPUs away: everything of lower priority starves.
import { isUnlimited } from '../facts/rt-limits.ts';
import { type Blame, defineRule, doubt, type Finding } from './kit/define.ts';
import { count, join, nameOf, seconds } from './kit/text.ts';
import { type Arithmetic, explainTrigger } from './rt-user-loop/arithmetic.ts';
import { evidenceOn, starvedEvidence, throttlingEvidence } from './rt-user-loop/evidence.ts';
import {
  cpuList,
  type Facts,
  type Hog,
  hogsOn,
  isCalling,
  leaders,
  needs,
  policyOf,
} from './rt-user-loop/hog.ts';
import { innocents } from './rt-user-loop/innocents.ts';
import { headlineOf, nextSteps, suspectsOf } from './rt-user-loop/words.ts';

export default defineRule({
  id: 'rt-user-loop',
  title: 'real-time programs run in user mode without pause, all else on their CPUs starves',
  needs,
  silence: 'no real-time program ran in user mode while others waited 5 s and more for its CPU',

  *judge(facts): Iterable<Finding> {
    const { nowNs } = facts.clock;
    if (nowNs === null) {
      yield doubt(
        'without the scheduler’s clock nobody knows who starved: a real-time loop cannot be seen',
      );
      return;
    }
    const hogs: Hog[] = [];
    for (const cpu of facts.cpus) {
      const found = hogsOn(cpu, facts, nowNs);
      if ('says' in found) yield found;
      else hogs.push(...found);
    }
    if (hogs.length === 0) return;
    yield accuse(hogs, facts, nowNs);
    yield* innocents(hogs, facts, nowNs);
  },
});

function accuse(hogs: readonly Hog[], facts: Facts, nowNs: number): Blame {
  const starved = new Set(hogs.flatMap((hog) => hog.starved));
  const feeder = facts.tasks.find((t) => t.pid === facts.feeder?.pid);
  const arithmetic = explainTrigger(facts, feeder, nowNs, hogs);
  const doubts = doubtsOf(hogs, facts, arithmetic);
  const names = join(hogs.map(({ task }) => nameOf(task)));
  const unlimited = isUnlimited(facts.limits);
  const because = `${names}: ${join([...new Set(hogs.map(({ task }) => policyOf(task)))])}, ${hogs.some(isCalling) ? 'in and out of system calls' : 'in user mode'}, on ${cpuList(hogs)} for ${rangeOf(hogs)}; ${count(starved.size, 'task')} waited`;
  return {
    says: 'blame',
    where: 'user',
    kind: 'loop',
    title: hogs.every(({ isHeldBack }) => isHeldBack)
      ? 'a real-time loop, held back by throttling'
      : 'real-time starvation',
    confidence: hogs.every(({ isHeldBack }) => isHeldBack)
      ? 'possible'
      : doubts.length === 0 && arithmetic?.fits
        ? 'proven'
        : 'likely',
    headline: headlineOf(hogs, facts, feeder, arithmetic),
    because,
    suspects: suspectsOf(hogs, feeder, facts, nowNs),
    evidence: [
      ...hogs.flatMap((hog) => evidenceOn(hog, facts.tasks)),
      ...starvedEvidence(leaders(hogs), nowNs),
      ...(arithmetic ? arithmetic.evidence : []),
      ...(unlimited === true ? throttlingEvidence(facts) : []),
    ],
    next: nextSteps(hogs, facts),
    doubts,
  };
}

function rangeOf(hogs: readonly Hog[]): string {
  return join([...new Set(hogs.map((hog) => seconds(hog.heldNs[1])))]);
}

function doubtsOf(
  hogs: readonly Hog[],
  facts: Facts,
  arithmetic: Arithmetic | undefined,
): string[] {
  const doubts: string[] = [];
  const free = facts.cpus.filter((cpu) => !hogs.some((hog) => hog.cpu === cpu.cpu));
  if (free.length > 0)
    doubts.push(
      `CPU${free.length > 1 ? 's' : ''} ${join(free.map((cpu) => String(cpu.cpu)))} did not starve: what waits could have moved there, unless it is bound to its CPU`,
    );
  if (hogs.some(isCalling))
    doubts.push(
      'that it never slept in these system calls follows from its CPU time, not from their list',
    );
  if (facts.trigger.detector === 'live')
    doubts.push(
      'what a CPU executes cannot be seen while it does: where these programs are follows from their ticks',
    );
  const unlimited = isUnlimited(facts.limits);
  if (unlimited === null)
    doubts.push(
      'whether real-time throttling was on cannot be read; with it on, normal tasks get 5 % of a CPU',
    );
  if (hogs.every(({ isHeldBack }) => isHeldBack))
    doubts.push('a real-time program that has a lot of work to do looks the same');
  else if (unlimited === false)
    doubts.push(
      'real-time throttling was on: normal tasks should have had some time, yet they waited',
    );
  if (arithmetic && !arithmetic.fits)
    doubts.push('that the watchdog’s daemon was one of those who starved is not shown');
  if (facts.trigger.kind === 'unknown' || !facts.trigger.isWhole)
    doubts.push(
      'who stopped the machine is not certain: its stack could not be unwound to the end',
    );
  return doubts;
}
