// Threads of a program that sleep on a lock of their own program which nobody lets go.
import { clock } from '../facts/clock.ts';
import { fileLocks } from '../facts/file-locks.ts';
import { type FutexWait, futexWaits } from '../facts/futex-waits.ts';
import { programWaits } from '../facts/program-waits.ts';
import { type TaskFact, tasks } from '../facts/tasks.ts';
import { defineRule, doubt, see, suspect } from './kit/define.ts';
import { ageLine, asSuspect, count, join, nameOf, seconds } from './kit/text.ts';
import { behind, rings } from './kit/wait-for.ts';
import { type WaitFacts, waitsOf } from './user-deadlock/waits.ts';

/** Locks in programs are held for microseconds; a slow one for a second. */
const LATE_NS = 5e9;
/** A service may have thousands of threads: the longest sleepers tell most. */
const MOST_SHOWN = 8;
const MOST_PROGRAMS = 3;

export default defineRule({
  id: 'lock-sleepers',
  title: 'threads of a program wait for a lock of their own program',
  needs: { clock, tasks, fileLocks, futexWaits, programWaits },
  silence:
    'no thread slept on a contended lock of its program for 5 s and more, but those in and behind a ring (user-deadlock)',

  *judge({ clock: { nowNs }, tasks, fileLocks, futexWaits, programWaits }) {
    const explained = inRings({ futexWaits, fileLocks, programWaits, tasks }, nowNs);
    const byPid = new Map(tasks.map((task) => [task.pid, task]));
    const all = futexWaits.flatMap((futex) => {
      const task = byPid.get(futex.pid);
      const ageNs = nowNs !== null && futex.sinceNs ? nowNs - futex.sinceNs : 0;
      const counts =
        futex.kind === 'lock' && !futex.isBounded && ageNs >= LATE_NS && !explained.has(futex.pid);
      return task && counts ? [{ task, ageNs, futex, address: futex.address }] : [];
    });
    if (all.length === 0) return;
    const late = [...all].sort((a, b) => b.ageNs - a.ageNs);
    const locks = new Set(late.map(({ task, address }) => `${task.tgid} ${address}`));
    const more = late.length > MOST_SHOWN ? [`${late.length - MOST_SHOWN} more`] : [];
    const shown = late.slice(0, MOST_SHOWN);
    const list = [
      ...shown.map(
        ({ task, ageNs, futex }) =>
          `${nameOf(task)} for ${seconds(ageNs)} on the lock at ${futex.address}, ${heldBy(futex, tasks)}`,
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
      suspects: [
        ...shown.map(({ task, ageNs, futex, address }) =>
          suspect(
            'waiter',
            `asleep for ${seconds(ageNs)} on the lock at ${address}, ${heldBy(futex, tasks)}`,
            {
              task: asSuspect(task),
              object: { type: 'futex', name: null, address, module: null },
            },
          ),
        ),
        ...holdersOf(late, tasks),
      ],
      evidence: shown.flatMap(({ task, ageNs, futex: { address, operation, value } }) => [
        see(
          `${nameOf(task)} last ran ${seconds(ageNs)} ago`,
          `ps -m ${task.pid}`,
          ageLine(ageNs, task),
        ),
        see(
          `it is in futex(${address}, ${operation}, ${value}): it waits, without limit, for a lock that is held`,
          `bt ${task.pid}`,
          new RegExp(`\\bRDI: ${address.slice(2).padStart(16, '0')}\\b`),
          new RegExp(`\\bRDX: [0-9a-f]*${value.toString(16)}\\b`),
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
      ].slice(0, MOST_PROGRAMS),
    };
    if (late.some(({ futex }) => !futex.isWordRead && futex.owner === null))
      yield doubt(
        'who holds these locks stands in the programs’ own memory, which is not in the dump: whether they wait for each other is not known',
      );
    else if (late.some(({ futex }) => futex.owner === null))
      yield doubt('some of these locks do not say who holds them');
  },
});

function inRings(
  { futexWaits, fileLocks, programWaits, tasks }: WaitFacts,
  nowNs: number | null,
): ReadonlySet<number> {
  const waits = waitsOf({ tasks, futexWaits, fileLocks, programWaits }, nowNs);
  const stuck = rings(waits).flatMap((ring) => [...ring, ...behind(waits, ring)]);
  return new Set(stuck.map(({ pid }) => pid));
}

function heldBy({ owner }: FutexWait, tasks: readonly TaskFact[]): string {
  if (!owner) return 'which somebody holds';
  if (owner.pid === null) return `which thread ${owner.tid} held, and that is gone`;
  const task = tasks.find((t) => t.pid === owner.pid);
  return `held by ${task ? nameOf(task) : `pid ${owner.pid}`}`;
}

/** Who holds what they wait for: they do not wait for such a lock themselves. */
function holdersOf(late: readonly { futex: FutexWait }[], tasks: readonly TaskFact[]) {
  const waiting = new Set(late.map(({ futex }) => futex.pid));
  const pids = new Set(late.flatMap(({ futex }) => futex.owner?.pid ?? []));
  return [...pids].flatMap((pid) => {
    const task = waiting.has(pid) ? undefined : tasks.find((t) => t.pid === pid);
    if (!task) return [];
    const locks = new Set(
      late.flatMap(({ futex }) => (futex.owner?.pid === pid ? futex.address : [])),
    );
    const does =
      task.runningOn !== null
        ? 'it ran'
        : task.isWaitingForCpu
          ? 'it waits for a CPU'
          : 'it sleeps';
    return [
      suspect('holder', `holds the lock at ${join([...locks])}; ${does}`, {
        task: asSuspect(task),
        cpu: task.cpu,
      }),
    ];
  });
}
