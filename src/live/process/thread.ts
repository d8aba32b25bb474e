// One thread, looked at again and again.
import { FileText, isRefusal, numberField, textOf } from './proc.ts';
import {
  type Call,
  execStartMs,
  parseSchedStat,
  parseStat,
  parseSyscall,
  type SchedStat,
  type Stat,
  stateOf,
  TICK_MS,
} from './stat.ts';

/** Where a thread slept, and in how many samples. */
export interface Wait {
  /** S or D. */
  readonly state: string;
  /** Null: it may not be read, or the thread is not in a call (a page fault). */
  readonly call: Call | null;
  /** In the kernel's own code, outside of any call: a page fault. */
  readonly isOutside: boolean;
  /** The kernel function it sleeps in; empty where that is hidden. */
  readonly wchan: string;
  readonly samples: number;
}

/** What was seen of a thread: differences over the time it was looked at. */
export interface ThreadSamples {
  readonly tid: number;
  readonly comm: string;
  readonly samples: number;
  /** How many samples had each state letter. */
  readonly states: Readonly<Record<string, number>>;
  readonly lastState: string;
  readonly wallMs: number;
  readonly runMs: number;
  /** Ready, but without a CPU. */
  readonly delayMs: number;
  readonly slices: number;
  readonly userMs: number;
  readonly systemMs: number;
  readonly majorFaults: number;
  readonly minorFaults: number;
  readonly cpu: number;
  readonly nice: number;
  readonly priority: number;
  readonly policy: number;
  readonly rtPriority: number;
  /** Most samples first. */
  readonly waits: readonly Wait[];
  /** Bytes that it read and wrote, of whatever; null: that may not be read. */
  readonly movedBytes: number | null;
  /** How long it has slept without a break when it was last seen; null: not asleep, or not known. */
  readonly asleepMs: number | null;
  readonly isGone: boolean;
}

/** A sleeper's state is read with every so many samples. */
const STATE_EVERY = 4;

export class ThreadWatch {
  readonly tid: number;
  readonly #folder: string;
  readonly #stat: FileText;
  readonly #sched: FileText | undefined;
  #syscall: FileText | undefined;
  #wchan: FileText | undefined;
  readonly #first: { readonly stat: Stat; readonly sched: SchedStat; readonly at: number };
  readonly #moved: number | null;
  readonly #states: Record<string, number> = {};
  readonly #waits = new Map<string, { wait: Omit<Wait, 'samples'>; samples: number }>();
  #samples = 0;
  #skipped = 0;
  #lastStat: string;
  #lastSched = '';
  #lastState = '';
  #lastKey = '';
  #lastAt: number;
  #isGone = false;

  private constructor(
    tid: number,
    folder: string,
    stat: FileText,
    first: string,
    parsed: Stat,
    now: number,
  ) {
    this.tid = tid;
    this.#folder = folder;
    this.#stat = stat;
    this.#lastStat = first;
    const sched = FileText.open(`${folder}/schedstat`);
    this.#sched = sched instanceof FileText ? sched : undefined;
    this.#first = { stat: parsed, sched: parseSchedStat(this.#readSched()), at: now };
    this.#moved = this.#movedBytes();
    this.#lastAt = now;
  }

  /** Undefined: it is not there. */
  static begin(pid: number, tid: number, now: number): ThreadWatch | undefined {
    const folder = `/proc/${pid}/task/${tid}`;
    const stat = FileText.open(`${folder}/stat`);
    if (!(stat instanceof FileText)) return undefined;
    const text = stat.read();
    const parsed = isRefusal(text) ? undefined : parseStat(text);
    if (isRefusal(text) || !parsed) {
      stat.close();
      return undefined;
    }
    return new ThreadWatch(tid, folder, stat, text, parsed, now);
  }

  /** Gone, or nothing of it is left but how it ended. */
  get hasEnded(): boolean {
    return this.#isGone || this.#lastState === 'Z' || this.#lastState === 'X';
  }

