// CPUs that the kernel's own code has not let go for seconds: where it goes round, and which spinlocks are in play.
import type { Registers } from '../arch/x86_64/registers.ts';
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { currentTask } from '../kernel/cpus.ts';
import { gracePeriodAgeNs, isAwaitedByRcu, isReaderAwaitedByRcu } from '../kernel/rcu.ts';
import { runQueue } from '../kernel/run-queue.ts';
import { spinWord } from '../kernel/spinlock.ts';
import { Task } from '../kernel/task.ts';
import { type Frame, type Stack, stackOf } from '../stacks/stack.ts';
import type { Dump } from '../types/dump.ts';
import { clock } from './clock.ts';
import { type CpuFact, cpus } from './cpus.ts';
import { defineFact, Holes, type Seen, seen } from './kit/define.ts';
import { baseName, type FrameFact } from './kit/frames.ts';
import { goingRound } from './kit/going-round.ts';
import { argumentOf, type Round, roundOf, type Taking, takenAt } from './kit/loop-code.ts';
import { type KernelObject, objectAt } from './kit/object.ts';
import { type Context, type Segment, segmentsOf } from './kit/segments.ts';
import { stackFact } from './kit/stack.ts';
import { tasks } from './tasks.ts';
import { trigger } from './trigger.ts';

/**
 * Who may hold a spinlock, which records no owner. `code`: the code it executes took that lock and did not give it back
 * yet. `word`: its registers or its stack have the lock's address.
 */
export interface SpinHolder {
  /** Null: it is on none, and sleeps. */
  readonly cpu: number | null;
  readonly pid: number;
  readonly from: 'code' | 'word';
  /** The function that took it, and where; null: not known. */
  readonly function: FrameFact | null;
  readonly taking: Taking | null;
}

export interface SpinWait {
  readonly object: KernelObject;
  /** Its word says it is taken. */
  readonly isTaken: boolean;
  /** `argument`: the code names it; `register`: the register that the first argument is in; `queue`: the CPU is in its queue. */
  readonly from: 'argument' | 'register' | 'queue';
  /** The function that wants it. */
  readonly wantedBy: FrameFact | null;
  readonly holders: readonly SpinHolder[];
}

export interface StuckCpu {
  readonly cpu: number;
  readonly pid: number;
  /** Since when, at the latest, nothing else could run there. */
  readonly sinceNs: number;
  /**
   * `stopper`: the scheduler's own thread of highest class waits; `clock`: the CPU takes no interrupts, its clock stands still;
   * `turn`: an ordinary task has kept the CPU from threads of the kernel whose turn it was, or a real-time thread of the kernel from
   * ordinary tasks; `rcu`: a grace period that stalls waits for that CPU, which is in the kernel; `reader`: it waits for that
   * task to leave what it reads under RCU.
   */
  readonly shownBy: 'stopper' | 'clock' | 'turn' | 'rcu' | 'reader';
  /** PID of that thread. */
  readonly stopperPid: number | null;
  readonly context: Context;
  /** What goes round, or waits, innermost first. */
  readonly frames: readonly FrameFact[];
  /** The function that goes round; null: no symbol is there, or it only waits. */
  readonly loop: FrameFact | null;
  /** The jump that closes the loop, as bytes from that function's start; null: not seen in its code. */
  readonly round: Round | null;
  /** A function of the kernel proper that it called, and that has a loop of its own, too. */
  readonly inner: FrameFact | null;
  /** `spinlock`: for another to let go of a lock; `cpu`: for another CPU to answer. Null: for nothing. */
  readonly waitsFor: 'spinlock' | 'cpu' | null;
  readonly spin: SpinWait | null;
  /** It took no interrupts, so it could not answer another CPU either; null: not known. */
  readonly isClosed: boolean | null;
  /** Code below it was the kernel's, too: which of them goes round is not certain. */
  readonly isNested: boolean;
  readonly isWhole: boolean;
}

export const kernelLoops = defineFact<readonly StuckCpu[]>({
  id: 'kernel-loops',
  says: 'CPUs that code of the kernel has kept for seconds, and the locks they spin on',
  from: look,
});

/** The soft-lockup watchdog looks every four seconds (2/5 of watchdog_thresh); healthy waits are of milliseconds. */
const STUCK_NS = 5e9;
/** RCU's own limit may be of three seconds. */
const STALLED_NS = 2e9;
/** `task_struct.prio` of nice 0: include/linux/sched/prio.h */
const NICE_0 = 120;
/** Interrupts may come: RFLAGS.IF. */
const IF = 0x200n;

