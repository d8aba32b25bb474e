// Evidence that several stories show.
import type { VerdictEvidence } from '../../rules/kit/verdict.ts';
import { callName } from '../process/calls.ts';
import { textOf } from '../process/proc.ts';
import { examinedThread, threadTable } from './rows.ts';
import { type Scene, type SeenThread, span } from './scene.ts';

export const sampled = (
  scene: Pick<Scene, 'process'>,
  thread: SeenThread,
  claim: string,
): VerdictEvidence => ({
  claim,
  command: `inquest slow ${scene.process.pid} --seconds ${Math.max(1, Math.round(scene.process.wallMs / 1000))}`,
  output: threadTable([examinedThread(thread)]).join('\n'),
});

/** `read(0</dev/null>)`; undefined: the call is not known. */
export function callOf({ wait, open }: SeenThread): string | undefined {
  if (!wait?.call) return undefined;
  return `${callName(wait.call.number)}(${open ? `${open.fd}<${open.path}>` : ''})`;
}

/** What a sleeper sleeps in, as /proc says it now. */
export function sleepEvidence(
  { process }: Pick<Scene, 'process'>,
  thread: SeenThread,
): VerdictEvidence {
  const { tid, asleepMs } = thread.samples;
  const { wait } = thread;
  const call = callOf(thread);
  const since = asleepMs === null ? '' : `, for ${span(asleepMs)} without a break`;
  const folder = `/proc/${process.pid}/task/${tid}`;
  const claim = `it sleeps${call ? ` in ${call}` : ''}${since}`;
  const syscall = wait?.call ? textOf(`${folder}/syscall`)?.trim() : undefined;
  return syscall
    ? { claim, command: `cat ${folder}/syscall`, output: syscall }
    : { claim, command: `cat ${folder}/wchan`, output: wait?.wchan || '0' };
}

/** ` for 3.2 s`; nothing where that is not known. */
export const forHowLong = ({ samples }: SeenThread): string =>
  samples.asleepMs === null ? '' : ` for ${span(samples.asleepMs)}`;
