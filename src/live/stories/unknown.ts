// A sleep of which nobody can tell what it is for.
import { forHowLong, sleepEvidence } from './evidence.ts';
import { type Scene, type Story, whoIs } from './scene.ts';

/** It sleeps, and what for is not to be seen. */
export async function unknown(scene: Scene): Promise<Story> {
  const { worst, instruments, process } = scene;
  const looked = await instruments.stacks([worst.samples.tid], 1);
  const stack = looked?.evidence(worst.samples.tid, 'where it waits');
  return {
    suspects: [],
    doubts: [],
    where: 'none',
    kind: 'undecided',
    title: 'waits, and what for is not to be seen',
    rule: 'slow-unknown',
    confidence: null,
    headline: `${whoIs(scene, worst)} sleeps${forHowLong(worst)}${worst.wait?.wchan ? ` in ${worst.wait.wchan}` : ''}; what it waits for could not be told.`,
    evidence: [sleepEvidence(scene, worst), ...(stack ? [stack] : [])],
    next: [
      {
        text: 'Look again as root, or as the owner of the process.',
        command: `sudo inquest slow ${process.pid}`,
      },
    ],
  };
}
