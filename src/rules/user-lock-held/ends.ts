// Where a line for a lock ends: at somebody who holds it, waits for nobody, and does not let go.
import type { CpuQuota } from '../../facts/cpu-quotas.ts';
import type { CpuFact } from '../../facts/cpus.ts';
import type { FutexWait } from '../../facts/futex-waits.ts';
import type { ProgramWait } from '../../facts/program-waits.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import { nameOf } from '../kit/text.ts';
import { behind } from '../kit/wait-for.ts';
import { MEDIA, type Wait } from '../user-deadlock/waits.ts';

/** Locks in programs are held for microseconds; a slow one for a second. */
const LATE_NS = 5e9;
/** Held back in most periods, it crawls. */
const MOSTLY = 0.5;
/** A lot of work with a lock held may take some seconds. */
const LONG_NS = 15e9;
/** With a few others on its CPU a program that computes still gets this much. */
const SHARE = 0.2;

/**
 * `computes`: in its own program, all the time; `quota`: it would, but its group may not; `stopped`: by a signal; `frozen`: with
 * its control group; `traced`: by a debugger, which is to blame; `sleeps`; `gone`.
 */
export type EndState = 'computes' | 'quota' | 'stopped' | 'frozen' | 'traced' | 'sleeps' | 'gone';

export interface HeldEnd {
  readonly does: EndState;
  /** Who has to act; null: nobody can. */
  readonly task: TaskFact | null;
  /** Whom the debugger has stopped. */
  readonly stopped: Wait | null;
  readonly line: readonly Wait[];
  readonly quota: CpuQuota | null;
  readonly cpu: CpuFact | null;
  /** Nobody lets go: the address of the lock. */
  readonly orphan: string | null;
}

export interface EndFacts {
  readonly cpuQuotas: readonly CpuQuota[];
  readonly cpus: readonly CpuFact[];
  readonly futexWaits: readonly FutexWait[];
  readonly programWaits: readonly ProgramWait[];
  readonly tasks: readonly TaskFact[];
}

/** With most behind them first; a sentence where one cannot be told. */
export function endsOf(
  waits: readonly Wait[],
  facts: EndFacts,
  nowNs: number,
): (HeldEnd | string)[] {
  const traced = tracerWaits(facts);
  const all = [...waits.filter(({ isLock }) => isLock), ...unanswered(facts, nowNs), ...traced];
  const waiting = new Set([...waits, ...traced].map(({ pid }) => pid));
  const ends = [...new Set(all.map(({ on }) => on))].filter((pid) => !waiting.has(pid));
  const held = ends.flatMap((pid): (HeldEnd | string)[] => {
    const direct = all.filter(({ on }) => on === pid);
    const line = [...direct, ...behind(all, direct).filter((wait) => !direct.includes(wait))];
    const isLate = line.some(({ isLock, ageNs }) => isLock && (ageNs ?? 0) >= LATE_NS);
    const task = facts.tasks.find((t) => t.pid === pid);
    return task && isLate ? [endAt(task, direct, line, facts, nowNs) ?? []].flat() : [];
  });
  const size = (end: HeldEnd | string) => (typeof end === 'string' ? 0 : end.line.length);
  return [...held, ...orphans(facts, nowNs)].sort((a, b) => size(b) - size(a));
}

function endAt(
  task: TaskFact,
  direct: readonly Wait[],
  line: readonly Wait[],
  { cpuQuotas, cpus }: EndFacts,
  nowNs: number,
): HeldEnd | string | undefined {
  const stopped = direct.find(({ isLock }) => !isLock) ?? null;
  const base = { task, stopped, line, quota: null, cpu: null, orphan: null };
  if (stopped) return { ...base, does: 'traced' };
  if (task.halted !== null) return { ...base, does: task.halted };
  const isReady = task.runningOn !== null || task.isWaitingForCpu;
  const quota = cpuQuotas.find(({ pids }) => pids.includes(task.pid)) ?? null;
  const isHeldBack =
    quota !== null && quota.periods > 0 && quota.throttled / quota.periods >= MOSTLY;
  // A group that is held back may have left its run queue altogether: such a task does not sleep either.
  if (isHeldBack && (isReady || task.state === 0)) return { ...base, does: 'quota', quota };
  const who = `${nameOf(task)}, which holds ${direct[0]?.thing ?? 'a lock'},`;
  if (!isReady) return sleeping(task, direct, base, nowNs);
  if (nowNs - (task.lastQueuedNs || nowNs) >= LATE_NS)
    return `${who} wants a CPU and gets none: who keeps it from it is to blame for the lock, too`;
  const longest = Math.max(...direct.map(({ ageNs }) => ageNs ?? 0));
  const { ranNs, userNs, systemNs } = task;
  const isUser = (userNs ?? 0) >= (systemNs ?? 0);
  if (ranNs === null || longest < LONG_NS || ranNs < longest * SHARE || !isUser)
    return `${who} goes on: it may let go soon`;
  return { ...base, does: 'computes', cpu: cpus.find(({ cpu }) => cpu === task.runningOn) ?? null };
}

