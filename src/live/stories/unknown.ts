// A sleep of which nobody can tell what it is for.
import { forHowLong, sleepEvidence } from './evidence.ts';
import { type Scene, type Story, whoIs } from './scene.ts';

/** It sleeps, and what for is not to be seen. */
export async function unknown(scene: Scene): Promise<Story> {
  const { worst, instruments, process } = scene;
  const { tid } = worst.samples;
  // Whoever may not even read its calls may not read that: it is said once.
  const kernel =
    process.refused.size === 0
      ? await instruments.kernelPath(tid, 'where it waits in the kernel')
      : undefined;
  const looked = await instruments.stacks([tid], 1);
  const stack = looked?.evidence(tid, 'where it waits');
  return {
    suspects: [],
    doubts: [],
    where: 'none',
    kind: 'undecided',
    title: 'waits, and what for is not to be seen',
    rule: 'slow-unknown',
    confidence: null,
    headline: `${whoIs(scene, worst)} sleeps${forHowLong(worst)}${worst.wait?.wchan ? ` in ${worst.wait.wchan}` : ''}; what it waits for could not be told.`,
    evidence: [
      sleepEvidence(scene, worst),
      ...(kernel
        ? [{ ...kernel.evidence, claim: `the way it went in the kernel: ${kernel.path}` }]
        : []),
      ...(stack ? [stack] : []),
    ],
    next: [
      kernel
        ? {
            text: 'See where it waits again, and look in the source for who has to wake it there.',
            command: kernel.evidence.command,
          }
        : {
            text: 'Look again as root, or as the owner of the process.',
            command: `sudo inquest slow ${process.pid}`,
          },
    ],
  };
}
