// Tasks that hold locks of the kernel's and wait for each other's, in a ring.
import { alarms } from '../facts/alarms.ts';
import { clock } from '../facts/clock.ts';
import { earlierOopses } from '../facts/earlier-oopses.ts';
import { kernelWaits } from '../facts/kernel-waits.ts';
import { tasks } from '../facts/tasks.ts';
import { trigger } from '../facts/trigger.ts';
import { watchdogFeeder } from '../facts/watchdog-feeder.ts';
import { edgesOf, lockRings } from './kernel-locks/graph.ts';
import { clearedVictims } from './kernel-locks/innocents.ts';
import { orphanedBy } from './kernel-locks/orphans.ts';
import { accusation, isDoubtful } from './kernel-locks/ring.ts';
import { defineRule, type Finding } from './kit/define.ts';
import { asTrouble, isSleepersStory } from './kit/story.ts';

export default defineRule({
  id: 'kernel-deadlock',
  title: 'tasks wait in a ring for locks in the kernel that they hold themselves',
  needs: { alarms, clock, earlierOopses, kernelWaits, tasks, trigger, watchdogFeeder },
  silence: 'no tasks waited in a ring for each other’s locks in the kernel',

  *judge({
    alarms,
    clock: { nowNs },
    earlierOopses,
    kernelWaits,
    tasks,
    trigger,
    watchdogFeeder,
  }): Iterable<Finding> {
    const found = lockRings(edgesOf(kernelWaits, tasks, nowNs));
    if (found.length === 0) return;
    const stuck = found.flatMap(({ ring, victims }) => [...ring, ...victims]);
    const isFeederStuck = stuck.some(({ pid }) => pid === watchdogFeeder?.pid);
    const blame = accusation(found, trigger);
    // A fault had killed the holder, and one in line has got its memory: the story of kernel-lock-held, or of earlier-oops.
    const isOrphaned =
      found.every(({ ring }) => ring.every(isDoubtful)) &&
      orphanedBy(earlierOopses, kernelWaits, tasks, nowNs).length > 0;
    yield isSleepersStory(trigger, isFeederStuck) && !isOrphaned ? blame : asTrouble(blame);
    const victims = found.flatMap((ring) => ring.victims);
    yield* clearedVictims(victims, alarms);
  },
});
