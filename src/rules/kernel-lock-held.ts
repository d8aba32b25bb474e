// Tasks stand in line for a lock in the kernel whose holder sleeps, goes on and on, or is gone.
import { alarms } from '../facts/alarms.ts';
import { clock } from '../facts/clock.ts';
import { cpuQuotas } from '../facts/cpu-quotas.ts';
import { cpus } from '../facts/cpus.ts';
import { earlierOopses } from '../facts/earlier-oopses.ts';
import { kernelLoops } from '../facts/kernel-loops.ts';
import { kernelWaits } from '../facts/kernel-waits.ts';
import { tasks } from '../facts/tasks.ts';
import { trigger } from '../facts/trigger.ts';
import { watchdogFeeder } from '../facts/watchdog-feeder.ts';
import { blameGone } from './kernel-locks/gone.ts';
import { ownerless, rootsOf } from './kernel-locks/graph.ts';
import { blameHolders, type Held, heldBy } from './kernel-locks/held.ts';
import { clearedVictims } from './kernel-locks/innocents.ts';
import { orphanedBy } from './kernel-locks/orphans.ts';
import { defineRule, doubt, type Finding } from './kit/define.ts';
import { asTrouble, isSleepersStory, isStarving } from './kit/story.ts';

/** Locks of the kernel's are held for moments; a slow disk below one answers within seconds. */
const LATE_NS = 5e9;

export default defineRule({
  id: 'kernel-lock-held',
  title: 'tasks wait for a lock in the kernel whose holder does not let go',
  needs: {
    alarms,
    clock,
    cpuQuotas,
    cpus,
    earlierOopses,
    kernelLoops,
    kernelWaits,
    tasks,
    trigger,
    watchdogFeeder,
  },
  silence: 'no task waited 5 s and more for a lock in the kernel whose holder is known',

  *judge({
    alarms,
    clock: { nowNs },
    cpuQuotas,
    cpus,
    earlierOopses,
    kernelLoops,
    kernelWaits,
    tasks,
    trigger,
    watchdogFeeder,
  }): Iterable<Finding> {
    const orphaned = orphanedBy(earlierOopses, kernelWaits, tasks, nowNs);
    const gone = (orphaned.length > 0 ? orphaned : ownerless(kernelWaits, tasks, nowNs)).filter(
      ({ ageNs }) => (ageNs ?? 0) >= LATE_NS,
    );
    const loops = new Set(kernelLoops.map(({ pid }) => pid));
    const late = rootsOf(kernelWaits, tasks, nowNs)
      .filter(({ direct }) => direct.some(({ ageNs }) => (ageNs ?? 0) >= LATE_NS))
      .map((root) => heldBy(root, cpus, loops, nowNs));
    const held = late.flatMap((one) => (typeof one === 'string' ? [] : [one]));
    const line = held.flatMap(({ root }) => [...root.direct, ...root.indirect]);
    const stuck = [...held.map(({ root }) => root.task.pid), ...line.map(({ pid }) => pid)];
    const isStory = isSleepersStory(trigger, stuck.includes(watchdogFeeder?.pid ?? -1));
    // A fault that killed the holder is the story of earlier-oops, unless sleepers were what stopped the machine.
    const isTold = gone.length > 0 && earlierOopses.length > 0 && trigger.detector !== 'hung-task';
    const blames = [
      ...(held.length > 0 ? [blameHolders(held as [Held, ...Held[]], trigger)] : []),
      ...(gone.length > 0 ? [blameGone(gone, earlierOopses, trigger)] : []),
    ];
    // Where the holder is gone nobody could bring anything.
    const isBeside = gone.length === 0 && isStarving(tasks, cpuQuotas, kernelLoops, nowNs);
    for (const blame of blames) yield isStory && !isBeside && !isTold ? blame : asTrouble(blame);
    for (const text of late) if (typeof text === 'string') yield doubt(text);
    if (blames.length > 0)
      yield* clearedVictims([...line, ...gone.map((g) => ({ ...g, on: -1 }))], alarms);
  },
});