/** A program may hold a file's lock for as long as it likes; a mutex is for moments. */
function sleeping(
  task: TaskFact,
  direct: readonly Wait[],
  base: Omit<HeldEnd, 'does'>,
  nowNs: number,
): HeldEnd | undefined {
  const isMutex = direct.some(({ cause, isSure }) => cause.is === 'futex' && isSure);
  const sleptNs = nowNs - (task.lastArrivalNs ?? nowNs);
  return isMutex && sleptNs >= LATE_NS ? { ...base, does: 'sleeps' } : undefined;
}

/**
 * Who waits for an answer at a socket, of a program that has not even read the question. Of its threads the one that computes
 * most owes it.
 */
function unanswered({ programWaits, tasks }: EndFacts, nowNs: number): Wait[] {
  return programWaits.flatMap((program): Wait[] => {
    const { pid, sinceNs, other, object, medium } = program;
    const ageNs = sinceNs === null ? 0 : nowNs - sinceNs;
    // First, since there may be thousands of both.
    if (program.event !== 'data' || medium === null) return [];
    if (!other || other.unread === 0 || ageNs < LONG_NS) return [];
    const [where, type] = MEDIA[medium];
    const by = new Set(program.by);
    const task = tasks.find((t) => t.pid === pid);
    const threads = tasks.filter((t) => by.has(t.pid));
    const isOne = new Set(threads.map(({ tgid }) => tgid)).size === 1;
    const [owner] = [...threads].sort((a, b) => (b.ranNs ?? 0) - (a.ranNs ?? 0));
    const isBusy = owner && (owner.runningOn !== null || owner.isWaitingForCpu);
    if (!task || !isOne || !isBusy) return [];
    return [
      {
        pid,
        on: owner.pid,
        task,
        owner,
        cause: { is: 'program', program },
        thing: `an answer on ${where}`,
        link: ', which has to come from',
        isLock: true,
        object: object === null ? undefined : { type, name: null, address: object, module: null },
        sinceNs,
        ageNs,
        isSure: true,
      },
    ];
  });
}

function tracerWaits({ programWaits, tasks }: EndFacts): Wait[] {
  return programWaits.flatMap((program) => {
    const [on] = program.by;
    if (program.event !== 'tracer' || on === undefined) return [];
    const task = tasks.find(({ pid }) => pid === program.pid);
    const owner = tasks.find(({ pid }) => pid === on);
    if (!task || !owner) return [];
    return [
      {
        pid: program.pid,
        on,
        task,
        owner,
        cause: { is: 'program', program } as const,
        thing: 'leave to go on',
        link: ', which a debugger has to give,',
        isLock: false,
        object: undefined,
        sinceNs: program.sinceNs,
        ageNs: null,
        isSure: true,
      },
    ];
  });
}

/** Locks whose own record names a thread that is not there any more. */
function orphans({ futexWaits, tasks }: EndFacts, nowNs: number): HeldEnd[] {
  const late = futexWaits.filter(
    ({ owner, isBounded, sinceNs, isQueued }) =>
      owner?.pid === null && !isBounded && isQueued && nowNs - (sinceNs ?? nowNs) >= LATE_NS,
  );
  return [...new Set(late.map(({ tgid, address }) => `${tgid} ${address}`))].map((key) => {
    const own = late.filter(({ tgid, address }) => `${tgid} ${address}` === key);
    const line = own.flatMap((futex): Wait[] => {
      const task = tasks.find(({ pid }) => pid === futex.pid);
      if (!task) return [];
      const { pid, sinceNs, address } = futex;
      const type = futex.owner?.from === 'mutex' ? 'pthread_mutex_t' : 'futex';
      const object = { type, name: null, address, module: null };
      return [
        {
          pid,
          on: 0,
          task,
          owner: task,
          cause: { is: 'futex', futex } as const,
          thing: `the lock at ${address}`,
          link: ', held by',
          isLock: true,
          object,
          sinceNs,
          ageNs: nowNs - (sinceNs ?? nowNs),
          isSure: true,
        },
      ];
    });
    const orphan = own[0]?.address ?? null;
    return { does: 'gone', task: null, stopped: null, line, quota: null, cpu: null, orphan };
  });
}
