// `ps`: the tasks.
import { onlineCpus } from '../kernel/cpus.ts';
import type { Task } from '../kernel/task.ts';
import { CommandError, type Context, defineCommand, type Options } from './kit/define.ts';
import { everyTask } from './kit/select.ts';
import { commandLines, type PsArguments, renderArguments } from './ps/arguments.ts';
import { byLastRun, lastRun, type PsLastRun, renderLastRun } from './ps/last-run.ts';
import { limits, type PsLimits, renderLimits } from './ps/limits.ts';
import {
  children,
  type PsChildren,
  type PsParents,
  type PsThreads,
  parents,
  renderChildren,
  renderParents,
  renderThreads,
  threads,
} from './ps/relatives.ts';
import { cpusNamed, type Question, selected } from './ps/select.ts';
import { type PsStates, renderStates, states } from './ps/states.ts';
import { type PsTask, psRows, renderTable, runningNow } from './ps/table.ts';
import { type PsTimes, renderTimes, times } from './ps/times.ts';

/** A list of tasks; with -t -l -m -p -c -g -a -r -S what that option shows. */
export type PsData =
  | PsTask[]
  | PsTimes
  | PsLastRun
  | PsParents
  | PsChildren
  | PsThreads
  | PsArguments
  | PsLimits
  | PsStates;

const options = {
  k: { type: 'boolean', help: 'only kernel threads' },
  u: { type: 'boolean', help: 'only user tasks' },
  G: { type: 'boolean', help: 'only the first thread of each process' },
  I: { type: 'boolean', help: 'without the idle tasks' },
  y: {
    type: 'string',
    value: 'POLICY,…',
    help: 'only tasks of these scheduling policies, by number or name: NORMAL FIFO RR BATCH ISO IDLE DEADLINE EXT',
  },
  s: { type: 'boolean', help: 'the kernel stack pointer in the place of the task' },
  Y: { type: 'boolean', help: 'scheduling policy and priority' },
  A: { type: 'boolean', help: 'only what each CPU was executing' },
  t: { type: 'boolean', help: 'run time, start time, user and system time' },
  l: { type: 'boolean', help: 'when each task last got a CPU (ns), the newest first' },
  m: { type: 'boolean', help: 'how long ago that was: days, hours, minutes, seconds' },
  C: { type: 'string', value: 'CPU,…', help: 'with -l or -m: in blocks for these CPUs, or `all`' },
  p: { type: 'boolean', help: 'the ancestors' },
  c: { type: 'boolean', help: 'the children' },
  g: { type: 'boolean', help: 'the threads, by process' },
  a: { type: 'boolean', help: 'arguments and environment; user memory must be in the dump' },
  r: { type: 'boolean', help: 'resource limits' },
  S: { type: 'boolean', help: 'how many tasks are in which state' },
  H: { type: 'boolean', help: 'without the header' },
} as const;

type PsOptions = Options<typeof options>;

/** Options each of which asks for an answer of its own. */
const EXCLUSIVE = ['a', 't', 'c', 'p', 'g', 'l', 'm', 'S', 'r', 'A', 'Y'] as const;

export default defineCommand({
  name: 'ps',
  summary: 'the tasks: state, memory, scheduling, ancestry',
  operands: "[PID | TASK | COMMAND | 'EXPRESSION']…",
  options,
  details: [
    'Columns: PID, PPID, the CPU it runs or last ran on, address of the task_struct, state (RU IN UN ID ST TR ZO DE PA WA NE), share of the memory, virtual and resident size in KiB, command; kernel threads in brackets. `>`: a CPU was executing it.',
    "A COMMAND of digits only needs a backslash before it: \\123. An EXPRESSION in single quotes is a POSIX extended one: 'kworker/1.*'.",
  ],
  examples: [
    ['ps', 'every task'],
    ['ps -m', 'who has been waiting for a CPU, or asleep, for how long'],
    ['ps -y FIFO,RR', 'the real-time tasks'],
    ['ps -t 1', 'since when init runs, and what it used'],
    ["ps 'kworker.*'", 'tasks by their names'],
    ['ps -A', 'what each CPU was executing'],
  ],

  run(context, given, words): PsData {
    check(given, words);
    const cpus = given.C === undefined ? undefined : cpusNamed(given.C, onlineCpus(context.dump));
    const all = everyTask(context);
    const tasks = selected(context, all, question(given, words));
    const asked = words.length > 0;
    if (given.t) return times(context, tasks, !asked);
    if (given.l || given.m) return lastRun(context, byLastRun(tasks), cpus);
    if (given.p) return parents(context, tasks);
    if (given.c) return children(context, tasks, all);
    if (given.g) return threads(tasks, all, asked);
    if (given.a) return commandLines(context, tasks);
    if (given.r) return limits(context, tasks);
    if (given.S) return states(context, tasks);
    const shown = given.A && !asked ? executing(context, tasks) : tasks;
    return psRows(context, shown, given.s ?? false);
  },

  *render(data, given) {
    if (Array.isArray(data)) {
      const { H = false, s = false, Y = false } = given;
      yield* renderTable(data, { header: !H, stack: s, policy: Y });
    } else if (data.show === 'times') yield* renderTimes(data);
    else if (data.show === 'last-run') yield* renderLastRun(data, given.m ?? false);
    else if (data.show === 'parents') yield* renderParents(data);
    else if (data.show === 'children') yield* renderChildren(data);
    else if (data.show === 'threads') yield* renderThreads(data);
    else if (data.show === 'arguments') yield* renderArguments(data);
    else if (data.show === 'limits') yield* renderLimits(data);
    else yield* renderStates(data);
  },
});

function check(given: PsOptions, words: readonly string[]): void {
  const wrong = (text: string) => new CommandError('usage', `ps: ${text}`);
  if (given.k && given.u) throw wrong('-u and -k are mutually exclusive');
  if (EXCLUSIVE.filter((letter) => given[letter]).length > 1)
    throw wrong('-a, -t, -c, -p, -g, -l, -m, -S, -r and -A flags are all mutually-exclusive');
  if (given.C !== undefined && !given.l && !given.m)
    throw wrong('-C option is only applicable with -l and -m');
  if (given.C !== undefined && words.length > 0)
    throw wrong('-C option is not applicable with specified tasks');
  if (given.S && words.length > 0) throw wrong('-S option takes no arguments');
  if (given.S && (given.u || given.k || given.G || given.I))
    throw wrong('-S option cannot be used with other options');
  if (given.G && (given.l || given.m))
    throw wrong(`-G not supported with -${given.l ? 'l' : 'm'} option`);
}

const question = (given: PsOptions, words: readonly string[]): Question => ({
  words,
  onlyKernel: given.k ?? false,
  onlyUser: given.u ?? false,
  withoutIdle: given.I ?? false,
  onlyLeaders: given.G ?? false,
  byProcess: (given.G ?? false) || (given.g ?? false),
  policies: given.y,
});

function executing(context: Context, tasks: readonly Task[]): Task[] {
  const running = runningNow(context);
  return tasks.filter((task) => running.has(task.address));
}
