// What `inquest slow` adds to a verdict: the process as it was seen while it ran.

/** Shares of the time it was looked at, 0 to 1. */
export interface ExaminedShares {
  /** It had a CPU. */
  run: number;
  /** Of that, what it spent in the kernel. */
  system: number;
  /** It was ready, and no CPU was there for it. */
  delay: number;
  /** Asleep, so that a signal wakes it. */
  sleep: number;
  /** Asleep, so that no signal wakes it. */
  uninterruptible: number;
}

/** A thread of it: what it was seen to do. */
export interface ExaminedThread {
  tid: number;
  comm: string;
  /**
   * `user-loop`, `kernel-loop`: all the CPU it can get, in its own code or the kernel's; `slow-steps`: the same call again
   * and again, each of which waits; `starved`: ready, and gets too little CPU.
   */
  class:
    | 'user-loop'
    | 'kernel-loop'
    | 'waiting'
    | 'kernel-wait'
    | 'slow-steps'
    | 'starved'
    | 'throttled'
    | 'faulting'
    | 'stopped'
    | 'traced'
    | 'busy'
    | 'idle'
    | 'zombie'
    | 'gone';
  /** What its sleeps are for: `futex`, `pipe`, `fifo`, `socket`, `child`, `timer`, `events`, …; null: it did not sleep. */
  waitsFor: string | null;
  shares: ExaminedShares;
  /** How often it was given a CPU. */
  slices: number;
  /** The call it sleeps in; null: none, or it may not be read. */
  call: string | null;
  /** The kernel function it sleeps in; null: none, or hidden. */
  kernelFunction: string | null;
  /** The descriptor that the call waits on, as /proc shows it; null: none. */
  path: string | null;
  /** How long it had slept without a break; null: not asleep, or not known. */
  asleepSeconds: number | null;
}

/** Calls of one name on one descriptor, as strace saw them. */
export interface ExaminedCalls {
  call: string;
  fd: number | null;
  path: string | null;
  count: number;
  errors: number;
  /** What read and write calls moved. */
  bytes: number;
  seconds: number;
  longestSeconds: number;
  /** Bytes in each second that the calls took; null: they move none. */
  bytesPerSecond: number | null;
}

/** A device that its calls led to. */
export interface ExaminedDevice {
  name: string;
  kind: string;
  /** Requests that it has not answered; null: not to be seen. */
  inFlight: number | null;
  /** In the mean, while it was looked at; null: none was done, or not to be seen. */
  msPerRequest: number | null;
  /** The devices it is made of. */
  below: string[];
}

/** What the examination cost the process. */
export interface ExaminationCost {
  /** How long it stood still for user stacks, at most. */
  stoppedMs: number;
  /** How long strace was attached, and the calls it saw. */
  tracedSeconds: number;
  tracedCalls: number;
  /** While it was traced, the share of time that the thread stood still for it; null: it was not traced. */
  tracedStoodShare: number | null;
  /** CPU time of inquest itself while it sampled. */
  ownCpuMs: number;
}

/** A process, as `inquest slow` saw it while it ran. */
export interface ExaminedProcess {
  pid: number;
  comm: string;
  seconds: number;
  samples: number;
  threads: ExaminedThread[];
  /** The slowest first; empty: it was not traced. */
  calls: ExaminedCalls[];
  /** The device below what it waits for; null: none. */
  device: ExaminedDevice | null;
  /** How many times longer a step takes than such a device needs; null: nothing to compare with. */
  timesTooSlow: number | null;
  cost: ExaminationCost;
}
