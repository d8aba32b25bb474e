// `runq`: what runs on each CPU, and what waits for it.
import { onlineCpus, possibleCpus } from '../kernel/cpus.ts';
import { CommandError, type Context, defineCommand } from './kit/define.ts';
import { misused } from './kit/usage.ts';
import { type RunqCpu, readCpu } from './runq/cpu.ts';
import { groupLines } from './runq/groups.ts';
import { clockLines, lagLines, queueLines, sinceLines } from './runq/lines.ts';

/** One entry a CPU. The options change the text only. */
export type RunqData = readonly RunqCpu[];

const runq = defineCommand({
  name: 'runq',
  summary: 'what runs on each CPU, and what waits for it, by scheduling class',
  options: {
    m: { type: 'boolean', help: 'for how long each CPU has been executing its task' },
    t: { type: 'boolean', help: "each run queue's clock, and when its task got the CPU (ns)" },
    T: { type: 'boolean', help: 'how far each clock lags behind the newest' },
    g: { type: 'boolean', help: 'fair tasks below the task groups they belong to' },
    c: { type: 'string', value: 'CPUS', help: 'these CPUs only: 3, 0-3,8 or a(ll)' },
  },
  details: [
    'A number in brackets is the priority: 0 to 99 real-time, 100 to 139 normal; lower runs first.',
    'A stopper (migration/N) that waits, deadline tasks and those of sched_ext are listed only where there are any.',
  ],
  examples: [
    ['runq', 'what runs and waits, by CPU'],
    ['runq -m', 'since when each CPU has not switched'],
    ['runq -g', 'by task group'],
  ],

  run(context, options, operands): RunqData {
    if (operands.length > 0) throw misused(runq);
    const queues = onlineCpus(context.dump);
    const cpus = options.c === undefined ? queues : chosen(context, options.c);
    return cpus.filter((cpu) => queues.includes(cpu)).map((cpu) => readCpu(context, cpu));
  },

  *render(cpus, options) {
    // As in crash, the first of these that was asked for wins.
    if (options.t) yield* clockLines(cpus);
    else if (options.T) yield* lagLines(cpus);
    else if (options.m) yield* sinceLines(cpus);
    else if (options.g) yield* groupLines(cpus);
    else yield* queueLines(cpus);
  },
});

export default runq;

/** `0-3,8`, `a`, `all`. @throws CommandError `runq: invalid cpu specification: X` */
function chosen({ dump }: Context, words: string): number[] {
  const known = possibleCpus(dump);
  const cpus = new Set<number>();
  for (const part of words.split(',')) {
    if (part === 'a' || part === 'all') for (const cpu of known) cpus.add(cpu);
    const range = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
    const first = Number(range?.[1]);
    const last = Number(range?.[2] ?? first);
    const isValid = range && first <= last && known.includes(first) && known.includes(last);
    if (!isValid && part !== 'a' && part !== 'all')
      throw new CommandError('not-found', `runq: invalid cpu specification: ${words}`);
    for (const cpu of known) if (cpu >= first && cpu <= last) cpus.add(cpu);
  }
  return [...cpus].sort((a, b) => a - b);
}
