// What a process's control groups let it have of the CPUs: cpu.stat and the quota, of its group and all above.
import { textOf } from './proc.ts';

export interface Throttles {
  /** The group's folder. */
  readonly path: string;
  readonly periods: number;
  /** Periods in which it was held back. */
  readonly throttled: number;
  /** Summed over the CPUs. */
  readonly throttledMs: number;
  /** CPU time per period, in ms; null: no limit. */
  readonly quotaMs: number | null;
  readonly periodMs: number | null;
}

const MOST_GROUPS = 32;

/** Every group with a cpu.stat, the innermost first; empty: none can be seen. */
export const throttles = (pid: number): Throttles[] => groupsOf(pid, 'cpu').flatMap(read);

/** What a control group lets its processes read and write on a device. */
export interface IoLimit {
  readonly file: string;
  /** `254:0 1024`, `8:0 rbps=max wbps=1048576 riops=max wiops=max`. */
  readonly line: string;
}

const LIMITS = [
  'io.max',
  ...['read_bps', 'write_bps', 'read_iops', 'write_iops'].map(
    (what) => `blkio.throttle.${what}_device`,
  ),
];

/** @param device `254:0` */
export function ioLimits(pid: number, device: string): IoLimit[] {
  const files = [...new Set([...groupsOf(pid, 'blkio'), ...groupsOf(pid, 'io')])].flatMap((group) =>
    LIMITS.map((name) => `${group}/${name}`),
  );
  return files.flatMap((file) =>
    (textOf(file) ?? '')
      .split('\n')
      .filter((line) => line.startsWith(`${device} `))
      .map((line) => ({ file, line })),
  );
}

/** A group that has used up the memory that it may have. */
export interface MemoryLimit {
  readonly file: string;
  readonly limitBytes: number;
  readonly usedBytes: number;
}

/** What is reclaimed as fast as it is used: the kernel charges it in batches. mm/memcontrol.c */
const NEARLY_FULL = 0.9;
const MEMORY_FILES = [
  ['memory.max', 'memory.current'],
  ['memory.limit_in_bytes', 'memory.usage_in_bytes'],
] as const;

/** The innermost first; empty: none of them is short of memory by its own limit. */
export const memoryLimits = (pid: number): MemoryLimit[] =>
  groupsOf(pid, 'memory').flatMap((group) =>
    MEMORY_FILES.flatMap(([limit, usage]) => {
      const file = `${group}/${limit}`;
      const limitBytes = Number(textOf(file) ?? Number.NaN);
      const usedBytes = Number(textOf(`${group}/${usage}`) ?? Number.NaN);
      return usedBytes >= limitBytes * NEARLY_FULL ? [{ file, limitBytes, usedBytes }] : [];
    }),
  );

/** Folders of the groups that a process is in, the innermost first, by this controller and by the unified hierarchy. */
function groupsOf(pid: number, controller: string): string[] {
  const lines = (textOf(`/proc/${pid}/cgroup`) ?? '').split('\n');
  const mounts = textOf('/proc/self/mountinfo') ?? '';
  return lines.flatMap((line) => {
    const [, hierarchy, controllers, path] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) return [];
    const isUnified = hierarchy === '0';
    if (!isUnified && !controllers?.split(',').includes(controller)) return [];
    const mount = mountOf(mounts, isUnified ? undefined : controller);
    return mount ? groupsUp(mount, path) : [];
  });
}

/** From proc(5): `36 35 98:0 /root /point options - type source superoptions`. */
function mountOf(
  mounts: string,
  controller: string | undefined,
): { root: string; point: string } | undefined {
  for (const line of mounts.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const [, , , root = '/', point = ''] = left.split(' ');
    const [type, , options = ''] = right.split(' ');
    const isIt = controller
      ? type === 'cgroup' && options.split(',').includes(controller)
      : type === 'cgroup2';
    if (isIt) return { root, point };
  }
  return undefined;
}

function groupsUp({ root, point }: { root: string; point: string }, path: string): string[] {
  const inside = path.startsWith(root) && root !== '/' ? path.slice(root.length) : path;
  const words = inside.split('/').filter((word) => word !== '' && word !== '..');
  const depths = words.slice(0, MOST_GROUPS).map((_, i) => words.length - i);
  return depths.map((depth) => `${point}/${words.slice(0, depth).join('/')}`);
}

/** kernel/sched/core.c: cpu_cfs_stat_show() (version 1, ns) and cpu_extra_stat_show() (version 2, µs). */
function read(path: string): Throttles[] {
  const text = textOf(`${path}/cpu.stat`);
  if (text === undefined) return [];
  const value = (name: string): number =>
    Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
  const periods = value('nr_periods');
  if (Number.isNaN(periods)) return [];
  const us = value('throttled_usec');
  const throttledMs = Number.isNaN(us) ? value('throttled_time') / 1e6 : us / 1000;
  return [{ path, periods, throttled: value('nr_throttled'), throttledMs, ...quota(path) }];
}

function quota(path: string): Pick<Throttles, 'quotaMs' | 'periodMs'> {
  const [max, period] = (textOf(`${path}/cpu.max`) ?? '').trim().split(' ');
  const quotaUs = Number(max || textOf(`${path}/cpu.cfs_quota_us`) || Number.NaN);
  const periodUs = Number(period || textOf(`${path}/cpu.cfs_period_us`) || Number.NaN);
  const isLimited = quotaUs > 0 && periodUs > 0;
  return {
    quotaMs: isLimited ? quotaUs / 1000 : null,
    periodMs: isLimited ? periodUs / 1000 : null,
  };
}
