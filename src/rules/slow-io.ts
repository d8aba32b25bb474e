// Tasks wait for a disk that takes far too long to answer: not the program, and not the kernel above the disk.
import { blockIo } from '../facts/block-io.ts';
import { clock } from '../facts/clock.ts';
import { sleepers } from '../facts/sleepers.ts';
import { tasks } from '../facts/tasks.ts';
import { trigger } from '../facts/trigger.ts';
import { type Blame, defineRule, doubt, type Finding } from './kit/define.ts';
import { asTrouble, isSleepersStory } from './kit/story.ts';
import { join, nameOf, seconds } from './kit/text.ts';
import { innocents } from './slow-io/innocents.ts';
import { slowDisks } from './slow-io/slow-disks.ts';
import { accusation } from './slow-io/words.ts';

export default defineRule({
  id: 'slow-io',
  title: 'tasks wait for a disk that answers far too late',
  needs: { clock, tasks, sleepers, blockIo, trigger },
  silence: 'no task slept on a request that a disk has not answered for a second and more',

  *judge({ clock: { nowNs }, tasks, sleepers, blockIo, trigger }): Iterable<Finding> {
    if (nowNs === null) return;
    const late = slowDisks(blockIo, tasks, sleepers, nowNs);
    const explained = new Set(late.flatMap(({ waits }) => waits.map(({ task }) => task.pid)));
    const others = sleepers.filter(({ pid, isForChild }) => !isForChild && !explained.has(pid));
    if (late.length === 0) return;
    const asker =
      trigger.messengers.length === 0 ? tasks.find((t) => t.pid === trigger.pid) : undefined;
    const said = accusation(late, blockIo, trigger, asker, others.length > 0);
    // One request alone may be lost for ever; that a disk is slow shows in what it answered before.
    const isSlow = late.every(({ isSlowBefore }) => isSlowBefore);
    yield isSlow && isSleepersStory(trigger, false) ? said : asTrouble(isSlow ? said : open(said));
    if (others.length > 0) {
      const names = others.slice(0, 4).flatMap(({ pid, sinceNs }) => {
        const task = tasks.find((t) => t.pid === pid);
        const age = sinceNs === null ? '' : ` for ${seconds(nowNs - sinceNs)}`;
        return task ? [`${nameOf(task)}${age}`] : [];
      });
      yield doubt(
        `${others.length === 1 ? 'one more task is' : `${others.length} more tasks are`} in uninterruptible sleep, and not for a request of these disks as far as can be seen: ${join(names)}`,
      );
    }
    yield* innocents(late, blockIo, trigger, asker);
  },
});

/** The same, where nothing shows that the disk answers at all: it holds something up, and that is all. */
const open = (blame: Blame): Blame => ({
  ...blame,
  because: `${blame.because}; whether it is slow or will never answer does not show`,
  suspects: blame.suspects.map((one) =>
    one.role === 'culprit' ? { ...one, role: 'holder' } : one,
  ),
});