  /**
   * A sleeping thread that was not given a CPU since sleeps where it slept. It may have been woken and still wait for a CPU:
   * its state, which costs most, is read anew now and then.
   */
  tick(now: number, refused: (file: string, code: string) => void): void {
    if (this.#isGone) return;
    const sched = this.#readSched();
    const wasAsleep = this.#lastState === 'S' || this.#lastState === 'D';
    const isUnmoved = wasAsleep && sched !== '' && sched === this.#lastSched;
    if (!isUnmoved || ++this.#skipped >= STATE_EVERY) {
      this.#skipped = 0;
      const text = this.#stat.read();
      if (isRefusal(text)) {
        this.#isGone = true;
        return;
      }
      const state = stateOf(text);
      const isAsleep = state === 'S' || state === 'D';
      if (isAsleep && (!isUnmoved || state !== this.#lastState))
        this.#lastKey = this.#lookAtWait(state, refused);
      this.#lastStat = text;
      this.#lastSched = sched;
      this.#lastState = state;
    }
    this.#samples++;
    this.#states[this.#lastState] = (this.#states[this.#lastState] ?? 0) + 1;
    const known = this.#waits.get(this.#lastKey);
    if (known && (this.#lastState === 'S' || this.#lastState === 'D')) known.samples++;
    this.#lastAt = now;
  }

  #lookAtWait(state: string, refused: (file: string, code: string) => void): string {
    this.#syscall ??= this.#open('syscall', refused);
    this.#wchan ??= this.#open('wchan', refused);
    const asked = this.#syscall?.read() ?? '';
    if (isRefusal(asked) && asked.code !== 'ESRCH') refused('syscall', asked.code);
    // A thread of the kernel has no calls: what stands there are no registers of anybody.
    const isNone = this.#first.stat.isKernel || isRefusal(asked) || asked === '';
    const call = isNone ? undefined : parseSyscall(asked);
    const place = this.#wchan?.read() ?? '';
    const wchan = isRefusal(place) || place === '0' ? '' : place.trim();
    const wait = {
      state,
      call: typeof call === 'object' ? call : null,
      isOutside: call === 'none',
      wchan,
    };
    const key = `${state} ${isRefusal(asked) ? '' : asked.split(' ').slice(0, 4).join(' ')} ${wchan}`;
    if (!this.#waits.has(key)) this.#waits.set(key, { wait, samples: 0 });
    return key;
  }

  #movedBytes(): number | null {
    const text = textOf(`${this.#folder}/io`);
    if (text === undefined) return null;
    return (numberField(text, 'rchar') ?? 0) + (numberField(text, 'wchar') ?? 0);
  }

  #open(name: string, refused: (file: string, code: string) => void): FileText | undefined {
    const file = FileText.open(`${this.#folder}/${name}`);
    if (file instanceof FileText) return file;
    if (file.code !== 'ENOENT' && file.code !== 'ESRCH') refused(name, file.code);
    return undefined;
  }

  #readSched(): string {
    const text = this.#sched?.read() ?? '';
    return isRefusal(text) ? '' : text;
  }

  /** @param nowMs the clock of the CPUs, as /proc/PID/sched counts */
  summary(nowMs: number | undefined): ThreadSamples {
    const { stat: from, sched, at } = this.#first;
    const to = parseStat(this.#lastStat) ?? from;
    const now = this.#lastSched ? parseSchedStat(this.#lastSched) : sched;
    const userMs = (to.userTicks - from.userTicks) * TICK_MS;
    const systemMs = (to.systemTicks - from.systemTicks) * TICK_MS;
    const moved = this.#movedBytes();
    // A kernel without CONFIG_SCHED_INFO prints zeros.
    const hasSched = now.slices > 0 || now.runNs > 0;
    return {
      tid: this.tid,
      comm: to.comm,
      samples: this.#samples,
      states: this.#states,
      lastState: this.#lastState || from.state,
      wallMs: this.#lastAt - at,
      runMs: hasSched ? (now.runNs - sched.runNs) / 1e6 : userMs + systemMs,
      delayMs: (now.delayNs - sched.delayNs) / 1e6,
      slices: now.slices - sched.slices,
      userMs,
      systemMs,
      majorFaults: to.majorFaults - from.majorFaults,
      minorFaults: to.minorFaults - from.minorFaults,
      cpu: to.cpu,
      nice: to.nice,
      priority: to.priority,
      policy: to.policy,
      rtPriority: to.rtPriority,
      waits: [...this.#waits.values()]
        .map(({ wait, samples }) => ({ ...wait, samples }))
        .sort((a, b) => b.samples - a.samples),
      movedBytes: moved === null || this.#moved === null ? null : moved - this.#moved,
      asleepMs: this.#asleepMs(nowMs),
      isGone: this.#isGone,
    };
  }

  #asleepMs(nowMs: number | undefined): number | null {
    if (nowMs === undefined || (this.#lastState !== 'S' && this.#lastState !== 'D')) return null;
    const since = execStartMs(textOf(`${this.#folder}/sched`) ?? '');
    return since === undefined || since === 0 ? null : Math.max(0, nowMs - since);
  }

  close(): void {
    for (const file of [this.#stat, this.#sched, this.#syscall, this.#wchan]) file?.close();
  }
}
