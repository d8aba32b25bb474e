// A child that does not end, and a file lock that another process holds.
import { suspect } from '../../rules/kit/define.ts';
import { join } from '../../rules/kit/text.ts';
import { childrenOf, lockHolders } from '../process/holders.ts';
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