/** kernel/locking (5.10 to 7.2): goes round until another CPU lets a lock go. */
const SPINS =
  /^(?:(?:native_|__pv_)?queued_(?:spin|read|write)_lock_slowpath|_raw_(?:spin|read|write)_lock\w*|pv_wait|kvm_wait|osq_lock|mutex_spin_on_owner|rwsem_spin_on_owner|mcs_spin_lock)$/;
const TAKES = /^_raw_(?:spin|read|write)_lock/;
/** kernel/smp.c, kernel/stop_machine.c, kernel/sched/core.c: goes round until another CPU answers. */
const AWAITS_CPU =
  /^(?:smp_call_function_\w+|csd_lock_wait|__csd_lock_wait|multi_cpu_stop|on_each_cpu\w*|native_flush_tlb_multi|wait_task_inactive)$/;

interface Here {
  readonly fact: CpuFact;
  readonly pid: number;
  readonly stack: Stack;
  readonly frames: readonly FrameFact[];
  readonly segments: readonly Segment[];
}

function look(dump: Dump): Seen<readonly StuckCpu[]> {
  const { nowNs } = seen(dump, clock).value;
  const all = seen(dump, cpus).value;
  const holes = new Holes();
  if (nowNs === null) return { value: [], holes: [] };
  // The stacks are only taken apart where something is stuck.
  const suspicious = all.filter((cpu) => sinceOf(dump, cpu, undefined, nowNs) !== undefined);
  if (suspicious.length === 0) return { value: [], holes: [] };
  const here = all.flatMap((fact) => hereOf(dump, fact));
  const value = here.flatMap((one) => {
    const since = sinceOf(dump, one.fact, one.segments[0]?.registers, nowNs);
    // A CPU that merely idled was held up from outside: by its hypervisor.
    const isIdle = one.fact.mode === 'idle' && one.segments[0]?.context === 'task';
    return since && !isIdle ? [describe(dump, one, since, here)] : [];
  });
  for (const { cpu, isWhole } of value)
    if (!isWhole) holes.add(`the stack of CPU ${cpu}, which is stuck, could not be unwound whole`);
  return { value: value.filter((cpu) => cpu.frames.length > 0), holes: holes.list };
}

interface StuckSince {
  readonly sinceNs: number;
  readonly shownBy: StuckCpu['shownBy'];
}

/** @param registers where known: a CPU whose clock stands still must have been closed to interrupts */
function sinceOf(
  dump: Dump,
  { cpu, mode, since, stopperWaitsSinceNs }: CpuFact,
  registers: Partial<Registers> | undefined,
  nowNs: number,
): StuckSince | undefined {
  if (stopperWaitsSinceNs !== null && nowNs - stopperWaitsSinceNs >= STUCK_NS)
    return { sinceNs: stopperWaitsSinceNs, shownBy: 'stopper' };
  const queue = runQueue(dump, cpu);
  const clockNs = isFault(queue) ? queue : queue.clockNs;
  const isOn = mode === 'kernel' || mode === 'idle';
  if (!isFault(clockNs) && isOn && isClosed(registers) && nowNs - clockNs >= STUCK_NS)
    return { sinceNs: clockNs, shownBy: 'clock' };
  if (mode !== 'kernel') return undefined;
  const sinceNs = turnWaitedSince(dump, cpu) ?? ordinaryWaitSince(dump, cpu, since);
  if (sinceNs !== undefined && nowNs - sinceNs >= STUCK_NS) return { sinceNs, shownBy: 'turn' };
  return seen(dump, trigger).value.detector === 'rcu-stall'
    ? stalling(dump, cpu, nowNs)
    : undefined;
}

/**
 * RCU waits for a CPU that has been in the kernel, for the same task, for long: the tick would have told it otherwise. Or it
 * waits for the task itself, which has read something since before the grace period began.
 */
function stalling(dump: Dump, cpu: number, nowNs: number): StuckSince | undefined {
  const current = seen(dump, tasks).value.find(({ runningOn }) => runningOn === cpu);
  if (!current) return undefined;
  const sinceNs = current.lastArrivalNs;
  if (sinceNs && nowNs - sinceNs >= STALLED_NS && isAwaitedByRcu(dump, cpu))
    return { sinceNs, shownBy: 'rcu' };
  const ageNs = gracePeriodAgeNs(dump);
  const isLong = !isFault(ageNs) && ageNs >= STALLED_NS;
  return isLong && isReaderAwaitedByRcu(dump, virtual(BigInt(current.address)))
    ? { sinceNs: nowNs - ageNs, shownBy: 'reader' }
    : undefined;
}

/**
 * Since when an ordinary task has had a CPU that ordinary threads of the kernel wait for, of no lower weight: the tick would have
 * handed it over at the next return to the program, or the next cond_resched(). kernel/sched/fair.c (5.10 to 7.2)
 */
