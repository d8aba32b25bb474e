// Programs that could go on and may not: their group has used up what it may have of a CPU, in nearly every period.
import { clock } from '../facts/clock.ts';
import { type CpuQuota, cpuQuotas } from '../facts/cpu-quotas.ts';
import { fileLocks } from '../facts/file-locks.ts';
import { futexWaits } from '../facts/futex-waits.ts';
import { type TaskFact, tasks } from '../facts/tasks.ts';
import { trigger } from '../facts/trigger.ts';
import { defineRule, type Finding, see, suspect } from './kit/define.ts';
import { asTrouble, isSleepersStory } from './kit/story.ts';
import { asSuspect, count, join, memberLine, nameOf, seconds } from './kit/text.ts';
import { byHand, stoppedBy } from './kit/trigger-words.ts';

/** Groups that are meant to be held back are so for tenths of a second at a time. */
const LATE_NS = 3e9;
/** A group with a quota is often held back in some of its periods. */
const NEARLY_ALL = 0.9;
const MOST_NAMED = 8;

export default defineRule({
  id: 'cpu-quota',
  title: 'programs are held back by the CPU quota of their group',
  needs: { clock, cpuQuotas, fileLocks, futexWaits, tasks, trigger },
  silence: 'no program waited 3 s and more for the CPU quota of its group',

  *judge({
    clock: { nowNs },
    cpuQuotas,
    fileLocks,
    futexWaits,
    tasks,
    trigger,
  }): Iterable<Finding> {
    if (nowNs === null) return;
    // Whoever holds a lock that others wait for is user-lock-held's.
    const holders = new Set([
      ...fileLocks.map(({ holder }) => holder),
      ...futexWaits.map(({ owner }) => owner?.pid ?? null),
    ]);
    const free = tasks.filter(({ pid }) => !holders.has(pid));
    const found = cpuQuotas.flatMap((quota) => {
      const held = heldBack(quota, free, nowNs);
      return held.length > 0 ? [{ quota, held }] : [];
    });
    const [first] = found;
    if (!first) return;
    const said = found.map(({ quota, held }) => tell(quota, held, nowNs)).join('; ');
    const stop = trigger.kind === 'sysrq' ? byHand(undefined) : stoppedBy(trigger);
    const blame = {
      says: 'blame',
      where: 'user',
      kind: 'slow',
      title: 'programs held back by the CPU quota of their group',
      confidence: 'likely',
      headline: `A program is far too slow: ${said}. ${stop}.`,
      because: said,
      suspects: found.flatMap(({ quota, held }) =>
        held
          .slice(0, MOST_NAMED)
          .map((task) =>
            suspect('victim', tell(quota, [task], nowNs), { task: asSuspect(task), cpu: task.cpu }),
          ),
      ),
      evidence: found.map(({ quota }) =>
        see(
          'how much of a CPU its group may have (nanoseconds), and how often it was held back',
          `struct cfs_bandwidth ${quota.address}`,
          memberLine('quota', quota.quotaNs),
          memberLine('nr_periods', quota.periods),
          memberLine('nr_throttled', quota.throttled),
        ),
      ),
      next: [
        {
          text: 'See who set that limit (cpu.max), and whether it is what was meant.',
          command: `ps -p ${first.held[0]?.pid}`,
        },
      ],
      doubts: ['a limit may be meant to be so low'],
    } as const;
    yield isSleepersStory(trigger, false) ? blame : asTrouble(blame);
  },
});

const heldBack = (
  { pids, periods, throttled }: CpuQuota,
  tasks: readonly TaskFact[],
  nowNs: number,
): TaskFact[] =>
  periods > 0 && throttled / periods >= NEARLY_ALL
    ? tasks.filter(
        ({ pid, isWaitingForCpu, lastQueuedNs }) =>
          pids.includes(pid) && isWaitingForCpu && nowNs - (lastQueuedNs || nowNs) >= LATE_NS,
      )
    : [];

function tell(quota: CpuQuota, held: readonly TaskFact[], nowNs: number): string {
  const longest = Math.max(...held.map(({ lastQueuedNs }) => nowNs - (lastQueuedNs ?? nowNs)));
  const names = join(held.slice(0, MOST_NAMED).map(nameOf));
  const who = held.length > MOST_NAMED ? `${names} and ${held.length - MOST_NAMED} more` : names;
  return `${who} could go on and may not, for ${seconds(longest)}: its group${quota.name === null ? '' : ` ${quota.name}`} may have ${seconds(quota.quotaNs)} of a CPU in each ${seconds(quota.periodNs)}, and was held back in ${quota.throttled} of ${count(quota.periods, 'such period')}`;
}
