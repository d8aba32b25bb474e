// Threads of a program that sleep on a lock of their own program which nobody lets go.
import { clock } from '../facts/clock.ts';
import { lockSleepers } from '../facts/lock-sleepers.ts';
import { tasks } from '../facts/tasks.ts';
import { defineRule, doubt, see, suspect } from './kit/define.ts';
import { ageLine, asSuspect, count, join, nameOf, seconds } from './kit/text.ts';

/** Locks in programs are held for microseconds; a slow one for a second. */
const LATE_NS = 5e9;
const MOST_SHOWN = 8;

export default defineRule({
  id: 'lock-sleepers',
  title: 'threads of a program wait for a lock of their own program',
  needs: { clock, tasks, lockSleepers },
  silence: 'no thread slept on a contended lock of its program for 5 s and more',

  *judge({ clock: { nowNs }, tasks, lockSleepers }) {
    const late = lockSleepers.flatMap((sleeper) => {
      const task = tasks.find((t) => t.pid === sleeper.pid);
      const ageNs = nowNs !== null && sleeper.sinceNs ? nowNs - sleeper.sinceNs : 0;
      return task && ageNs >= LATE_NS ? [{ task, ageNs, futex: sleeper.futex }] : [];
    });
    if (late.length === 0) return;
    const locks = new Set(late.map(({ task, futex }) => `${task.tgid} ${futex}`));
    const more = late.length > MOST_SHOWN ? [`${late.length - MOST_SHOWN} more`] : [];
    const shown = late.slice(0, MOST_SHOWN);
    const list = [
      ...shown.map(
        ({ task, ageNs, futex }) => `${nameOf(task)} for ${seconds(ageNs)} on the lock at ${futex}`,
      ),
      ...more,
    ].join('; ');
    const names = join([...shown.map(({ task }) => nameOf(task)), ...more]);
    const longest = Math.max(...late.map(({ ageNs }) => ageNs));
    yield {
      says: 'trouble',
      title: `${count(late.length, 'thread')} asleep on ${count(locks.size, 'lock')} of their own program`,
      headline: `${count(late.length, 'thread')} slept for up to ${seconds(longest)}, waiting for a lock of their own program: ${names}`,
      because: `asleep on contended locks: ${list}`,
      suspects: late.map(({ task, ageNs, futex }) =>
        suspect(
          'waiter',
          `asleep for ${seconds(ageNs)} on the lock at ${futex}, which somebody holds`,
          {
            task: asSuspect(task),
            object: { type: 'futex', name: null, address: futex, module: null },
          },
        ),
      ),
      evidence: late
        .slice(0, MOST_SHOWN)
        .flatMap(({ task, ageNs, futex }) => [
          see(
            `${nameOf(task)} last ran ${seconds(ageNs)} ago`,
            `ps -m ${task.pid}`,
            ageLine(ageNs, task),
          ),
          see(
            `it is in futex(${futex}, FUTEX_WAIT, 2): it waits, without limit, for a lock that is held`,
            `bt ${task.pid}`,
            new RegExp(`\\bRDI: ${futex.slice(2).padStart(16, '0')}\\b`),
            /\bRDX: 0{15}2\b/,
            /\bORIG_RAX: 0{14}ca\b/,
          ),
        ]),
      next: [
        ...new Map(
          late.map(({ task }) => [
            task.tgid,
            {
              text: `See every thread of process ${task.tgid}, and with bt what each waits for.`,
              command: `ps -g ${task.tgid}`,
            },
          ]),
        ).values(),
      ],
    };
    yield doubt(
      'who holds these locks was not examined: that is written in the programs’ own memory',
    );
  },
});
