// A thread that waits in the kernel for a lock of the kernel's.
import { suspect } from '../../rules/kit/define.ts';
import { forHowLong, sampled, sleepEvidence } from './evidence.ts';
import type { KernelPath } from './instruments.ts';
import { type Scene, type Story, threadTask, whoIs } from './scene.ts';

/** The slow ways into sleeping locks: kernel/locking/{mutex,rwsem,semaphore,rtmutex,percpu-rwsem}.c (5.10 to 7.2) */
const LOCKING =
  /^(?:__)?(?:mutex_lock|ww_mutex_lock|rwsem_down_|down(?:_read|_write|_killable|_interruptible|_timeout)?(?:$|\.)|rt_mutex_|rt_mutex_slowlock|percpu_(?:down_write|rwsem_wait))/;

/** Frames of a sleeper that no lock let in yet. */
export const isLocking = ({ frames }: KernelPath): boolean =>
  frames.slice(0, DEEPEST).some(({ function: name }) => LOCKING.test(name));

/** Innermost frames: whoever sleeps further in with a lock held waits for something else. */
const DEEPEST = 5;

export async function kernelLock(scene: Scene, kernel: KernelPath): Promise<Story> {
  const { worst, process, instruments } = scene;
  const { tid } = worst.samples;
  const lock = await instruments.kernelLock(tid);
  const what = lock?.what ?? 'a lock of the kernel';
  const holder = lock?.holder ?? undefined;
  const name = holder && `${holder.comm} (pid ${holder.pid})`;
  return {
    where: 'kernel',
    kind: 'slow',
    title: 'waits for a lock of the kernel',
    rule: 'slow-kernel-lock',
    confidence: holder ? 'proven' : 'likely',
    headline: `${whoIs(scene, worst)} waits${forHowLong(worst)} in the kernel for ${what}${name ? `, which ${name} holds` : ''}.`,
    suspects: [
      ...(holder ? [suspect('holder', `it holds ${what}`, { task: holder })] : []),
      suspect('waiter', 'it waits', {
        task: threadTask(scene, worst),
        ...(lock ? { object: lock.object } : {}),
      }),
    ],
    chain: lock
      ? [{ task: threadTask(scene, worst), waitsFor: lock.what, heldBy: lock.holder }]
      : [],
    evidence: [
      sampled(scene, worst, 'it sleeps, and uses hardly any CPU'),
      sleepEvidence(scene, worst),
      { ...kernel.evidence, claim: `the way it went in the kernel: ${kernel.path}` },
      ...(lock
        ? [
            {
              claim: `the words of ${lock.what}${name ? `, the first of which names ${name}` : ''}`,
              command: lock.command,
              output: lock.text,
            },
          ]
        : []),
    ],
    next: [
      ...(holder
        ? [
            {
              text: `Look at ${name}: why does it keep the lock?`,
              command: `inquest slow ${holder.pid}`,
            },
          ]
        : []),
      {
        text: 'See who in the kernel waits for whom; as root, where the kernel’s memory can be read.',
        command: 'inquest live why',
      },
    ],
    doubts: lock ? [] : ['which lock, and who holds it, was not seen: that takes /proc/kcore'],
    exonerated: [
      {
        kind: 'task',
        name: `${process.comm} (pid ${process.pid})`,
        reason: 'it sleeps in the kernel: no code of its own runs',
        command: `cat /proc/${process.pid}/task/${tid}/wchan`,
      },
    ],
  };
}
