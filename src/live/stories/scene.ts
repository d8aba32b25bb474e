// What a story of a slow process is told from, and told in.
import type {
  Confidence,
  Exonerated,
  Kind,
  NextStep,
  Suspect,
  SuspectTask,
  VerdictEvidence,
  WaitLink,
  Where,
} from '../../rules/kit/verdict.ts';
import type { Classified, ThreadClass } from '../process/classify.ts';
import type { Descriptor } from '../process/descriptor.ts';
import type { FutexSleep } from '../process/futex.ts';
import type { ProcessSamples } from '../process/sampler.ts';
import type { ThreadSamples } from '../process/thread.ts';
import type { Instruments } from './instruments.ts';

/** A thread, its class, and what its longest sleep waits on. */
export interface SeenThread extends Classified {
  readonly samples: ThreadSamples;
  readonly open: Descriptor | undefined;
  /** Of a sleep on a futex. */
  readonly sleep: FutexSleep | undefined;
}

export interface Scene {
  readonly process: ProcessSamples;
  readonly threads: readonly SeenThread[];
  /** The thread that matters most. */
  readonly worst: SeenThread;
  readonly instruments: Instruments;
  readonly signal: AbortSignal;
}

/** What one story says; `examine` makes the verdict of it. */
export interface Story {
  readonly where: Where;
  readonly kind: Kind;
  readonly title: string;
  readonly rule: string;
  readonly confidence: Confidence | null;
  readonly headline: string;
  readonly suspects: readonly Suspect[];
  readonly evidence: readonly VerdictEvidence[];
  readonly next: readonly NextStep[];
  readonly doubts: readonly string[];
  readonly exonerated?: readonly Exonerated[];
  readonly chain?: readonly WaitLink[];
  /** A closer look found the thread to be of another class than its samples alone. */
  readonly class?: ThreadClass;
  readonly timesTooSlow?: number;
}

export type Teller = (scene: Scene) => Promise<Story>;

export const asTask = (pid: number, tid: number, comm: string): SuspectTask => ({
  pid: tid,
  tgid: pid,
  comm,
  task: null,
});

export const threadTask = ({ process }: Pick<Scene, 'process'>, thread: SeenThread): SuspectTask =>
  asTask(process.pid, thread.samples.tid, thread.samples.comm);

/** `dd (pid 170)`, `worker (pid 170, thread 173)`. */
export function whoIs({ process }: Pick<Scene, 'process'>, thread: SeenThread): string {
  const { tid, comm } = thread.samples;
  return tid === process.pid
    ? `${comm} (pid ${tid})`
    : `${comm} (pid ${process.pid}, thread ${tid})`;
}

/** A word for a shell: what a program calls a file or a group is nobody's command. */
export const quoted = (word: string): string =>
  /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** `2.5 h`, `35 s`, `120 ms`. */
export function span(ms: number): string {
  if (ms >= 7_200_000) return `${(ms / 3_600_000).toFixed(1)} h`;
  if (ms >= 120_000) return `${Math.round(ms / 60_000)} min`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 10) return `${Math.round(ms)} ms`;
  return `${ms.toFixed(ms >= 0.1 ? 1 : 3)} ms`;
}

/** `512 bytes`, `1.5 MB`. */
export function size(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`;
  if (bytes >= 10_000) return `${Math.round(bytes / 1000)} kB`;
  return `${Math.round(bytes)} bytes`;
}
