// Code of the kernel goes round on a CPU and lets nothing else run there; others may spin on, or sleep for, what it holds.
import { clock } from '../facts/clock.ts';
import { kernelLoops, type StuckCpu } from '../facts/kernel-loops.ts';
import { kernelWaits } from '../facts/kernel-waits.ts';
import { tasks } from '../facts/tasks.ts';
import { trigger } from '../facts/trigger.ts';
import { edgesOf } from './kernel-locks/graph.ts';
import { accusation } from './kernel-loop/accusation.ts';
import { innocents } from './kernel-loop/innocents.ts';
import { scene } from './kernel-loop/scene.ts';
import { defineRule, doubt, type Finding } from './kit/define.ts';
import { asTrouble } from './kit/story.ts';
import { join } from './kit/text.ts';

export default defineRule({
  id: 'kernel-loop',
  title: 'code of the kernel goes round on a CPU and lets nothing else run',
  needs: { clock, kernelLoops, kernelWaits, tasks, trigger },
  silence: 'no CPU was kept by the kernel’s own code for 5 s and more',

  *judge({ clock: { nowNs }, kernelLoops, kernelWaits, tasks, trigger }): Iterable<Finding> {
    const here = scene(kernelLoops, edgesOf(kernelWaits, tasks, nowNs), tasks, nowNs);
    if (here.loops.length === 0) {
      if (kernelLoops.length > 0) yield doubt(onlyWaiters(kernelLoops));
      return;
    }
    const blame = accusation(here, trigger);
    // What faulted stopped the machine; a CPU that then went round did not.
    yield trigger.kind === 'oops' ? asTrouble(blame) : blame;
    yield* innocents(here, trigger);
  },
});

const onlyWaiters = (all: readonly StuckCpu[]): string =>
  `${join(all.map(({ cpu, spin }) => `CPU ${cpu}${spin ? ` (on ${spin.object.name ?? spin.object.address})` : ''}`))} waited in the kernel without pause for another to let go; none was found that goes round by itself`;
