// From a task to what `bt` says of it.
import { type VirtualAddress, virtual } from '../../bytes/address.ts';
import { isFault } from '../../bytes/fault.ts';
import { cpuStacks, isOn, type StackRange, taskStack } from '../../kernel/cpu-stacks.ts';
import type { Task } from '../../kernel/task.ts';
import { hex } from '../../print/hex.ts';
import { type Frame, hasNoStack, type Stack, type Start, stackOf } from '../../stacks/stack.ts';
import { Text } from '../../stacks/text.ts';
import type { Dump } from '../../types/dump.ts';
import { taskId } from '../kit/task-line.ts';
import type { BtFoundException, BtFrame, BtTask, BtTextStack } from './data.ts';
import { exceptionsOn } from './exceptions.ts';
import { exceptionData, registersData } from './registers.ts';
import { type Meanings, textWords, wordsBetween } from './words.ts';

/** What is to be said beside the frames. */
export interface Wanted {
  readonly from?: Start | undefined;
  /** -f and -F: the words of each frame. */
  readonly words?: Meanings | undefined;
  /** -t: from the first frame's slot; -T: from the stack's lowest address. */
  readonly text?: 'from-frame' | 'from-base' | undefined;
  readonly memory?: boolean;
  readonly exceptions?: boolean;
}

export function btTask(task: Task, wanted: Wanted): BtTask {
  const { dump } = task;
  const stack = stackOf(task, wanted.from ? { from: wanted.from } : {});
  const text = Text.of(dump);
  const frames = stack.frames.map((frame) => frameData(text, frame));
  const { words } = wanted;
  if (words)
    for (const [i, data] of frames.entries()) {
      const span = frameSpan(stack.frames, i);
      if (span) data.words = wordsBetween(dump, ...span, words);
    }
  const [own] = stack.ranges;
  return {
    ...identity(task),
    frames,
    ...endOf(stack, frames),
    ...(isActive(stack, dump) ? { active: true } : {}),
    ...(wanted.text && own ? { text: allText(task, stack, wanted.text) } : {}),
    ...(wanted.memory && own
      ? { memory: wordsBetween(dump, own.low, own.high, { symbols: true, caches: false }) }
      : {}),
    ...(wanted.exceptions && own
      ? {
          exceptions: exceptionsOn(dump, own, stack.ranges).map((e) => ({
            stack: 'task',
            exception: e,
          })),
        }
      : {}),
  };
}

const isActive = ({ runningOn, frames }: Stack, { source }: Dump): boolean =>
  source.isLive === true && runningOn !== undefined && frames.length === 0;

/** Who it is, and no frames: what an option that prints none begins with. */
export const identity = (task: Task): Pick<BtTask, 'pid' | 'comm' | 'cpu' | 'task'> => {
  const { pid, comm, cpu, task: address } = taskId(task);
  return { pid, comm, cpu, task: address };
};

/** The IRQ and exception stacks of a CPU, each looked through for saved registers: `bt -E`. */
export function btCpuStacks(task: Task, cpu: number): BtTask {
  const { dump } = task;
  const own = taskStack(task);
  // The VC stacks are only there in encrypted guests; the trampoline stack never holds more than it passes on.
  const stacks = cpuStacks(dump, cpu).filter(
    (stack) => stack.name !== 'entry' && !isFault(dump.memory.translate(virtual(stack.high - 8n))),
  );
  const all = own && !isFault(own) ? [own, ...stacks] : stacks;
  const exceptions: BtFoundException[] = stacks.flatMap((stack) =>
    exceptionsOn(dump, stack, all).map((exception) => ({ stack: stack.name, exception })),
  );
  const scanned = stacks.map((stack) => stack.name);
  return { ...identity(task), cpu, ...NO_FRAMES, scanned, exceptions };
}

export const NO_FRAMES = {
  frames: [] as BtFrame[],
  end: 'unknown',
  endReason: null,
  isWhole: false,
  hasStack: true,
  userRegisters: null,
} as const satisfies Partial<BtTask>;

/** The same few addresses stand on thousands of stacks: their texts are made once. */
const pcTexts = new WeakMap<Text, Map<VirtualAddress, string>>();

function pcText(text: Text, pc: VirtualAddress): string {
  let known = pcTexts.get(text);
  if (!known) {
    known = new Map();
    pcTexts.set(text, known);
  }
  let found = known.get(pc);
  if (found === undefined) {
    found = hex(pc);
    known.set(pc, found);
  }
  return found;
}

function frameData(text: Text, frame: Frame): BtFrame {
  return {
    index: frame.index,
    sp: hex(frame.sp),
    pc: pcText(text, frame.pc),
    symbol: frame.symbol ?? null,
    offset: frame.offset ?? null,
    module: frame.module ?? null,
    stack: frame.stack,
    certainty: frame.certainty,
    interrupted: frame.is === 'interrupted',
    exception: frame.exception ? exceptionData(text, frame.exception, frame.symbol) : null,
    file: null,
    line: null,
    inlined: false,
  };
}

function endOf(
  stack: Stack,
  frames: readonly BtFrame[],
): Pick<BtTask, 'end' | 'endReason' | 'isWhole' | 'hasStack' | 'userRegisters'> {
  const { end, isWhole, userRegisters } = stack;
  return {
    end: end.at === 'user' ? 'user' : end.at === 'end' ? 'kernel' : 'unknown',
    endReason: end.at === 'nowhere' ? end.reason : null,
    isWhole,
    hasStack: !hasNoStack(stack),
    userRegisters:
      userRegisters === undefined
        ? null
        : (frames.at(-1)?.exception?.registers ?? registersData(userRegisters.registers)),
  };
}

/**
 * The words that crash shows below a frame: from behind its own slot up to the slot of the next one on the
 * same stack, that one included.
 */
function frameSpan(
  frames: readonly Frame[],
  index: number,
): [from: bigint, to: bigint] | undefined {
  const frame = frames[index] as Frame;
  const next = frames.slice(index + 1).find((other) => !isSkipped(frames, other));
  if (isSkipped(frames, frame) || next?.stack !== frame.stack) return undefined;
  return [frame.sp + 8n, next.sp + 8n];
}

/** An interrupted function is no line of its own in crash's text unless another stack begins with it. */
const isSkipped = (frames: readonly Frame[], frame: Frame): boolean =>
  frame.is === 'interrupted' && frames[frame.index - 1]?.stack === frame.stack;

/** Text addresses of every stack that the frames go through, each from where the frames enter it. */
function allText(task: Task, stack: Stack, how: 'from-frame' | 'from-base'): BtTextStack[] {
  const { dump } = task;
  const [own] = stack.ranges as readonly [StackRange];
  if (how === 'from-base') return [{ stack: own.name, words: textWords(dump, own, own.low) }];
  const spans = new Map<StackRange, { from: bigint; to: bigint }>();
  for (const frame of stack.frames) {
    const range = stack.ranges.find((candidate) => isOn(candidate, frame.sp));
    if (!range) continue;
    const span = spans.get(range) ?? { from: frame.sp, to: range.high };
    // What lies above the saved registers of an exception stack is of other times.
    if (range !== own && frame.exception) span.to = frame.exception.address;
    spans.set(range, span);
  }
  if (spans.size === 0) spans.set(own, { from: own.low, to: own.high });
  return Array.from(spans, ([range, { from, to }]) => ({
    stack: range.name,
    words: textWords(dump, { ...range, high: virtual(to) }, from),
  }));
}
