// Tasks in uninterruptible sleep: something is late, or never comes. Whose fault it is, this rule does not say.
import { clock } from '../facts/clock.ts';
import { spell } from '../facts/kit/frames.ts';
import { type Sleeper, sleepers } from '../facts/sleepers.ts';
import { type TaskFact, tasks } from '../facts/tasks.ts';
import { defineRule, doubt, type Evidence, see, suspect } from './kit/define.ts';
import { ageLine, asSuspect, count, frameLine, join, nameOf, seconds } from './kit/text.ts';

/** In words. */
const MOST_NAMED = 4;
/** The longest tell most. */
const MOST_SUSPECTS = 16;

interface Late {
  readonly task: TaskFact;
  readonly sleeper: Sleeper;
  readonly ageNs: number | null;
}

export default defineRule({
  id: 'uninterruptible',
  title: 'tasks sleep so that no signal wakes them, for a second and more',
  needs: { clock, tasks, sleepers },
  silence: 'no task was in uninterruptible sleep for a second or more',

  *judge({ clock: { nowNs }, tasks, sleepers }) {
    const late: Late[] = sleepers
      .filter((sleeper) => !sleeper.isForChild)
      .flatMap((sleeper) => {
        const task = tasks.find((t) => t.pid === sleeper.pid && t.isUninterruptible);
        const { sinceNs } = sleeper;
        return task ? [{ task, sleeper, ageNs: nowNs && sinceNs ? nowNs - sinceNs : null }] : [];
      });
    const [first] = late;
    if (!first) return;
    const said = late.slice(0, MOST_NAMED).map(describe);
    const more = late.length > MOST_NAMED ? [`${late.length - MOST_NAMED} more`] : [];
    const list = [...said, ...more].join('; ');
    const names = join([...late.slice(0, MOST_NAMED).map(({ task }) => nameOf(task)), ...more]);
    const longest = Math.max(...late.map(({ ageNs }) => ageNs ?? 0));
    yield {
      says: 'trouble',
      title: `${count(late.length, 'task')} in uninterruptible sleep`,
      headline: `${late.length === 1 ? 'a task' : `${late.length} tasks`} slept in the kernel for up to ${seconds(longest)}, waiting for something that had not come: ${names}`,
      because: `asleep in the kernel: ${list}`,
      suspects: late
        .slice(0, MOST_SUSPECTS)
        .map(({ task, ...rest }) =>
          suspect('waiter', placeOf({ task, ...rest }), { task: asSuspect(task), cpu: task.cpu }),
        ),
      evidence: late.slice(0, MOST_NAMED).flatMap(evidence),
      next: [
        {
          text: 'See what each of them waits for.',
          command: 'foreach UN bt',
        },
      ],
    };
    yield doubt(
      'which lock, device or event they wait for, and who holds it up, was not examined: the longest sleeper is often only the first victim',
    );
  },
});

const describe = (late: Late): string => `${nameOf(late.task)}, ${placeOf(late)}`;

function placeOf({ sleeper: { waitsIn, calledBy }, ageNs }: Late): string {
  const age = ageNs === null ? 'for an unknown time' : `for ${seconds(ageNs)}`;
  if (!waitsIn) return age;
  const by = calledBy && calledBy !== waitsIn ? `, called by ${spell(calledBy)}` : '';
  return `${age} in ${spell(waitsIn)}${by}`;
}

function evidence(late: Late): Evidence[] {
  const { task, ageNs, sleeper } = late;
  const { waitsIn, calledBy } = sleeper;
  const frames = [waitsIn, calledBy].flatMap((frame) => (frame ? [frame] : []));
  return [
    ...(ageNs === null
      ? []
      : [
          see(
            `${nameOf(task)} last ran ${seconds(ageNs)} ago`,
            `ps -m ${task.pid}`,
            ageLine(ageNs, task),
          ),
        ]),
    ...(frames.length === 0
      ? []
      : [
          see(
            `it sleeps ${placeOf({ ...late, ageNs: null }).replace('for an unknown time ', '')}`,
            `bt ${task.pid}`,
            ...frames.map(frameLine),
          ),
        ]),
  ];
}
