// Which processes are worth a look: by state × CPU, how long they have slept so that no signal wakes them, and how long they
// were ready without a CPU.
import { numbersIn, textOf } from './process/proc.ts';
import { execStartMs, parseSchedStat, parseStat, type Stat, TICK_MS } from './process/stat.ts';

export interface WorthALook {
  readonly pid: number;
  readonly comm: string;
  readonly state: string;
  /** CPU time of all its threads, of one CPU: 0 to the number of CPUs. */
  readonly cpuShare: number;
  /** Of the time since the last look, how long its main thread was ready and had no CPU. */
  readonly delayShare: number;
  /** How long it has slept so that no signal wakes it; null: it does not, or not known. */
  readonly uninterruptibleSeconds: number | null;
  readonly why: string;
}

/** `inquest slow --json` without a process. */
export interface SlowList {
  readonly schema: 'inquest.slow-list/1';
  readonly seconds: number;
  /** The most urgent first. */
  readonly processes: readonly WorthALook[];
}

interface Look {
  readonly at: number;
  readonly processes: ReadonlyMap<number, { readonly stat: Stat; readonly delayNs: number }>;
}

const MOST_PROCESSES = 30_000;
const MOST_SHOWN = 100;

export function lookAround(): Look {
  const processes = new Map<number, { stat: Stat; delayNs: number }>();
  for (const pid of numbersIn('/proc').slice(0, MOST_PROCESSES)) {
    const stat = parseStat(textOf(`/proc/${pid}/stat`) ?? '');
    if (!stat || pid === process.pid) continue;
    const { delayNs } = parseSchedStat(textOf(`/proc/${pid}/schedstat`) ?? '');
    processes.set(pid, { stat, delayNs });
  }
  return { at: performance.now(), processes };
}

/** What changed between two looks. */
export function worthALook(before: Look, after: Look): SlowList {
  const ms = Math.max(1, after.at - before.at);
  const clock = execStartMs(textOf('/proc/self/sched') ?? '');
  const found: { readonly weight: number; readonly row: WorthALook }[] = [];
  for (const [pid, { stat, delayNs }] of after.processes) {
    const then = before.processes.get(pid);
    const isSame = then?.stat.startTicks === stat.startTicks;
    const ticks = stat.userTicks + stat.systemTicks;
    const old = then && isSame ? then.stat.userTicks + then.stat.systemTicks : ticks;
    const cpuShare = ((ticks - old) * TICK_MS) / ms;
    const delayShare = isSame && then ? Math.min(1, (delayNs - then.delayNs) / 1e6 / ms) : 0;
    const asleepMs = stat.state === 'D' ? asleep(pid, clock) : null;
    const wasD = isSame && then?.stat.state === 'D';
    const reason = weigh(stat.state, cpuShare, delayShare, asleepMs, wasD);
    if (!reason) continue;
    found.push({
      weight: reason.weight,
      row: {
        pid,
        comm: stat.comm,
        state: stat.state,
        cpuShare,
        delayShare,
        uninterruptibleSeconds: asleepMs === null ? null : asleepMs / 1000,
        why: reason.why,
      },
    });
  }
  found.sort((a, b) => b.weight - a.weight);
  return {
    schema: 'inquest.slow-list/1',
    seconds: ms / 1000,
    processes: found.slice(0, MOST_SHOWN).map(({ row }) => row),
  };
}

function asleep(pid: number, clock: number | undefined): number | null {
  const since = execStartMs(textOf(`/proc/${pid}/sched`) ?? '');
  return clock === undefined || !since ? null : Math.max(0, clock - since);
}

/** Undefined: nothing about it is unusual. */
function weigh(
  state: string,
  cpuShare: number,
  delayShare: number,
  asleepMs: number | null,
  wasD: boolean,
): { weight: number; why: string } | undefined {
  if (state === 'D' && (wasD || (asleepMs ?? 0) > 500))
    return {
      weight: 1000 + (asleepMs ?? 0) / 1000,
      why: 'waits in the kernel, and no signal wakes it',
    };
  if (state === 'T') return { weight: 500, why: 'stopped by a signal' };
  if (state === 't') return { weight: 500, why: 'held by a debugger' };
  if (delayShare > 0.3 && delayShare > cpuShare)
    return { weight: 400 + delayShare * 100, why: 'ready to run, and gets too little CPU' };
  if (cpuShare > 0.5) return { weight: 100 + cpuShare * 10, why: 'runs most of the time' };
  if (state === 'Z') return { weight: 50, why: 'ended, and its parent does not ask' };
  if (state === 'D') return { weight: 40, why: 'waits in the kernel' };
  return undefined;
}

/** Processes of that name: their own, or that of the program they run. */
export function named(name: string): number[] {
  const all = numbersIn('/proc').filter((pid) => pid !== process.pid);
  const comm = (pid: number): string => parseStat(textOf(`/proc/${pid}/stat`) ?? '')?.comm ?? '';
  // The kernel keeps 15 bytes of a name: include/linux/sched.h, TASK_COMM_LEN.
  const exact = all.filter(
    (pid) => comm(pid) === name || (name.length > 15 && comm(pid) === name.slice(0, 15)),
  );
  if (exact.length > 0) return exact;
  return all.filter((pid) => {
    const [program = ''] = (textOf(`/proc/${pid}/cmdline`) ?? '').split('\0');
    return program.slice(program.lastIndexOf('/') + 1) === name;
  });
}
