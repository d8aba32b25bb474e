// Threads that sleep on a word of memory: a lock, a condition, another thread's end.
import { suspect } from '../../rules/kit/define.ts';
import { join } from '../../rules/kit/text.ts';
import type { VerdictEvidence } from '../../rules/kit/verdict.ts';
import type { FutexSleep } from '../process/futex.ts';
import { other } from '../process/holders.ts';
import { ownFrame } from '../tools/frames.ts';
import { forHowLong, sleepEvidence } from './evidence.ts';
import { asTask, type Scene, type SeenThread, type Story, threadTask, whoIs } from './scene.ts';

interface Sleeper {
  readonly thread: SeenThread;
  readonly sleep: FutexSleep;
}

const MOST_STACKS = 16;

/** Follows owners from a sleeper; what it comes back to is a ring. */
function follow(
  from: SeenThread,
  threads: readonly SeenThread[],
): { chain: Sleeper[]; ring: Sleeper[] } {
  const chain: Sleeper[] = [];
  for (let thread: SeenThread | undefined = from; thread?.sleep; ) {
    const begin = chain.findIndex((sleeper) => sleeper.thread === thread);
    if (begin >= 0) return { chain, ring: chain.slice(begin) };
    chain.push({ thread, sleep: thread.sleep });
    const owner: number | undefined = thread.sleep.owner?.tid;
    thread = threads.find(({ samples }) => samples.tid === owner);
  }
  return { chain, ring: [] };
}

/** Whether it waits, at last, for itself. */
export const isInRing = (thread: SeenThread, threads: readonly SeenThread[]): boolean =>
  follow(thread, threads).ring.some((sleeper) => sleeper.thread === thread);

export async function futex(scene: Scene): Promise<Story> {
  const { chain, ring } = follow(scene.worst, scene.threads);
  if (ring.length > 0) return deadlock(scene, ring);
  const last = chain.findLast(({ sleep }) => sleep.owner);
  return last ? heldLock(scene, last, chain) : condition(scene);
}

async function deadlock(scene: Scene, ring: readonly Sleeper[]): Promise<Story> {
  const { instruments, process } = scene;
  const tids = ring.map(({ thread }) => thread.samples.tid).slice(0, MOST_STACKS);
  const looked = await instruments.stacks(tids, 1);
  const names = ring.map(({ thread }) => whoIs(scene, thread));
  const hasEnd = ring.some(({ sleep }) => sleep.hasTimeout);
  const isAlone = ring.length === 1;
  return {
    where: 'user',
    kind: 'deadlock',
    title: isAlone
      ? 'a thread waits for a lock that it holds itself'
      : 'threads wait for each other’s locks',
    rule: 'slow-futex-deadlock',
    confidence: hasEnd ? 'likely' : 'proven',
    headline: isAlone
      ? `${names[0]} waits for a lock that it holds itself, and will wait for ever.`
      : `${ring.length} threads of ${process.comm} (pid ${process.pid}) wait for each other's locks in a ring, and will wait for ever: ${join(ring.map(({ thread }) => `${thread.samples.comm} ${thread.samples.tid}`))}.`,
    suspects: ring.map(({ thread, sleep }) =>
      suspect(
        'culprit',
        `it waits for the lock at ${sleep.address}, which thread ${sleep.owner?.tid} holds${forHowLong(thread)}`,
        {
          task: threadTask(scene, thread),
          object: { type: 'futex', name: null, address: sleep.address, module: null },
        },
      ),
    ),
    chain: ring.map((sleeper) => link(scene, sleeper)),
    evidence: ring.flatMap((sleeper) => {
      const { tid } = sleeper.thread.samples;
      const stack = looked?.evidence(tid, `where thread ${tid} takes the lock`);
      return [
        sleepEvidence(scene, sleeper.thread),
        ownerEvidence(scene, sleeper),
        ...(stack ? [stack] : []),
      ];
    }),
    next: [
      {
        text: 'Let every thread take these locks in the same order; the stacks show where each is taken.',
        command: `gdb -nx -batch -ex 'thread apply all bt' -p ${process.pid}`,
      },
    ],
    doubts: hasEnd ? ['one of them waits with a time limit: the ring may open by itself'] : [],
  };
}

const link = (scene: Scene, { thread, sleep }: Sleeper) => {
  const owner =
    sleep.owner && scene.threads.find(({ samples }) => samples.tid === sleep.owner?.tid);
  return {
    task: threadTask(scene, thread),
    waitsFor: sleep.owner?.by === 'end' ? 'the end' : `lock at ${sleep.address}`,
    heldBy: owner ? threadTask(scene, owner) : null,
  };
};

