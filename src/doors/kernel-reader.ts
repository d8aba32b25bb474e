// Stacks of the running kernel's tasks, for who examines a process.
import type { BtData } from '../commands/bt/data.ts';
import { runLine } from '../commands/kit/run.ts';
import { newSession } from '../commands/kit/session.ts';
import { KCORE, kcoreObstacle } from '../live/kcore.ts';
import type { KernelReader } from '../live/process/kernel-stack.ts';
import { fresh, OpenError, openDump } from './open.ts';

/** The scheduler's own functions, on top of every sleeper's stack: kernel/sched/core.c, kernel/time/sleep_timeout.c */
const SCHEDULER = /^(?:__|io_)?schedule(?:_|$)/;

/** Undefined: the kernel's memory cannot be read, or is of a kernel that cannot be opened. */
export async function kernelReader(): Promise<KernelReader | undefined> {
  if (kcoreObstacle()) return undefined;
  const kernel = await openDump([KCORE]).catch((error: unknown) => {
    if (error instanceof OpenError) return undefined;
    throw error;
  });
  if (!kernel) return undefined;
  return async (tid) => {
    const line = `bt ${tid}`;
    const answer = await runLine({ dump: fresh(kernel), session: newSession() }, line);
    const [task] = answer.ok ? (answer.data as BtData) : [];
    if (!task?.isWhole) return undefined;
    const named = task.frames.flatMap(({ symbol, module }) =>
      symbol === null ? [] : [{ function: symbol, module }],
    );
    const asleepIn = named.findIndex((frame) => !SCHEDULER.test(frame.function));
    const text = answer.ok ? answer.text.match(/^ *#\d.*$/gm)?.join('\n') : undefined;
    return {
      frames: named.slice(Math.max(0, asleepIn)),
      command: `inquest live '${line}'`,
      text: text ?? '',
    };
  };
}
