// Threads of programs that wait for each other in a ring: nothing but their end, or a signal, changes that.
import { clock } from '../facts/clock.ts';
import { fileLocks } from '../facts/file-locks.ts';
import { futexWaits } from '../facts/futex-waits.ts';
import { programWaits } from '../facts/program-waits.ts';
import { tasks } from '../facts/tasks.ts';
import { trigger } from '../facts/trigger.ts';
import { watchdogFeeder } from '../facts/watchdog-feeder.ts';
import { defineRule, type Finding } from './kit/define.ts';
import { asTrouble, isSleepersStory } from './kit/story.ts';
import { behind, rings } from './kit/wait-for.ts';
import { innocents } from './user-deadlock/innocents.ts';
import { type Ring, waitsOf } from './user-deadlock/waits.ts';
import { accusation } from './user-deadlock/words.ts';

export default defineRule({
  id: 'user-deadlock',
  title: 'threads of programs wait for each other in a ring',
  needs: { clock, tasks, futexWaits, fileLocks, programWaits, trigger, watchdogFeeder },
  silence:
    'no threads of programs waited for each other in a ring, as far as their locks can be read',

  *judge({
    clock: { nowNs },
    tasks,
    futexWaits,
    fileLocks,
    programWaits,
    trigger,
    watchdogFeeder,
  }): Iterable<Finding> {
    const waits = waitsOf({ tasks, futexWaits, fileLocks, programWaits }, nowNs);
    const found: Ring[] = rings(waits).map((ring) => ({ ring, victims: behind(waits, ring) }));
    if (found.length === 0) return;
    const stuck = new Set(
      found.flatMap(({ ring, victims }) => [...ring, ...victims]).map(({ pid }) => pid),
    );
    const feederIsStuck = watchdogFeeder !== null && stuck.has(watchdogFeeder.pid);
    const asker =
      trigger.messengers.length === 0 ? tasks.find((t) => t.pid === trigger.pid) : undefined;
    const said = accusation(found, tasks, trigger, asker);
    yield isSleepersStory(trigger, feederIsStuck) ? said : asTrouble(said);
    yield* innocents(found, tasks, futexWaits, trigger, asker, nowNs);
  },
});
