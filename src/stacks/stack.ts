// A task's kernel stack as frames, each saying how it was found.
import type { Registers } from '../arch/x86_64/registers.ts';
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { cpuRegisters } from '../kernel/cpu-registers.ts';
import { cpuStacks, type StackName, type StackRange, taskStack } from '../kernel/cpu-stacks.ts';
import { runningTasks } from '../kernel/cpus.ts';
import type { Task } from '../kernel/task.ts';
import type { Dump } from '../types/dump.ts';
import { fromRest } from './after-note.ts';
import { FramePointerUnwinder } from './frame-pointer.ts';
import type { Stacks } from './memory.ts';
import { Orc } from './orc.ts';
import { OrcUnwinder } from './orc-unwinder.ts';
import { guessFrom, guessSwitch } from './scan.ts';
import { fromRegisters, fromSwitch } from './start.ts';
import type { Certainty, ExceptionFrame, FrameKind, State, Unwinder } from './state.ts';
import { Text } from './text.ts';
import { isWhole, type Trace, type TraceEnd, trace } from './trace.ts';

export type { Certainty, ExceptionFrame, FrameKind } from './state.ts';
export type { TraceEnd } from './trace.ts';

/** A function that had not returned yet. */
export interface Frame {
  /** From 0, the innermost. */
  readonly index: number;
  /** Where the pc was read from: the return address's slot; the stack pointer where pc came from registers. */
  readonly sp: VirtualAddress;
  /** Where the function goes on. */
  readonly pc: VirtualAddress;
  /** The function, or undefined where no symbol covers the pc. */
  readonly symbol: string | undefined;
  /** Bytes from the function's start to pc. */
  readonly offset: number | undefined;
  /** Undefined: the kernel proper, or unknown. */
  readonly module: string | undefined;
  readonly stack: StackName;
  readonly certainty: Certainty;
  readonly is: FrameKind;
  /** The registers that this frame, entry code, had saved when it broke into what lies above it. */
  readonly exception: ExceptionFrame | undefined;
}

/** The frames of a task, and how far they could be followed. */
export interface Stack {
  /** The innermost first. */
  readonly frames: readonly Frame[];
  /** Where they stop, and why. */
  readonly end: TraceEnd;
  /** Whether every frame is certain and the trace came to its end: only then does absence mean anything. */
  readonly isWhole: boolean;
  /** The registers of the user program below it all, where the task has one and they are there. */
  readonly userRegisters: ExceptionFrame | undefined;
  /** The stacks that it may touch, the task's own first. */
  readonly ranges: readonly StackRange[];
  /** The CPU that was executing the task; undefined when it was not running. */
  readonly runningOn: number | undefined;
}

/** Where a trace is to begin instead of where the task stands: `bt -I … -S …`. */
export interface Start {
  readonly ip?: VirtualAddress | undefined;
  readonly sp: VirtualAddress;
}

/**
 * The frames of a task. Never throws; what stopped it stands in `end`.
 *
 * @example
 * ```js
 * const { frames, isWhole } = stackOf(panicTask(dump));
 * console.log(frames[2].symbol, frames[2].certainty, isWhole); // panic certain true
 * ```
 */
export function stackOf(task: Task, options: { readonly from?: Start } = {}): Stack {
  const { dump } = task;
  const runningOn = runningTasks(dump).get(task.address);
  const own = taskStack(task);
  if (own === undefined || isFault(own)) {
    const reason = own ? `the task's stack is not known: ${own.explain()}` : 'no stack';
    return empty(reason, runningOn);
  }
  if (runningOn !== undefined && dump.source.isLive && !options.from)
    return { ...empty(`CPU ${runningOn} executes it now`, runningOn), ranges: [own] };
  const ranges = runningOn === undefined ? [own] : [own, ...cpuStacks(dump, runningOn)];
  const stacks: Stacks = { dump, ranges, task: task.address };
  const unwinder = unwinderOf(stacks);
  const traced = options.from
    ? fromGiven(unwinder, stacks, options.from)
    : runningOn === undefined
      ? ofSleeper(unwinder, stacks, task)
      : ofRunner(unwinder, stacks, runningOn);
  return { ...describe(dump, traced), ranges, runningOn };
}

/** The kernel stack was given back, or never was: a zombie. */
export const hasNoStack = (stack: Stack): boolean => stack.ranges.length === 0;

