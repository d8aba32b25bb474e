// A process, sampled: /proc/PID and its threads, 20 times a second.
import { setTimeout as wait } from 'node:timers/promises';
import { type Throttles, throttles } from './cgroup.ts';
import { field, isRefusal, numbersIn, readText, textOf } from './proc.ts';
import { execStartMs, parseStat } from './stat.ts';
import { type ThreadSamples, ThreadWatch } from './thread.ts';

export const SAMPLES_PER_SECOND = 20;
const TICK_MS = 1000 / SAMPLES_PER_SECOND;
/** New threads are looked for twice a second. */
const SCAN_EVERY = 10;
/** Each has up to four files open. */
const MOST_THREADS = 300;

/** Counters of /proc/PID/io. */
export interface IoCounters {
  readonly rchar: number;
  readonly wchar: number;
  readonly syscr: number;
  readonly syscw: number;
  readonly readBytes: number;
  readonly writeBytes: number;
}

export interface ProcessSamples {
  readonly pid: number;
  readonly comm: string;
  readonly ppid: number;
  /** When it began: another process of the same number began at another time. */
  readonly startTicks: number;
  /** A thread of the kernel: it has no program, and nothing attaches to it. */
  readonly isKernel: boolean;
  readonly wallMs: number;
  readonly ticks: number;
  readonly threads: readonly ThreadSamples[];
  /** Threads of which only the first are sampled. */
  readonly threadsLeftOut: number;
  readonly tracerPid: number;
  readonly swappedKb: number;
  readonly residentKb: number;
  /** What was read and written meanwhile; null: it may not be read. */
  readonly io: IoCounters | null;
  /** What its control groups held back meanwhile. */
  readonly throttles: Throttles | null;
  /** Files that may not be read: name → errno. */
  readonly refused: ReadonlyMap<string, string>;
  /** CPU time of inquest itself while it sampled. */
  readonly ownCpuMs: number;
}

export interface SampleOptions {
  readonly seconds: number;
  readonly signal: AbortSignal;
  tick(elapsedMs: number): void;
}

/** Undefined: there is no such process. */
export async function sample(
  pid: number,
  { seconds, signal, tick }: SampleOptions,
): Promise<ProcessSamples | undefined> {
  const folder = `/proc/${pid}`;
  const status = textOf(`${folder}/status`);
  if (status === undefined) return undefined;
  const first = parseStat(textOf(`${folder}/stat`) ?? '');
  const refused = new Map<string, string>();
  const refuse = (file: string, code: string): void => {
    refused.set(file, code);
  };
  const cpu = process.cpuUsage();
  const start = performance.now();
  const io = readIo(folder, refuse);
  const before = throttles(pid);
  const watches = new Map<number, ThreadWatch>();
  let ticks = 0;
  let leftOut = 0;
  try {
    for (; ; ticks++) {
      const now = performance.now() - start;
      if (ticks % SCAN_EVERY === 0) leftOut = scan(pid, watches, now);
      for (const watch of watches.values()) watch.tick(now, refuse);
      tick(now);
      const isOver = now >= seconds * 1000;
      if (isOver || [...watches.values()].every((watch) => watch.hasEnded)) break;
      await wait(Math.max(1, start + (ticks + 1) * TICK_MS - performance.now()), null, { signal });
    }
    const used = process.cpuUsage(cpu);
    const clock = execStartMs(textOf('/proc/self/sched') ?? '');
    const last = textOf(`${folder}/status`);
    return {
      pid,
      comm: unescapeName(field(status, 'Name') ?? ''),
      ppid: Number(field(last ?? status, 'PPid')),
      isKernel: first?.isKernel ?? false,
      startTicks: first?.startTicks ?? 0,
      wallMs: performance.now() - start,
      ticks: ticks + 1,
      threads: [...watches.values()].map((watch) => watch.summary(clock)),
      threadsLeftOut: leftOut,
      tracerPid: Number(field(last ?? status, 'TracerPid') ?? 0),
      swappedKb: Number.parseInt(field(last ?? status, 'VmSwap') ?? '0', 10),
      residentKb: Number.parseInt(field(last ?? status, 'VmRSS') ?? '0', 10),
      io: difference(io, readIo(folder, refuse)),
      throttles: throttled(before, throttles(pid)),
      refused,
      ownCpuMs: (used.user + used.system) / 1000,
    };
  } finally {
    for (const watch of watches.values()) watch.close();
  }
}

/** @returns how many threads are left out */
function scan(pid: number, watches: Map<number, ThreadWatch>, now: number): number {
  const tids = numbersIn(`/proc/${pid}/task`);
  for (const tid of tids) {
    if (watches.size >= MOST_THREADS) break;
    if (watches.has(tid)) continue;
    const watch = ThreadWatch.begin(pid, tid, now);
    if (watch) watches.set(tid, watch);
  }
  return tids.filter((tid) => !watches.has(tid)).length;
}

function readIo(folder: string, refuse: (file: string, code: string) => void): IoCounters | null {
  const text = readText(`${folder}/io`);
  if (isRefusal(text)) {
    if (text.code === 'EACCES' || text.code === 'EPERM') refuse('io', text.code);
    return null;
  }
  const number = (name: string): number => Number(field(text, name) ?? 0);
  return {
    rchar: number('rchar'),
    wchar: number('wchar'),
    syscr: number('syscr'),
    syscw: number('syscw'),
    readBytes: number('read_bytes'),
    writeBytes: number('write_bytes'),
  };
}

function difference(from: IoCounters | null, to: IoCounters | null): IoCounters | null {
  if (!from || !to) return null;
  return {
    rchar: to.rchar - from.rchar,
    wchar: to.wchar - from.wchar,
    syscr: to.syscr - from.syscr,
    syscw: to.syscw - from.syscw,
    readBytes: to.readBytes - from.readBytes,
    writeBytes: to.writeBytes - from.writeBytes,
  };
}

/** The group that held back most, of the process's own and those above it. */
function throttled(
  before: readonly Throttles[],
  after: readonly Throttles[],
): ProcessSamples['throttles'] {
  const most = after
    .map((now) => {
      const then = before.find((group) => group.path === now.path);
      return {
        ...now,
        periods: now.periods - (then?.periods ?? now.periods),
        throttled: now.throttled - (then?.throttled ?? now.throttled),
        throttledMs: now.throttledMs - (then?.throttledMs ?? now.throttledMs),
      };
    })
    .sort((a, b) => b.throttled - a.throttled)[0];
  return most && most.throttled > 0 ? most : null;
}

/** status escapes a name: fs/proc/array.c, proc_task_name(). */
const unescapeName = (name: string): string =>
  name.replaceAll('\\n', '\n').replaceAll('\\\\', '\\');