/** `x/3wx ADDRESS`: a pthread_mutex_t holds its owner in its third word. */
const ownerEvidence = ({ process }: Scene, { thread, sleep }: Sleeper): VerdictEvidence => ({
  claim:
    sleep.owner?.by === 'end'
      ? `thread ${thread.samples.tid} waits for thread ${sleep.owner.tid} to end`
      : `the lock at ${sleep.address} is held by thread ${sleep.owner?.tid}`,
  command: `gdb -nx -batch -ex 'x/3wd ${sleep.address}' -p ${process.pid}`,
  output: `${sleep.address}:\t${sleep.words.join('\t')}`,
});

async function heldLock(scene: Scene, last: Sleeper, chain: readonly Sleeper[]): Promise<Story> {
  const { instruments, process, threads, worst } = scene;
  const { owner } = last.sleep;
  const tid = owner?.tid ?? 0;
  const holder = threads.find(({ samples }) => samples.tid === tid);
  const foreign = holder ? undefined : other(tid);
  const looked = await instruments.stacks([worst.samples.tid, ...(holder ? [tid] : [])], 1);
  const name = holder
    ? `thread ${tid} (${holder.samples.comm})`
    : foreign
      ? `${foreign.comm} (pid ${tid})`
      : `thread ${tid}, which is not there any more`;
  const does = holder ? `, which is ${holder.class}` : '';
  const isEnd = owner?.by === 'end';
  const stack = looked?.evidence(worst.samples.tid, 'where it waits');
  const holderStack =
    holder && looked?.evidence(tid, isEnd ? 'what that thread does' : 'what the holder does');
  const task = holder
    ? threadTask(scene, holder)
    : asTask(foreign ? tid : process.pid, tid, foreign?.comm ?? '?');
  const isLost = !holder && !foreign;
  return {
    where: 'user',
    kind: isLost ? 'deadlock' : 'slow',
    title: isEnd
      ? 'waits for another thread to end'
      : isLost
        ? 'waits for a lock whose holder has ended'
        : 'waits for a lock that another thread holds',
    rule: 'slow-futex',
    confidence: 'likely',
    headline: `${whoIs(scene, worst)} waits${forHowLong(worst)} for ${isEnd ? `the end of ${name}` : `a lock that ${name} holds`}${does}.`,
    suspects: [
      suspect(
        'holder',
        isEnd ? 'its end is waited for' : `it holds the lock at ${last.sleep.address}`,
        { task },
      ),
      suspect('waiter', 'it waits', { task: threadTask(scene, worst) }),
    ],
    chain: chain.map((sleeper) => link(scene, sleeper)),
    evidence: [
      sleepEvidence(scene, worst),
      ownerEvidence(scene, last),
      ...(stack ? [stack] : []),
      ...(holderStack ? [holderStack] : []),
    ],
    next: [
      {
        text: `Look at what ${name} does.`,
        command: holder ? `eu-stack -1 -s -p ${tid}` : `inquest slow ${tid}`,
      },
    ],
    doubts: [],
  };
}

/** Nobody holds it: a condition, a semaphore, a queue of work. */
async function condition(scene: Scene): Promise<Story> {
  const { worst, instruments, process } = scene;
  const looked = await instruments.stacks([worst.samples.tid], 1);
  const stack = looked?.stacks.get(worst.samples.tid)?.at(-1);
  const from = stack && ownFrame(stack);
  const evidence = looked?.evidence(worst.samples.tid, 'where it waits');
  if (worst.sleep?.words.length === 0)
    instruments.doubt('who holds the lock was not seen: the memory of the process may not be read');
  return {
    where: 'user',
    kind: 'undecided',
    title: 'waits to be woken by another thread',
    rule: 'slow-futex',
    confidence: null,
    headline: `${whoIs(scene, worst)} waits${forHowLong(worst)} for a lock or a condition of which no holder can be told${from?.function ? `; ${from.function} waits` : ''}.`,
    suspects: [
      suspect('waiter', 'it sleeps until another thread wakes it', {
        task: threadTask(scene, worst),
      }),
    ],
    evidence: [sleepEvidence(scene, worst), ...(evidence ? [evidence] : [])],
    next: [
      {
        text: 'Look in the program for who should wake it, and why nobody does.',
        command: `gdb -nx -batch -ex 'thread apply all bt' -p ${process.pid}`,
      },
    ],
    doubts: ['a thread that has nothing to do looks the same'],
  };
}
