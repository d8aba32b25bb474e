// Evidence that several stories show.
import type { VerdictEvidence } from '../../rules/kit/verdict.ts';
import { callName } from '../process/calls.ts';
import { shares } from '../process/classify.ts';
import { textOf } from '../process/proc.ts';
import { percent, type Scene, type SeenThread, span } from './scene.ts';

/** The row of the table that decides. */
export function stateRow({ process }: Pick<Scene, 'process'>, thread: SeenThread): string {
  const { tid, states, samples, cpu } = thread.samples;
  const { run, delay, system } = shares(thread.samples);
  const seen = Object.entries(states)
    .sort(([, a], [, b]) => b - a)
    .map(([letter, n]) => `${letter} ${percent(n / Math.max(1, samples))}`)
    .join(' ');
  return `${process.pid}/${tid}  ${seen}  CPU ${percent(run)} (kernel ${percent(system)}), waited for a CPU ${percent(delay)}, CPU ${cpu}`;
}

export const sampled = (
  scene: Pick<Scene, 'process'>,
  thread: SeenThread,
  claim: string,
): VerdictEvidence => ({
  claim,
  command: `inquest slow ${scene.process.pid} --seconds ${Math.max(1, Math.round(scene.process.wallMs / 1000))}`,
  output: stateRow(scene, thread),
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