function empty(reason: string, runningOn: number | undefined): Stack {
  const end = { at: 'nowhere', reason } as const;
  return { frames: [], end, isWhole: false, userRegisters: undefined, ranges: [], runningOn };
}

const unwinderOf = (stacks: Stacks): Unwinder => {
  const orc = Orc.of(stacks.dump);
  return orc ? new OrcUnwinder(orc, stacks) : new FramePointerUnwinder(stacks);
};

const failed = (reason: string): Trace => ({
  states: [],
  exceptions: new Map(),
  end: { at: 'nowhere', reason },
});

function fromGiven(unwinder: Unwinder, stacks: Stacks, { ip, sp }: Start): Trace {
  const stack = stacks.ranges.find((range) => sp >= range.low && sp < range.high);
  if (!stack) return failed(`${sp.toString(16)} is on no stack of this task or its CPU`);
  if (ip === undefined)
    return guessFrom(unwinder, stacks, stack, sp) ?? failed('no return address is found there');
  // A frame's place as `bt` prints it is where its return address lies; then the frame begins above it.
  const isSlot = stacks.dump.memory.u64(sp) === ip;
  const state: State = {
    pc: ip,
    sp: isSlot ? virtual(sp + 8n) : sp,
    bp: undefined,
    slot: sp,
    is: isSlot ? 'return' : 'first',
    registers: undefined,
    stack,
    certainty: 'certain',
  };
  return withGuesses(unwinder, stacks, trace(unwinder, state));
}

function ofSleeper(unwinder: Unwinder, stacks: Stacks, task: Task): Trace {
  const state = fromSwitch(stacks, task);
  if (typeof state !== 'string') return withGuesses(unwinder, stacks, trace(unwinder, state));
  return guessSwitch(unwinder, stacks) ?? failed(state);
}

function ofRunner(unwinder: Unwinder, stacks: Stacks, cpu: number): Trace {
  const known = cpuRegisters(stacks.dump).get(cpu);
  if (!known) {
    const [own] = stacks.ranges;
    const reason = `the registers of CPU ${cpu} are not in the dump`;
    return (own && guessFrom(unwinder, stacks, own, own.low)) ?? failed(reason);
  }
  const { registers } = known;
  const rested = known.from === 'kernel' ? fromRest(unwinder, stacks, registers) : undefined;
  if (rested) return withGuesses(unwinder, stacks, rested);
  if ((registers.cs & 3n) === 3n) return inUser(registers);
  const state = fromRegisters(stacks, registers);
  if (state) return withGuesses(unwinder, stacks, trace(unwinder, state));
  return failed(`CPU ${cpu} had its stack pointer ${registers.sp.toString(16)} on no known stack`);
}

/** The CPU was executing the program itself: nothing on the kernel's stacks is live. */
function inUser(registers: Registers): Trace {
  const exception: ExceptionFrame = { address: virtual(0n), registers, isUser: true };
  return { states: [], exceptions: new Map(), end: { at: 'user', exception } };
}

/** Goes on by guessing where the rules end too early. */
function withGuesses(unwinder: Unwinder, stacks: Stacks, traced: Trace): Trace {
  const last = traced.states.at(-1);
  if (isWhole(traced) || !last) return traced;
  const rest = guessFrom(unwinder, stacks, last.stack, last.sp);
  if (!rest) return traced;
  const shift = traced.states.length;
  const exceptions = new Map(traced.exceptions);
  for (const [index, exception] of rest.exceptions) exceptions.set(shift + index, exception);
  return { states: [...traced.states, ...rest.states], exceptions, end: rest.end };
}

function describe(
  dump: Dump,
  traced: Trace,
): Pick<Stack, 'frames' | 'end' | 'isWhole' | 'userRegisters'> {
  const text = Text.of(dump);
  const frames = traced.states.map((state, index): Frame => {
    const isReturn = state.is === 'return' || (state.is === 'first' && !state.registers);
    const place = isReturn ? text.atReturn(state.pc) : text.at(state.pc);
    return {
      index,
      sp: state.slot,
      pc: state.pc,
      symbol: place.symbol,
      offset: place.offset,
      module: place.module,
      stack: state.stack.name,
      certainty: state.certainty,
      is: state.is,
      exception: traced.exceptions.get(index),
    };
  });
  const { end } = traced;
  return {
    frames,
    end,
    isWhole: isWhole(traced) && frames.every((frame) => frame.certainty === 'certain'),
    userRegisters: end.at === 'user' ? end.exception : undefined,
  };
}
