// A file lock that another process holds.
import { suspect } from '../../rules/kit/define.ts';
import { lockHolders } from '../process/holders.ts';
import { forHowLong, sleepEvidence } from './evidence.ts';
import { asTask, type Scene, type Story, threadTask, whoIs } from './scene.ts';

export async function fileLock(scene: Scene): Promise<Story> {
  const { worst, process, instruments } = scene;
  const { open } = worst;
  const holders = lockHolders(process.pid, open?.inode ?? null);
  const path = open?.path ?? 'a file';
  const [first] = holders;
  const looked = await instruments.stacks([worst.samples.tid], 1);
  const stack = looked?.evidence(worst.samples.tid, 'who calls');
  const name = first
    ? first.who
      ? `${first.who.comm} (pid ${first.pid})`
      : `pid ${first.pid}, which is not there any more or not to be seen`
    : undefined;
  return {
    where: 'user',
    kind: 'slow',
    title: 'waits for a file lock that another process holds',
    rule: 'slow-file-lock',
    confidence: first ? 'proven' : 'possible',
    headline: `${whoIs(scene, worst)} waits${forHowLong(worst)} for a lock on ${path}${name ? `, which ${name} holds` : ', whose holder is not to be seen'}.`,
    suspects: [
      ...holders.slice(0, 4).map(({ pid, who, kind }) =>
        suspect(
          'holder',
          `it holds a ${kind} lock on ${path}${who ? `, and is in state ${who.state}` : ''}`,
          {
            task: asTask(pid, pid, who?.comm ?? '?'),
          },
        ),
      ),
      suspect('waiter', 'it waits', { task: threadTask(scene, worst) }),
    ],
    chain: holders.slice(0, 4).map(({ pid, who, kind }) => ({
      task: threadTask(scene, worst),
      waitsFor: `${kind} lock on ${path}`,
      heldBy: who ? asTask(pid, pid, who.comm) : null,
    })),
    evidence: [
      sleepEvidence(scene, worst),
      ...(first
        ? [
            {
              claim: 'who holds the lock',
              command: 'cat /proc/locks',
              output: holders.map(({ line }) => line).join('\n'),
            },
          ]
        : []),
      ...(stack ? [stack] : []),
    ],
    next: first
      ? [
          {
            text: `Look at ${name}: why does it keep the lock?`,
            command: `inquest slow ${first.pid}`,
          },
        ]
      : [{ text: 'See who holds locks.', command: 'lslocks' }],
    doubts: [],
  };
}