function turnWaitedSince(dump: Dump, cpu: number): number | undefined {
  const all = seen(dump, tasks).value;
  const current = all.find(({ runningOn }) => runningOn === cpu);
  if (current?.schedClass !== 'fair' || current.isIdle || !current.lastArrivalNs) return undefined;
  const waits = all.flatMap(({ isWaitingForCpu, isKernelThread, schedClass, prio, ...task }) =>
    isWaitingForCpu &&
    task.cpu === cpu &&
    isKernelThread &&
    schedClass === 'fair' &&
    (prio ?? 139) <= NICE_0 &&
    task.lastQueuedNs
      ? [task.lastQueuedNs]
      : [],
  );
  return waits.length === 0 ? undefined : Math.max(current.lastArrivalNs, Math.min(...waits));
}

/** Since when a real-time thread of the kernel, which has no business to be long, has had a CPU that ordinary tasks wait for. */
function ordinaryWaitSince(dump: Dump, cpu: number, since: CpuFact['since']): number | undefined {
  const all = seen(dump, tasks).value;
  const current = all.find(({ runningOn }) => runningOn === cpu);
  const isRealTime = current?.schedClass === 'rt' || current?.schedClass === 'deadline';
  if (!isRealTime || !current.isKernelThread || !since?.toNs) return undefined;
  const waits = all.flatMap(({ isWaitingForCpu, schedClass, lastQueuedNs, cpu: on }) =>
    isWaitingForCpu && on === cpu && schedClass === 'fair' && lastQueuedNs ? [lastQueuedNs] : [],
  );
  return waits.length === 0 ? undefined : Math.max(since.toNs, Math.min(...waits));
}

/** Unknown flags say nothing against it. */
const isClosed = (registers: Partial<Registers> | undefined): boolean =>
  registers?.flags === undefined || (registers.flags & IF) === 0n;

function hereOf(dump: Dump, fact: CpuFact): Here[] {
  const task = currentTask(dump, fact.cpu);
  if (isFault(task) || fact.pid === null) return [];
  const stack = stackOf(task);
  const { frames } = stackFact(dump, task);
  return [{ fact, pid: fact.pid, stack, frames, segments: segmentsOf(stack) }];
}

function describe(dump: Dump, here: Here, since: StuckSince, all: readonly Here[]): StuckCpu {
  const { fact, pid, segments, stack } = here;
  const [segment] = segments;
  const frames = segment
    ? here.frames.slice(segment.from, segment.from + segment.frames.length)
    : [];
  const [innermost] = frames;
  const own = (frame: FrameFact | undefined) => (frame?.module === null && frame.function) || '';
  const waitsFor = frames.slice(0, 3).some((frame) => AWAITS_CPU.test(own(frame)))
    ? 'cpu'
    : SPINS.test(own(innermost))
      ? 'spinlock'
      : null;
  const round =
    segment && waitsFor === null
      ? goingRound(frames, (index) => roundOf(dump, segment.frames[index] as Frame))
      : undefined;
  const idles = fact.mode === 'idle';
  return {
    cpu: fact.cpu,
    pid,
    ...since,
    stopperPid: stopperOf(dump, fact.cpu),
    context: segment?.context ?? 'task',
    frames,
    loop: round?.frame ?? null,
    round: round?.round ?? null,
    inner: round?.inner ?? null,
    waitsFor,
    spin: segment && waitsFor === 'spinlock' ? spinOf(dump, here, segment, all) : null,
    isClosed: segment?.registers?.flags === undefined ? null : isClosed(segment.registers),
    isNested: segments.length > 1 && !idles,
    isWhole: stack.isWhole,
  };
}

function stopperOf(dump: Dump, cpu: number): number | null {
  const queue = runQueue(dump, cpu);
  const task = isFault(queue) ? queue : queue.stopper;
  const pid = isFault(task) ? task : task.pid;
  return isFault(pid) ? null : (seen(dump, tasks).value.find((t) => t.pid === pid)?.pid ?? null);
}

// --- Spinlocks ---

function spinOf(dump: Dump, here: Here, segment: Segment, all: readonly Here[]): SpinWait | null {
  const taking = segment.frames.findLastIndex(({ symbol }) => TAKES.test(baseName(symbol ?? '')));
  const caller = segment.frames[taking < 0 ? 1 : taking + 1];
  const wantedBy = here.frames[segment.from + (taking < 0 ? 1 : taking + 1)] ?? null;
  const found = lockOf(dump, here, segment, caller);
  if (!found) return null;
  const word = spinWord(dump, found.lock);
  const onCpus = all.flatMap((other) => holderOf(dump, other, found.lock, other === here));
  return {
    object: objectAt(dump, 'spinlock_t', found.lock),
    isTaken: !isFault(word) && word.isTaken,
    from: found.from,
    wantedBy,
    holders: onCpus.length > 0 ? onCpus : sleepingHolders(dump, found.lock),
  };
}

