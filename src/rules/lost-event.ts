// Tasks sleep in the kernel for something that names nobody who is to bring it, and nobody was found to.
import { blockIo } from '../facts/block-io.ts';
import { clock } from '../facts/clock.ts';
import { cpuQuotas } from '../facts/cpu-quotas.ts';
import { eventWaits } from '../facts/event-waits.ts';
import { kernelLoops } from '../facts/kernel-loops.ts';
import { kernelWaits } from '../facts/kernel-waits.ts';
import { tasks } from '../facts/tasks.ts';
import { trigger } from '../facts/trigger.ts';
import { watchdogFeeder } from '../facts/watchdog-feeder.ts';
import { edgesOf } from './kernel-locks/graph.ts';
import { defineRule, type Finding } from './kit/define.ts';
import { isRemote } from './kit/remote.ts';
import { asTrouble, isSleepersStory, isStarving } from './kit/story.ts';
import { blameEvent, type LostEvent } from './lost-event/words.ts';

/** What comes at all comes within seconds. */
const LATE_NS = 10e9;
/** A machine that was stopped for its sleepers has waited for as long as its owner wanted. */
const HUNG_NS = 5e9;
/** A disk below it answers within seconds; one that does not is slow-io's. */
const YOUNG_IO_NS = 1e9;

export default defineRule({
  id: 'lost-event',
  title: 'tasks sleep in the kernel for an event that nobody was found to bring',
  needs: {
    blockIo,
    clock,
    cpuQuotas,
    eventWaits,
    kernelLoops,
    kernelWaits,
    tasks,
    trigger,
    watchdogFeeder,
  },
  silence: 'no task slept 10 s and more for an event that nobody was found to bring',

  *judge({
    blockIo,
    clock: { nowNs },
    cpuQuotas,
    eventWaits,
    kernelLoops,
    kernelWaits,
    tasks,
    trigger,
    watchdogFeeder,
  }): Iterable<Finding> {
    if (nowNs === null) return;
    const edges = edgesOf(kernelWaits, tasks, nowNs);
    // Whoever others wait for is the end of a chain: a lock is held, or goes round in a ring.
    const holders = new Set(edges.map(({ on }) => on));
    const isIoLate = blockIo.requests.some(
      ({ sinceNs }) => sinceNs !== null && nowNs - sinceNs >= YOUNG_IO_NS,
    );
    const late = trigger.detector === 'hung-task' ? HUNG_NS : LATE_NS;
    const lost = eventWaits.flatMap((event): LostEvent[] => {
      const task = tasks.find(({ pid }) => pid === event.pid);
      const ageNs = event.sinceNs === null ? 0 : nowNs - event.sinceNs;
      const isHolder =
        holders.has(event.pid) && event.kind !== 'semaphore' && event.kind !== 'readers';
      const isIo = event.kind === 'page' || event.kind === 'bit';
      if (!task || ageNs < late || isHolder || (isIo && (isIoLate || isRemote(event.modules))))
        return [];
      return [{ event, task, ageNs }];
    });
    const [first] = lost.sort((a, b) => b.ageNs - a.ageNs);
    if (!first) return;
    const blame = blameEvent(
      lost.filter(({ event }) => event.object.address === first.event.object.address),
      edges.filter(({ on }) => lost.some(({ task }) => task.pid === on)),
      tasks,
      trigger,
    );
    const isFeederStuck = lost.some(({ task }) => task.pid === watchdogFeeder?.pid);
    // Where a lock's holder or a ring is known, or somebody gets no CPU, this is beside it.
    const isAlone =
      edges.every(({ on }) => lost.some(({ task }) => task.pid === on)) &&
      !isStarving(tasks, cpuQuotas, kernelLoops, nowNs);
    yield isSleepersStory(trigger, isFeederStuck) && isAlone ? blame : asTrouble(blame);
  },
});
