// A file lock that another process holds.
import { suspect } from '../../rules/kit/define.ts';
import { join } from '../../rules/kit/text.ts';
import { lockHolders, lockRing } from '../process/holders.ts';
import { forHowLong, sleepEvidence } from './evidence.ts';
import { asTask, type Scene, type Story, threadTask, whoIs } from './scene.ts';

export async function fileLock(scene: Scene): Promise<Story> {
  const { worst, process, instruments } = scene;
  const { open } = worst;
  const ring = lockRing(process.pid);
  if (ring.length > 0) return deadlock(scene, ring);
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

/** Each holds a lock that the one before it waits for. */
function deadlock(scene: Scene, ring: ReturnType<typeof lockRing>): Story {
  const names = ring.map(({ waiter }) => `${waiter.comm} (pid ${waiter.pid})`);
  const task = ({ pid, comm }: (typeof ring)[number]['waiter']) => asTask(pid, pid, comm);
  return {
    where: 'user',
    kind: 'deadlock',
    title: 'processes wait for each other’s file locks',
    rule: 'slow-file-lock-deadlock',
    confidence: 'proven',
    headline: `${join(names)} wait for each other's file locks in a ring, and will wait for ever.`,
    suspects: ring.map(({ waiter, holder }) =>
      suspect('culprit', `it waits for a file lock that pid ${holder.pid} holds`, {
        task: task(waiter),
      }),
    ),
    chain: ring.map(({ waiter, holder }) => ({
      task: task(waiter),
      waitsFor: 'a file lock',
      heldBy: task(holder),
    })),
    evidence: [
      sleepEvidence(scene, scene.worst),
      {
        claim: 'who holds the locks that are waited for',
        command: 'cat /proc/locks',
        output: ring.map(({ line }) => line).join('\n'),
      },
    ],
    next: [
      {
        text: 'Let every process take these locks in the same order; end one of them to open the ring.',
        command: 'lslocks',
      },
    ],
    doubts: [],
  };
}