function lockOf(
  dump: Dump,
  { fact, stack }: Here,
  { frames, registers }: Segment,
  caller: Frame | undefined,
): { readonly lock: VirtualAddress; readonly from: SpinWait['from'] } | undefined {
  const named = caller && argumentOf(dump, caller);
  if (named !== undefined && isTaken(dump, named)) return { lock: named, from: 'argument' };
  const di = registers?.di;
  const isInnermost = /^(?:native_)?queued_spin_lock_slowpath$/.test(
    baseName(frames[0]?.symbol ?? ''),
  );
  if (di !== undefined && isInnermost && isTaken(dump, virtual(di)))
    return { lock: virtual(di), from: 'register' };
  for (const word of wordsBelow(dump, stack, frames[0], caller)) {
    const state = spinWord(dump, word);
    if (!isFault(state) && state.isTaken && state.lastCpu === fact.cpu)
      return { lock: word, from: 'queue' };
  }
  return undefined;
}

const isTaken = (dump: Dump, at: VirtualAddress): boolean => {
  if (!isKernel(at)) return false;
  const word = spinWord(dump, at);
  return !isFault(word) && word.isTaken;
};

/** Addresses of the kernel's half, a multiple of 4: what a spinlock's can be. */
const isKernel = (word: bigint): boolean => word >> 47n === 0x1ffffn && (word & 3n) === 0n;

/** The longest piece of a stack that is looked through. */
const MOST_STACK = 16 << 10;

/** Kernel addresses that stand on a stack from one frame's place up to another's; all of it above without one. */
function wordsBelow(
  dump: Dump,
  stack: Stack,
  from: Frame | undefined,
  to: Frame | undefined,
): VirtualAddress[] {
  const range = from && stack.ranges.find(({ low, high }) => from.sp >= low && from.sp < high);
  if (!from || !range) return [];
  const high = to && to.sp > from.sp && to.sp < range.high ? to.sp : range.high;
  const start = virtual(from.sp & ~7n);
  const bytes = dump.memory.read(start, Math.min(Number(high - start), MOST_STACK));
  if (isFault(bytes)) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const words = new Set<bigint>();
  for (let at = 0; at + 8 <= bytes.length; at += 8) words.add(view.getBigUint64(at, true));
  return [...words].filter(isKernel).map(virtual);
}

/** @param isSpinner the CPU that wants the lock: it may hold it, too, and then waits for itself */
function holderOf(
  dump: Dump,
  { fact, pid, frames, segments, stack }: Here,
  lock: VirtualAddress,
  isSpinner: boolean,
): SpinHolder[] {
  for (const segment of segments)
    for (const [i, frame] of segment.frames.entries()) {
      const taking = takenAt(dump, frame, lock);
      if (!taking) continue;
      const took = frames[segment.from + i] ?? null;
      return [{ cpu: fact.cpu, pid, from: 'code', function: took, taking }];
    }
  // Whoever wants it has its address, too.
  const [segment] = segments;
  if (isSpinner || !segment || fact.mode !== 'kernel') return [];
  const saved = Object.values(segment.registers ?? {});
  const has =
    saved.includes(lock) || wordsBelow(dump, stack, segment.frames[0], undefined).includes(lock);
  return has ? [{ cpu: fact.cpu, pid, from: 'word', function: null, taking: null }] : [];
}

/** More stacks than are worth it: whoever sleeps with a spinlock held did so when the spinning began. */
const MOST_SLEEPERS = 512;

/** Tasks that fell asleep in code that had taken a lock and not given it back. */
function sleepingHolders(dump: Dump, lock: VirtualAddress): SpinHolder[] {
  const asleep = seen(dump, tasks)
    .value.filter((task) => task.runningOn === null && !task.isIdle)
    .sort((a, b) => (b.lastArrivalNs ?? 0) - (a.lastArrivalNs ?? 0));
  for (const { address, pid } of asleep.slice(0, MOST_SLEEPERS)) {
    const task = new Task(dump, virtual(BigInt(address)));
    const stack = stackOf(task);
    for (const [i, frame] of stack.frames.entries()) {
      const taking = takenAt(dump, frame, lock);
      const took = taking && stackFact(dump, task).frames[i];
      if (took) return [{ cpu: null, pid, from: 'code', function: took, taking }];
    }
  }
  return [];
}
