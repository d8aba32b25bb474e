// The device below a descriptor: what kind it is, what it has to do, and what such a device does in a second.
import { realpathSync } from 'node:fs';
import { type Descriptor, isFar } from './descriptor.ts';
import { namesIn, textOf } from './proc.ts';

export interface Device {
  /** `sda`, `mtd0`, `nfs4`. */
  readonly name: string;
  readonly kind: DeviceKind;
  /** `254:0`, as control groups know it; null: it is no block device. */
  readonly number: string | null;
  /** Requests that it has not answered; null: it has no queue that can be seen. */
  readonly inFlight: number | null;
  readonly counters: DiskCounters | null;
  /** What it is made of: the disk below an MTD, a device mapper. */
  readonly below: readonly Device[];
  /** The files that say so. */
  readonly shownBy: readonly string[];
}

/** Of /sys/block/…/stat: Documentation/admin-guide/iostats.rst. */
export interface DiskCounters {
  readonly requests: number;
  readonly sectors: number;
  /** Summed over the requests. */
  readonly waitMs: number;
}

/** A plain device of its kind, in good health: order of magnitude, so that only far too slow is called slow. */
interface Usual {
  readonly words: string;
  readonly latencyMs: number;
  readonly bytesPerSecond: number;
}

export const usual = {
  nvme: { words: 'an NVMe disk', latencyMs: 0.2, bytesPerSecond: 1e9 },
  ssd: { words: 'a solid state disk', latencyMs: 1, bytesPerSecond: 200e6 },
  disk: { words: 'a rotating disk', latencyMs: 12, bytesPerSecond: 80e6 },
  virtual: { words: 'a virtual disk', latencyMs: 3, bytesPerSecond: 80e6 },
  mtd: { words: 'a flash device (MTD)', latencyMs: 0.5, bytesPerSecond: 300e3 },
  network: { words: 'a file system on the network', latencyMs: 15, bytesPerSecond: 20e6 },
  memory: { words: 'memory', latencyMs: 0.05, bytesPerSecond: 1e9 },
  local: { words: 'a local device', latencyMs: 10, bytesPerSecond: 20e6 },
} as const satisfies Record<string, Usual>;

export type DeviceKind = keyof typeof usual;

/** How long one call of so many bytes usually takes. */
export const usualSeconds = (kind: DeviceKind, bytes: number): number =>
  usual[kind].latencyMs / 1000 + bytes / usual[kind].bytesPerSecond;

const DEEPEST = 4;
const MTD_CHAR_MAJOR = '90';

/** Undefined: no device is below it, or none that can be seen. */
export function deviceOf(open: Descriptor): Device | undefined {
  const { kind, device, fileSystem } = open;
  if (isFar(fileSystem))
    return {
      ...NO_QUEUE,
      name: fileSystem ?? '',
      kind: 'network',
      shownBy: ['/proc/self/mountinfo'],
    };
  if (kind === 'file' && /^(tmpfs|ramfs|proc|sysfs|devtmpfs|hugetlbfs)$/.test(fileSystem ?? ''))
    return {
      ...NO_QUEUE,
      name: fileSystem ?? '',
      kind: 'memory',
      shownBy: ['/proc/self/mountinfo'],
    };
  if (device === null) return undefined;
  if (kind === 'char') return charDevice(open.path, device);
  return blockDevice(device, 0);
}

const NO_QUEUE = { number: null, inFlight: null, counters: null, below: [] } as const;

function charDevice(path: string, number: string): Device {
  const [major, minor] = number.split(':');
  if (major !== MTD_CHAR_MAJOR)
    return { ...NO_QUEUE, name: path.replace(/^\/dev\//, ''), kind: 'local', shownBy: [] };
  // Two minors each: the second only reads. drivers/mtd/mtdcore.c
  return mtd(Number(minor) >> 1, 0);
}

function mtd(index: number, depth: number): Device {
  const folder = `/sys/class/mtd/mtd${index}`;
  const type = textOf(`${folder}/type`)?.trim();
  // block2mtd names its disk: drivers/mtd/devices/block2mtd.c
  const [, disk] = /^block2mtd: \/dev\/(\w+)/.exec(textOf(`${folder}/name`) ?? '') ?? [];
  const number = disk ? textOf(`/sys/class/block/${disk}/dev`)?.trim() : undefined;
  const below = number ? blockDevice(number, depth + 1) : undefined;
  return {
    ...NO_QUEUE,
    name: `mtd${index}`,
    // block2mtd says "ram", too: it is as quick as its disk.
    kind: type === 'ram' && !disk ? 'memory' : 'mtd',
    below: below ? [below] : [],
    shownBy: ['/proc/mtd', `${folder}/name`],
  };
}

function blockDevice(number: string, depth: number): Device | undefined {
  if (!/^\d+:\d+$/.test(number) || depth > DEEPEST) return undefined;
  let folder: string;
  try {
    folder = realpathSync(`/sys/dev/block/${number}`);
  } catch {
    return undefined;
  }
  if (textOf(`${folder}/partition`) !== undefined) folder = folder.replace(/\/[^/]*$/, '');
  const name = folder.slice(folder.lastIndexOf('/') + 1);
  const mtdIndex = /^mtdblock(\d+)$/.exec(name)?.[1];
  if (mtdIndex) return mtd(Number(mtdIndex), depth);
  const slaves = namesIn(`${folder}/slaves`).slice(0, 16);
  const [reads, writes] = (textOf(`${folder}/inflight`) ?? '').trim().split(/\s+/).map(Number);
  return {
    name,
    kind: kindOf(name, folder),
    number: textOf(`${folder}/dev`)?.trim() ?? null,
    inFlight: reads === undefined || writes === undefined ? null : reads + writes,
    counters: counters(folder),
    below: slaves.flatMap((slave) => {
      const below = blockDevice(textOf(`${folder}/slaves/${slave}/dev`)?.trim() ?? '', depth + 1);
      return below ? [below] : [];
    }),
    shownBy: [`/sys/block/${name}/inflight`, `/sys/block/${name}/stat`],
  };
}

function kindOf(name: string, folder: string): DeviceKind {
  if (name.startsWith('nvme')) return 'nvme';
  if (/^(zram|ram|pmem)/.test(name)) return 'memory';
  if (/^(vd|xvd)/.test(name)) return 'virtual';
  if (/^(nbd|rbd|drbd)/.test(name)) return 'network';
  const isRotating = textOf(`${folder}/queue/rotational`)?.trim();
  if (isRotating === undefined) return 'local';
  return isRotating === '0' ? 'ssd' : 'disk';
}

function counters(folder: string): DiskCounters | null {
  const text = textOf(`${folder}/stat`);
  if (text === undefined) return null;
  const at = text.trim().split(/\s+/).map(Number);
  const sum = (...fields: number[]): number => fields.reduce((all, f) => all + (at[f] ?? 0), 0);
  return { requests: sum(0, 4), sectors: sum(2, 6), waitMs: sum(3, 7) };
}

/** The device at the bottom: the one that answers. */
export const lowest = (device: Device): Device => {
  const [below] = device.below;
  return below ? lowest(below) : device;
};

/** `avg10` of the line "some": the share of the last 10 s in which something waited. Documentation/accounting/psi.rst */
export function pressure(of: 'io' | 'memory' | 'cpu'): number | undefined {
  const value = /^some avg10=([\d.]+)/m.exec(textOf(`/proc/pressure/${of}`) ?? '')?.[1];
  return value === undefined ? undefined : Number(value);
}
