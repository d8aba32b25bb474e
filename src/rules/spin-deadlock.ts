// CPUs that go round for spinlocks that can never be let go: each for the next one's, for its own, or for one that was left behind.
import { clock } from '../facts/clock.ts';
import { kernelLoops, type StuckCpu } from '../facts/kernel-loops.ts';
import { tasks } from '../facts/tasks.ts';
import { trigger } from '../facts/trigger.ts';
import { defineRule, type Finding } from './kit/define.ts';
import { asTrouble } from './kit/story.ts';
import { behind, rings } from './kit/wait-for.ts';
import { lostBlame } from './spin-deadlock/lost.ts';
import { clearedSpinners, ringBlame } from './spin-deadlock/ring.ts';
import { spinsOf } from './spin-deadlock/spins.ts';

export default defineRule({
  id: 'spin-deadlock',
  title: 'CPUs go round for spinlocks that can never be let go',
  needs: { clock, kernelLoops, tasks, trigger },
  silence: 'no CPU spun 5 s and more on a lock whose holder spins, sleeps or is gone',

  *judge({ clock: { nowNs }, kernelLoops, tasks, trigger }): Iterable<Finding> {
    const spins = spinsOf(kernelLoops, tasks, nowNs ?? 0);
    const found = rings(spins);
    for (const ring of found) {
      const victims = behind(spins, ring);
      const blame = ringBlame(ring, victims, tasks, trigger);
      yield trigger.kind === 'oops' ? asTrouble(blame) : blame;
      yield* clearedSpinners(victims, trigger);
    }
    if (found.length > 0 || goesRound(kernelLoops)) return;
    const lost = lostBlame(kernelLoops, tasks, nowNs ?? 0, trigger);
    if (lost) yield trigger.kind === 'oops' ? asTrouble(lost) : lost;
  },
});

/** A loop that is no mere wait: it may hold what the others want, whatever its code says. */
const goesRound = (all: readonly StuckCpu[]): boolean =>
  all.some(({ waitsFor }) => waitsFor !== 'spinlock');
