// A child that does not end.
import { suspect } from '../../rules/kit/define.ts';
import { join } from '../../rules/kit/text.ts';
import { childrenOf } from '../process/holders.ts';
import { forHowLong, sleepEvidence } from './evidence.ts';
import { asTask, type Scene, type Story, threadTask, whoIs } from './scene.ts';

export async function child(scene: Scene): Promise<Story> {
  const { worst, process } = scene;
  const children = childrenOf(process.pid);
  const alive = children.filter(({ state }) => state !== 'Z');
  const shown = alive.length > 0 ? alive : children;
  const names = shown.slice(0, 4).map(({ comm, pid }) => `${comm} (pid ${pid})`);
  return {
    where: 'user',
    kind: 'slow',
    title: 'waits for a child to end',
    rule: 'slow-child',
    confidence: shown.length > 0 ? 'proven' : 'possible',
    headline: `${whoIs(scene, worst)} waits${forHowLong(worst)} for ${names.length > 0 ? `its ${names.length > 1 ? 'children' : 'child'} ${join(names)} to end` : 'a child to end'}.`,
    suspects: [
      ...shown.slice(0, 4).map(({ pid, comm, state }) =>
        suspect('holder', `its end is waited for; it is in state ${state}`, {
          task: asTask(pid, pid, comm),
        }),
      ),
      suspect('waiter', 'it waits', { task: threadTask(scene, worst) }),
    ],
    evidence: [
      sleepEvidence(scene, worst),
      {
        claim: 'its children',
        command: `ps -o pid,stat,comm --ppid ${process.pid}`,
        output:
          shown
            .slice(0, 4)
            .map(({ pid, state, comm }) => `${pid} ${state} ${comm}`)
            .join('\n') || 'none',
      },
    ],
    next: shown.slice(0, 3).map(({ pid, comm }) => ({
      text: `Look at ${comm}: what does it wait for?`,
      command: `inquest slow ${pid}`,
    })),
    doubts: [],
  };
}
