// A thread's class: the table of state × CPU × call, from samples alone.
import type { ExaminedThread } from '../../rules/kit/examined.ts';
import type { ThreadSamples, Wait } from './thread.ts';
import type { WaitFor } from './waits.ts';

export type ThreadClass = ExaminedThread['class'];

export interface Classified {
  readonly class: ThreadClass;
  /** The sleep that took most of the time; null: it did not sleep. */
  readonly wait: Wait | null;
  readonly waitsFor: WaitFor | null;
}

/** Shares of the time it was looked at. */
export interface Shares {
  readonly run: number;
  /** Ready, and without a CPU. */
  readonly delay: number;
  readonly sleep: number;
  readonly uninterruptible: number;
  /** Of its run time, what it spent in the kernel. */
  readonly system: number;
}

export function shares(thread: ThreadSamples): Shares {
  const { samples, states, wallMs, runMs, delayMs, userMs, systemMs } = thread;
  const share = (letter: string): number => (states[letter] ?? 0) / Math.max(1, samples);
  const run = Math.min(1, runMs / Math.max(1, wallMs));
  // The kernel adds a delay when it is over: while it lasts only the state shows it.
  const delay = Math.min(1, Math.max(delayMs / Math.max(1, wallMs), share('R') - run, 0));
  const used = userMs + systemMs;
  return {
    run,
    delay,
    sleep: share('S') + share('I'),
    uninterruptible: share('D'),
    system: used > 0 ? systemMs / used : 0,
  };
}

/** Would run all the time if it were let. */
const HUNGRY = 0.7;
/** Of the time that it wanted, a CPU was there for less than this. */
const STARVED = 0.2;
const MOST_IN_KERNEL = 0.6;
/** A sleeper that was given a CPU so often goes round, however slowly. */
const LEAST_STEPS = 2;
/** Who sleeps in one call for this share of the time waits in that one. */
const MOST_OF_TIME = 0.8;
const FAULTS_PER_SECOND = 50;
/** Whose own code runs for more of the time gets on all the same. */
const MOST_OWN = 0.5;
const BUSY = 0.2;

/**
 * @param throttledShare of the periods of its control groups, how many ended with it held back
 * @param waitsFor what a sleep is for
 */
export function classify(
  thread: ThreadSamples,
  throttledShare: number,
  waitsFor: (wait: Wait) => WaitFor,
): Classified {
  const [wait = null] = thread.waits;
  const about = { wait, waitsFor: wait && waitsFor(wait) };
  const as = (name: ThreadClass): Classified => ({ class: name, ...about });
  const { states, samples, lastState, isGone } = thread;
  const hasEnded = lastState === 'Z' || lastState === 'X';
  const wasAlive = Object.keys(states).some((letter) => !'ZX'.includes(letter));
  if (isGone || (hasEnded && wasAlive)) return as('gone');
  if (hasEnded) return as('zombie');
  const share = (letter: string): number => (states[letter] ?? 0) / Math.max(1, samples);
  if (lastState === 'T' || share('T') > 0.5) return as('stopped');
  if (lastState === 't' && share('t') > 0.5) return as('traced');
  const { run, delay, sleep, uninterruptible } = shares(thread);
  const wanted = run + delay;
  // On a crowded machine a sleeper waits for a CPU each time it wakes: it sleeps for all that.
  const isSleeper = sleep + uninterruptible > 0.5;
  if (isFaulting(thread)) return as('faulting');
  if (wanted >= HUNGRY && !isSleeper) {
    if (throttledShare > 0.1 && delay > 0.1) return as('throttled');
    return as(hungry(thread));
  }
  if (throttledShare > 0.3 && delay > 0.3 && !isSleeper) return as('throttled');
  if (delay > 0.3 && run < wanted * STARVED && !isSleeper) return as('starved');
  return as(sleeper(thread, about));
}

function hungry(thread: ThreadSamples): ThreadClass {
  const { run, delay, system } = shares(thread);
  if (run < (run + delay) * STARVED) return 'starved';
  if (system >= MOST_IN_KERNEL) return 'kernel-loop';
  // It computes, and what it computes goes somewhere.
  return (thread.movedBytes ?? 0) > 0 ? 'busy' : 'user-loop';
}

/** Finding room for each page may take the kernel as long as the disk takes to bring it: it looks busy then. */
function isFaulting(thread: ThreadSamples): boolean {
  const { run, system, sleep, uninterruptible } = shares(thread);
  const faults = thread.majorFaults / Math.max(0.001, thread.wallMs / 1000);
  const isKept = uninterruptible > 0.1 || (system >= MOST_IN_KERNEL && sleep < 0.5);
  const [wait] = thread.waits;
  return (
    (faults > FAULTS_PER_SECOND && isKept && run * (1 - system) < MOST_OWN) ||
    (uninterruptible >= 0.3 && wait?.isOutside === true && thread.majorFaults > 0)
  );
}

function sleeper(
  thread: ThreadSamples,
  { wait, waitsFor }: Pick<Classified, 'wait' | 'waitsFor'>,
): ThreadClass {
  const { run, uninterruptible } = shares(thread);
  const isOneSleep = (thread.asleepMs ?? 0) > thread.wallMs * MOST_OF_TIME;
  const isRepeated = thread.slices >= LEAST_STEPS && !isOneSleep;
  if (!wait || !waitsFor) return run >= BUSY ? 'busy' : 'idle';
  // A program that does much and waits little is at work.
  if (run >= BUSY && uninterruptible < 0.3) return 'busy';
  if (uninterruptible >= 0.3) return isRepeated ? 'slow-steps' : 'kernel-wait';
  if (waitsFor === 'timer' || waitsFor === 'child') return 'waiting';
  if (['events', 'connection', 'terminal', 'signal'].includes(waitsFor)) return 'idle';
  const isIo = ['pipe', 'socket', 'file', 'device', 'kernel', 'file-lock'].includes(waitsFor);
  return isRepeated && isIo ? 'slow-steps' : 'waiting';
}
