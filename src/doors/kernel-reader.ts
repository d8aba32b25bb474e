// Stacks and locks of the running kernel's tasks, for who examines a process.
import { readlinkSync } from 'node:fs';
import type { BtData } from '../commands/bt/data.ts';
import { runLine } from '../commands/kit/run.ts';
import { newSession } from '../commands/kit/session.ts';
import { kernelWaits } from '../facts/kernel-waits.ts';
import { seen } from '../facts/kit/define.ts';
import { tasks } from '../facts/tasks.ts';
import { KCORE, kcoreObstacle } from '../live/kcore.ts';
import type { KernelReader, SeenLock, SeenStack } from '../live/process/kernel-stack.ts';
import { spellLock } from '../rules/kernel-locks/words.ts';
import { asSuspect } from '../rules/kit/text.ts';
import type { Dump } from '../types/dump.ts';
import { fresh, OpenError, openDump } from './open.ts';

/** The scheduler's own functions, on top of every sleeper's stack: kernel/sched/core.c, kernel/time/sleep_timeout.c */
const SCHEDULER = /^(?:__|io_)?schedule(?:_|$)/;

/** The first PID namespace: PROC_PID_INIT_INO, include/linux/proc_ns.h (5.10 to 7.2). In another one PIDs are not the kernel's. */
const INITIAL_PID_NAMESPACE = 'pid:[4026531836]';

/** Undefined: the kernel's memory cannot be read. It is opened when a stack is first asked for. */
export function kernelReader(): KernelReader | undefined {
  if (kcoreObstacle() || readlinkSync('/proc/self/ns/pid') !== INITIAL_PID_NAMESPACE)
    return undefined;
  let kernel: Promise<Dump | undefined> | undefined;
  const looked = async <T>(look: (dump: Dump) => T | Promise<T>): Promise<T | undefined> => {
    kernel ??= opened();
    const dump = await kernel;
    return dump && look(fresh(dump));
  };
  return {
    stack: (tid) => looked((dump) => stackIn(dump, tid)),
    lock: (tid) => looked((dump) => lockIn(dump, tid)),
  };
}

/** Undefined: a kernel that cannot be opened. */
async function opened(): Promise<Dump | undefined> {
  try {
    return await openDump([KCORE]);
  } catch (error) {
    if (error instanceof OpenError) return undefined;
    throw error;
  }
}

async function stackIn(dump: Dump, tid: number): Promise<SeenStack | undefined> {
  const line = `bt ${tid}`;
  const answer = await runLine({ dump, session: newSession() }, line);
  if (!answer.ok) return undefined;
  const [task] = answer.data as BtData;
  if (!task?.isWhole) return undefined;
  const named = task.frames.flatMap(({ symbol, module }) =>
    symbol === null ? [] : [{ function: symbol, module }],
  );
  const asleepIn = named.findIndex((frame) => !SCHEDULER.test(frame.function));
  return {
    frames: named.slice(Math.max(0, asleepIn)),
    command: `inquest live '${line}'`,
    text: answer.text.match(/^ *#\d.*$/gm)?.join('\n') ?? '',
  };
}

async function lockIn(dump: Dump, tid: number): Promise<SeenLock | undefined> {
  const queue = seen(dump, kernelWaits).value.find(({ pid }) => pid === tid)?.queue;
  if (!queue) return undefined;
  const { object, holder, words } = queue;
  const task = holder && seen(dump, tasks).value.find(({ address }) => address === holder.address);
  const line = `rd ${object.address} ${words}`;
  const answer = await runLine({ dump, session: newSession() }, line);
  return {
    what: spellLock(object),
    object,
    holder: task ? asSuspect(task) : null,
    command: `inquest live '${line}'`,
    text: answer.ok ? answer.text.trimEnd() : '',
  };
}
