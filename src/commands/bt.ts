// `bt`: the kernel stacks of tasks.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { isOn, taskStack } from '../kernel/cpu-stacks.ts';
import { currentTask, onlineCpus } from '../kernel/cpus.ts';
import { panicTask } from '../kernel/panic.ts';
import { threadsOf } from '../kernel/signal.ts';
import type { Task } from '../kernel/task.ts';
import { hex16 } from '../print/hex.ts';
import type { Dump } from '../types/dump.ts';
import { btCpuStacks, btTask, type Wanted } from './bt/collect.ts';
import { cpusNamed } from './bt/cpus.ts';
import type { BtData } from './bt/data.ts';
import { isIdleOnCpu } from './bt/idle.ts';
import { cpuStackLines, type Layout, taskLines } from './bt/layout.ts';
import { overflowed } from './bt/overflow.ts';
import { refersTo } from './bt/reference.ts';
import { CommandError, type Context, defineCommand, type Options } from './kit/define.ts';
import { contextTask, everyTask, selectTasks } from './kit/select.ts';

export type { BtData } from './bt/data.ts';

const options = {
  a: { type: 'boolean', help: 'the task that each CPU was executing' },
  c: { type: 'string', value: 'CPUS', help: 'the same of these CPUs: 0,2-5' },
  p: { type: 'boolean', help: 'the task that panicked' },
  g: { type: 'boolean', help: 'all threads of the process, the leader first' },
  n: { type: 'string', value: 'idle', help: 'of CPUs that only idled, the first line' },
  s: { type: 'boolean', help: 'each function with the offset into it' },
  x: { type: 'boolean', help: 'with -s: offsets in hexadecimal' },
  d: { type: 'boolean', help: 'with -s: offsets in decimal' },
  l: { type: 'boolean', help: 'source lines: needs debug information, which a dump does not hold' },
  f: { type: 'boolean', help: 'below each frame its words' },
  F: {
    type: 'boolean',
    multiple: true,
    help: 'as -f, with symbols and slab caches in place of addresses; -F -F: with the address of the object',
  },
  t: {
    type: 'boolean',
    help: 'no unwinding: every word from the first frame on that points into code',
  },
  T: { type: 'boolean', help: 'the same from the lowest address of the stack' },
  r: { type: 'boolean', help: 'the whole stack as words' },
  e: { type: 'boolean', help: 'saved registers that lie anywhere on the stack' },
  E: { type: 'boolean', help: "the same of the CPUs' IRQ and exception stacks" },
  v: { type: 'boolean', help: 'only tasks whose stack overflowed' },
  R: {
    type: 'string',
    value: 'REF',
    help: 'only tasks with this function or address in their frames',
  },
  I: { type: 'string', value: 'IP', help: 'with -S: the instruction pointer to begin at' },
  S: { type: 'string', value: 'SP', help: 'the stack pointer to begin at' },
} as const;

type BtOptions = Options<typeof options>;

export default defineCommand({
  name: 'bt',
  summary: 'kernel stacks: which function was called by which',
  operands: '[PID | TASK]…',
  options,
  details: [
    'Without an argument the current task: the one that panicked, or what `set` chose. Each frame has the place of its return address on the stack, the function, and the address it goes on at.',
    'A frame marked (guessed) is only a word on the stack that can be a return address: the kernel’s own tables did not lead to it. User mode lies below the last frame where a block of registers with CS 0033 ends a stack.',
  ],
  examples: [
    ['bt', 'the task that panicked'],
    ['bt -a', 'what every CPU was doing'],
    ['bt -s -x 1', 'process 1, with the offset into each function'],
    ['bt -f 1', 'its stack words, frame by frame'],
    ['bt -t 1', 'everything on its stack that points into code'],
  ],

  run(context, options, operands): BtData {
    const { dump } = context;
    if (options.n !== undefined && options.n !== 'idle')
      throw new CommandError(
        'usage',
        'bt: -n option not supported or applicable on this architecture or kernel',
      );
    refuseOnLive(dump, options);
    if (options.v) return everyTask(context).flatMap((task) => overflowed(task) ?? []);
    if (options.E)
      return cpusOf(context, options).flatMap((cpu) => {
        const task = currentTask(dump, cpu);
        return isFault(task) ? [] : [btCpuStacks(task, cpu)];
      });
    if (options.l)
      context.warn(
        'bt: source lines need the debug information of this very kernel; a dump does not hold it',
      );
    const wanted = wantedOf(options);
    const answers = tasksOf(context, options, operands).map((task) => {
      if (options.n && isIdleOnCpu(task)) return { ...btTask(task, {}), frames: [], idle: true };
      return btTask(task, { ...wanted, from: startOf(options, task) });
    });
    return options.R ? answers.filter(refersTo(dump, options.R)) : answers;
  },

  *render(data, options) {
    if (options.v && data.length === 0) return yield 'No stack overflows detected';
    if (options.E) return yield* cpuStackLines(data);
    const layout = layoutOf(options);
    for (const [i, task] of data.entries()) {
      if (i > 0 && !options.R) yield '';
      yield* taskLines(task, layout);
      if (options.R) yield '';
      for (const line of task.overflow ?? []) yield `possible stack overflow: ${line}`;
    }
  },
});

