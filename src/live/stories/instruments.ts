// The instruments of an examination: each is used only when a story asks, what it costs the process is added up, and what
// may not be used is said once.
import type { ExaminationCost } from '../../rules/kit/examined.ts';
import type { VerdictEvidence } from '../../rules/kit/verdict.ts';
import {
  type KernelFrame,
  type KernelReader,
  kernelStack,
  pathOf,
  type SeenLock,
} from '../process/kernel-stack.ts';
import { numberField, textOf } from '../process/proc.ts';
import type { ProcessSamples } from '../process/sampler.ts';
import { parseStat } from '../process/stat.ts';
import { frameText, type UserFrame } from '../tools/frames.ts';
import { userStacks } from '../tools/stacks.ts';
import { type CallGroup, grouped, strace, type Trace } from '../tools/strace.ts';

const SHOWN_FRAMES = 12;

export interface LookedAtStacks {
  readonly stacks: ReadonlyMap<number, readonly (readonly UserFrame[])[]>;
  /** The last stack of a thread, as evidence. */
  evidence(tid: number, claim: string): VerdictEvidence | undefined;
}

export interface KernelPath {
  readonly frames: readonly KernelFrame[];
  /** Outermost first. */
  readonly path: string;
  readonly evidence: VerdictEvidence;
}

export class Instruments {
  readonly #pid: number;
  readonly #isKernel: boolean;
  readonly #startTicks: number;
  readonly #signal: AbortSignal;
  readonly #say: (what: string) => void;
  readonly #kernel: KernelReader | undefined;
  readonly #doubts = new Set<string>();
  #stoppedMs = 0;
  #tracedSeconds = 0;
  #tracedCalls = 0;
  #stoodShare: number | null = null;
  #groups: readonly CallGroup[] = [];

  /**
   * @param say what is going on, for a progress line
   * @param kernel where the kernel's memory can be read
   */
  constructor(
    { pid, isKernel, startTicks }: Pick<ProcessSamples, 'pid' | 'isKernel' | 'startTicks'>,
    signal: AbortSignal,
    say: (what: string) => void,
    kernel: KernelReader | undefined,
  ) {
    this.#pid = pid;
    this.#isKernel = isKernel;
    this.#startTicks = startTicks;
    this.#signal = signal;
    this.#say = say;
    this.#kernel = kernel;
  }

  doubt(text: string): void {
    this.#doubts.add(text);
  }

  get doubts(): readonly string[] {
    return [...this.#doubts];
  }

  get calls(): readonly CallGroup[] {
    return this.#groups;
  }

  cost(ownCpuMs: number): ExaminationCost {
    return {
      stoppedMs: Math.round(this.#stoppedMs),
      tracedSeconds: Math.round(this.#tracedSeconds * 100) / 100,
      tracedCalls: this.#tracedCalls,
      tracedStoodShare: this.#stoodShare,
      ownCpuMs: Math.round(ownCpuMs),
    };
  }

  /** It is a program, still the same, and nobody else is at it. */
  #mayAttach(): boolean {
    if (this.#isKernel) return false;
    const stat = parseStat(textOf(`/proc/${this.#pid}/stat`) ?? '');
    const tracer = numberField(textOf(`/proc/${this.#pid}/status`) ?? '', 'TracerPid') ?? 0;
    if (stat?.startTicks !== this.#startTicks)
      this.doubt('it ended before it could be looked at closer');
    else if (tracer !== 0) this.doubt(`no tool could attach: pid ${tracer} traces it already`);
    else return true;
    return false;
  }

  /** Undefined: none could be had, which is a doubt. */
  async stacks(tids: readonly number[], times: number): Promise<LookedAtStacks | undefined> {
    if (!this.#mayAttach()) return undefined;
    this.#say('user stacks');
    const seen = await userStacks(this.#pid, { tids, times, signal: this.#signal });
    if ('why' in seen) {
      this.doubt(`user stacks were not looked at: ${seen.why}`);
      return undefined;
    }
    this.#stoppedMs += seen.stoppedMs;
    const { stacks, tool } = seen;
    const pid = this.#pid;
    return {
      stacks,
      evidence(tid, claim) {
        const stack = stacks.get(tid)?.at(-1);
        if (!stack) return undefined;
        const output = stack.slice(0, SHOWN_FRAMES).map(frameText).join('\n');
        const command =
          tool === 'gdb'
            ? `gdb -nx -batch -ex 'thread apply all bt' -p ${pid}`
            : `eu-stack -1 -s -p ${tid}`;
        return { claim, command, output };
      },
    };
  }

  /** Undefined: it could not be traced, which is a doubt. */
  async trace(
    seconds: number,
    tid: number,
  ): Promise<(Trace & { groups: readonly CallGroup[] }) | undefined> {
    if (!this.#mayAttach()) return undefined;
    this.#say('system calls');
    const seen = await strace(this.#pid, { seconds, tid, signal: this.#signal });
    if ('why' in seen) {
      this.doubt(`system calls were not timed: ${seen.why}`);
      return undefined;
    }
    this.#tracedSeconds += seen.seconds;
    this.#tracedCalls += seen.calls.length;
    this.#stoodShare = seen.stoodShare;
    this.#groups = grouped(seen.calls);
    return { ...seen, groups: this.#groups };
  }

  /** As strace was run: what shows its lines again. */
  straceCommand(): string {
    return `strace -f -T -y -s 0 -p ${this.#pid}`;
  }

  /** Undefined: the kernel's memory cannot be read, or it waits for no lock that could be told. */
  async kernelLock(tid: number): Promise<SeenLock | undefined> {
    this.#say('the lock in the kernel');
    return this.#kernel?.lock(tid);
  }

  /** Undefined: it may not be read, which is a doubt. */
  async kernelPath(tid: number, claim: string): Promise<KernelPath | undefined> {
    const stack = (await this.#kernel?.stack(tid)) ?? kernelStack(this.#pid, tid);
    if ('refused' in stack) {
      if (stack.refused !== 'ENOENT' && stack.refused !== 'ESRCH')
        this.doubt(
          `the kernel's side was not looked at: /proc/${this.#pid}/stack may not be read (${stack.refused}), which takes root`,
        );
      return undefined;
    }
    if (stack.frames.length === 0) return undefined;
    const { frames, command, text } = stack;
    return { frames, path: pathOf(frames), evidence: { claim, command, output: text } };
  }
}
