// Threads stand in line for a lock of their programs whose holder does not let go: it computes, is stopped, sleeps, or is gone.
import { clock } from '../facts/clock.ts';
import { cpuQuotas } from '../facts/cpu-quotas.ts';
import { cpus } from '../facts/cpus.ts';
import { fileLocks } from '../facts/file-locks.ts';
import { futexWaits } from '../facts/futex-waits.ts';
import { programWaits } from '../facts/program-waits.ts';
import { tasks } from '../facts/tasks.ts';
import { trigger } from '../facts/trigger.ts';
import { watchdogFeeder } from '../facts/watchdog-feeder.ts';
import { defineRule, doubt, type Finding } from './kit/define.ts';
import { asTrouble, isSleepersStory } from './kit/story.ts';
import { waitsOf } from './user-deadlock/waits.ts';
import { endsOf, type HeldEnd } from './user-lock-held/ends.ts';
import { blameEnd } from './user-lock-held/words.ts';

export default defineRule({
  id: 'user-lock-held',
  title: 'threads wait for a lock of their programs whose holder does not let go',
  needs: {
    clock,
    cpuQuotas,
    cpus,
    fileLocks,
    futexWaits,
    programWaits,
    tasks,
    trigger,
    watchdogFeeder,
  },
  silence: 'no thread waited 5 s and more for a lock whose holder computes, is stopped, or is gone',

  *judge({ clock: { nowNs }, trigger, watchdogFeeder, ...facts }): Iterable<Finding> {
    if (nowNs === null) return;
    const waits = waitsOf(facts, nowNs);
    const found = endsOf(waits, facts, nowNs);
    const ends: HeldEnd[] = [];
    for (const end of found)
      if (typeof end === 'string') yield doubt(end);
      else ends.push(end);
    const [first] = ends;
    if (!first) return;
    const stuck = first.line.map(({ pid }) => pid);
    const isStory = isSleepersStory(trigger, stuck.includes(watchdogFeeder?.pid ?? -1));
    const asker =
      trigger.messengers.length === 0 ? facts.tasks.find((t) => t.pid === trigger.pid) : undefined;
    for (const end of ends) {
      const blame = blameEnd(end, trigger, asker);
      // Of several the one with most behind it is the story.
      yield isStory && end === first ? blame : asTrouble(blame);
    }
  },
});