/** What needs the registers of CPUs, or a panic. @throws CommandError on a running machine */
function refuseOnLive({ source }: Dump, options: BtOptions): void {
  if (!source.isLive) return;
  const option = (['a', 'c', 'p'] as const).find((name) => options[name] !== undefined);
  if (option)
    throw new CommandError(
      'unsupported',
      `bt: -${option} option not supported on a live system or live dump`,
    );
}

function wantedOf(options: BtOptions): Wanted {
  const asSymbols = options.F !== undefined;
  return {
    words: options.f || asSymbols ? { symbols: asSymbols, caches: asSymbols } : undefined,
    text: options.T ? 'from-base' : options.t ? 'from-frame' : undefined,
    memory: options.r ?? false,
    exceptions: options.e ?? false,
  };
}

const layoutOf = (options: BtOptions): Layout => ({
  offsets: options.s ? (options.x && !options.d ? 16 : 10) : undefined,
  cacheAddresses: (options.F?.length ?? 0) > 1,
  symbols: options.F !== undefined || options.r === true,
});

function tasksOf(
  context: Context,
  options: BtOptions,
  operands: readonly string[],
): readonly Task[] {
  if (options.a || options.c !== undefined) return activeTasks(context, options);
  if (options.p) {
    const task = panicTask(context.dump);
    if (!task) throw new CommandError('unreadable', 'bt: no panic task found!');
    return [task];
  }
  const tasks = operands.length === 0 ? [contextTask(context, 'bt')] : named(context, operands);
  return options.g ? tasks.flatMap(groupOf) : tasks;
}

const cpusOf = ({ dump }: Context, { c }: BtOptions): readonly number[] =>
  c === undefined ? onlineCpus(dump) : cpusNamed(dump, 'bt', c);

function activeTasks(context: Context, options: BtOptions): readonly Task[] {
  return cpusOf(context, options).flatMap((cpu) => {
    const task = currentTask(context.dump, cpu);
    if (!isFault(task)) return [task];
    context.warn(`bt: cannot determine active task on cpu ${cpu}: ${task.explain()}`);
    return [];
  });
}

/** What is wrong among several arguments is said, and the others answered. */
function named(context: Context, operands: readonly string[]): readonly Task[] {
  const wrong: CommandError[] = [];
  const tasks = operands.flatMap((word) => {
    try {
      return selectTasks(context, 'bt', [word]);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      wrong.push(error);
      return [];
    }
  });
  const [first] = wrong;
  if (first && tasks.length === 0) throw first;
  for (const { message } of wrong) context.warn(message);
  return tasks;
}

function groupOf(task: Task): readonly Task[] {
  const { leader } = task;
  const threads = [...threadsOf(task)];
  const known = threads.length > 0 ? threads : [task];
  if (isFault(leader)) return known;
  return [leader, ...known.filter((thread) => thread.address !== leader.address)];
}

/** `-I`, `-S`: where to begin instead. @throws CommandError when that is no address of the task's stack */
function startOf({ I: ip, S: sp }: BtOptions, task: Task): Wanted['from'] {
  if (sp === undefined) return undefined;
  const at = addressOf('S', sp);
  const own = taskStack(task);
  if (own && !isFault(own) && !isOn(own, at) && task.isIdle !== true)
    throw new CommandError(
      'usage',
      `bt: non-process stack address for this task: ${hex16(at)}\n    (valid range: ${hex16(own.low)} - ${hex16(own.high)})`,
    );
  return { sp: at, ip: ip === undefined ? undefined : addressOf('I', ip) };
}

function addressOf(option: string, word: string): VirtualAddress {
  const digits = /^(?:0x)?([0-9a-f]{1,16})$/i.exec(word)?.[1];
  if (digits === undefined)
    throw new CommandError('usage', `bt: -${option}: not an address: ${word}`);
  return virtual(BigInt(`0x${digits}`));
}
