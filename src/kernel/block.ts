// Disks and the requests that their drivers have not answered yet. block/, include/linux/blkdev.h, include/linux/blk-mq.h
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import { Walk } from '../bytes/walk.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { possibleCpus } from './cpus.ts';
import { classDevices } from './device.ts';
import { xarrayEntries } from './lib/xarray.ts';
import { Module } from './module.ts';

const diskShape = shape('gendisk', {
  name: ['disk_name'],
  queue: ['queue'],
  fops: ['fops'],
  // A pointer to a block_device on 6.1 and later, a struct hd_struct on 5.10.
  part0: ['part0'],
});

/** `struct gendisk`: a whole disk. */
export class Disk extends View<keyof typeof diskShape.fields> {
  protected readonly shape = diskShape;

  get name(): string | Fault {
    return this.text('name');
  }

  /** The module whose driver it is: the owner of its operations; undefined: the kernel proper, or unreadable. */
  get module(): string | undefined {
    const operations = this.pointer('fops');
    const owner = isFault(operations)
      ? operations
      : new BlockOperations(this.dump, operations).pointer('owner');
    if (isFault(owner) || owner === 0n) return undefined;
    const name = new Module(this.dump, owner).name;
    return isFault(name) ? undefined : name;
  }
}

const operationsShape = shape('block_device_operations', { owner: ['owner'] });
class BlockOperations extends View<keyof typeof operationsShape.fields> {
  protected readonly shape = operationsShape;
}

const bdevShape = shape('block_device', { stats: ['bd_stats'], disk: ['bd_disk'] });
class BlockDevice extends View<keyof typeof bdevShape.fields> {
  protected readonly shape = bdevShape;
}

/** More disks than a machine has. */
const MAX_DISKS = 20_000;

/** Every disk, in the order the kernel met them. */
export function disks(dump: Dump): Walk<Disk> {
  return new Walk(function* () {
    const wholeDisk = dump.symbol('disk_type');
    const devices = classDevices(dump, 'block_class', MAX_DISKS);
    const bdDevice = dump.types.member('block_device', 'bd_device');
    const partDevice = dump.types.member('gendisk', 'part0.__dev');
    if (isFault(wholeDisk)) return wholeDisk;
    for (const device of devices) {
      if (device.pointer('type') !== wholeDisk) continue;
      if (bdDevice) {
        const bdev = virtual(device.address - BigInt(bdDevice.offset));
        const disk = new BlockDevice(dump, bdev).pointer('disk');
        if (!isFault(disk) && disk !== 0n) yield new Disk(dump, disk);
      } else if (partDevice)
        yield new Disk(dump, virtual(device.address - BigInt(partDevice.offset)));
    }
    return devices.end;
  });
}

/** What a disk has done since it appeared. */
export interface DiskCounts {
  /** Requests ended, by `reads`, `writes`; and how long they took, together. */
  readonly reads: number;
  readonly writes: number;
  readonly readNs: number;
  readonly writeNs: number;
  /** The struct disk_stats of the CPU that has most of the time. */
  readonly busiest: VirtualAddress;
}

/** STAT_READ, STAT_WRITE: include/linux/blk_types.h, enum stat_group. */
const READ = 0;
const WRITE = 1;

/** Sums of the per-CPU counters: part_stat_read(), include/linux/part_stat.h. */
export function diskCounts(disk: Disk): DiskCounts | Fault {
  const { dump } = disk;
  const perCpu = statsOf(disk);
  const ios = dump.types.member('disk_stats', 'ios');
  const nsecs = dump.types.member('disk_stats', 'nsecs');
  if (isFault(perCpu)) return perCpu;
  if (!ios || !nsecs) return new Fault('no-member', perCpu, 'disk_stats.ios');
  const sums = [0, 0, 0, 0];
  const fields = [ios, ios, nsecs, nsecs].map(
    ({ offset }, i) => offset + (i % 2 === 0 ? READ : WRITE) * 8,
  );
  let busiest = perCpu;
  let most = -1;
  for (const cpu of possibleCpus(dump)) {
    const at = dump.perCpuAddress(perCpu, cpu);
    if (isFault(at)) return at;
    let own = 0;
    for (const [i, offset] of fields.entries()) {
      const value = dump.memory.u64(virtual(at + BigInt(offset)));
      if (isFault(value)) return value;
      sums[i] = (sums[i] as number) + Number(value);
      if (i >= 2) own += Number(value);
    }
    if (own > most) [busiest, most] = [at, own];
  }
  const [reads = 0, writes = 0, readNs = 0, writeNs = 0] = sums;
  return { reads, writes, readNs, writeNs, busiest };
}

function statsOf(disk: Disk): VirtualAddress | Fault {
  const { dump } = disk;
  const embedded = dump.types.member('gendisk', 'part0.dkstats');
  if (embedded) return dump.memory.pointer(virtual(disk.address + BigInt(embedded.offset)));
  const part0 = disk.pointer('part0');
  return isFault(part0) ? part0 : new BlockDevice(dump, part0).pointer('stats');
}

const queueShape = shape('request_queue', {
  // An xarray on 6.1 and 6.12; an array of pointers on 5.10, and again on 7.2.
  hctxTable: ['hctx_table'],
  queueHwCtx: ['queue_hw_ctx'],
  hwQueues: ['nr_hw_queues'],
  mqOps: ['mq_ops'],
});
class RequestQueue extends View<keyof typeof queueShape.fields> {
  protected readonly shape = queueShape;
}

const hctxShape = shape('blk_mq_hw_ctx', { tags: ['tags'] });
class HardwareQueue extends View<keyof typeof hctxShape.fields> {
  protected readonly shape = hctxShape;
}

const tagsShape = shape('blk_mq_tags', {
  count: ['nr_tags'],
  requests: ['static_rqs'],
  running: ['rqs'],
});
class Tags extends View<keyof typeof tagsShape.fields> {
  protected readonly shape = tagsShape;
}

const requestShape = shape('request', {
  queue: ['q'],
  flags: ['cmd_flags'],
  length: ['__data_len'],
  sector: ['__sector'],
  bio: ['bio'],
  state: ['state'],
  startTimeNs: ['start_time_ns'],
});

/** `struct request`: what a driver was asked to do. */
export class Request extends View<keyof typeof requestShape.fields> {
  protected readonly shape = requestShape;
}

/** Hardware queues and requests of one disk that are looked at; more is damage. */
const MAX_QUEUES = 4096;
const MAX_TAGS = 16384;

/** The requests of a disk that its driver has taken and not answered. A disk without a queue of its own has none. */
export function requestsInFlight(disk: Disk): Walk<Request> {
  const { dump } = disk;
  return new Walk(function* () {
    const queue = disk.pointer('queue');
    const inFlight = dump.types.enumerator('mq_rq_state', 'MQ_RQ_IN_FLIGHT');
    if (isFault(queue)) return queue;
    if (inFlight === undefined) return new Fault('no-type', queue, 'enum mq_rq_state');
    const seen = new Set<bigint>();
    let broken: Fault | undefined;
    for (const hctx of hardwareQueues(dump, queue)) {
      if (isFault(hctx)) {
        broken ??= hctx;
        continue;
      }
      const tags = new HardwareQueue(dump, hctx).pointer('tags');
      // Queues may share their tags.
      if (isFault(tags) || tags === 0n || seen.has(tags)) continue;
      seen.add(tags);
      for (const at of pointersOf(dump, new Tags(dump, tags))) {
        if (isFault(at)) {
          broken ??= at;
          break;
        }
        // With an I/O scheduler a request comes from its tags instead: only rqs[] has it, where it also stays
        // behind when it is done. The state tells.
        if (at === 0n || seen.has(at)) continue;
        seen.add(at);
        const request = new Request(dump, at);
        if (request.number('state') === inFlight && request.pointer('queue') === queue)
          yield request;
      }
    }
    return broken ?? 'complete';
  });
}

function* hardwareQueues(dump: Dump, at: VirtualAddress): Generator<VirtualAddress | Fault> {
  const queue = new RequestQueue(dump, at);
  // A driver without blk-mq (a RAM disk, device mapper) answers bios itself.
  if (queue.pointer('mqOps') === 0n) return;
  const count = queue.number('hwQueues');
  if (queue.has('hctxTable')) {
    const table = queue.addressOf('hctxTable');
    if (isFault(table)) return yield table;
    for (const { entry } of xarrayEntries(dump, table, MAX_QUEUES)) yield entry;
    return;
  }
  const array = queue.pointer('queueHwCtx');
  if (isFault(array) || isFault(count)) return yield isFault(array) ? array : (count as Fault);
  for (let i = 0; i < Math.min(count, MAX_QUEUES); i++)
    yield dump.memory.pointer(virtual(array + BigInt(i * 8)));
}

function* pointersOf(dump: Dump, tags: Tags): Generator<VirtualAddress | Fault> {
  const count = tags.number('count');
  if (isFault(count)) return yield count;
  for (const field of ['requests', 'running'] as const) {
    const array = tags.pointer(field);
    if (isFault(array)) return yield array;
    for (let i = 0; i < Math.min(count, MAX_TAGS); i++)
      yield dump.memory.pointer(virtual(array + BigInt(i * 8)));
  }
}

const bioShape = shape('bio', {
  next: ['bi_next'],
  vectors: ['bi_io_vec'],
  count: ['bi_vcnt'],
  private: ['bi_private'],
});
class Bio extends View<keyof typeof bioShape.fields> {
  protected readonly shape = bioShape;
}

/** Bios of one request, and pages of one bio, that are looked at: BIO_MAX_VECS is 256. */
const MAX_BIOS = 1024;
const MAX_VECTORS = 256;

/** What the data of a request belongs to. */
export interface RequestData {
  /** Page descriptors, and the struct bio_vec that names each. */
  readonly pages: ReadonlyMap<bigint, VirtualAddress>;
  /** What its bios carry for their end, a buffer head or something of the waiter's, and the struct bio. */
  readonly owners: ReadonlyMap<bigint, VirtualAddress>;
}

export function requestData(request: Request): RequestData {
  const { dump } = request;
  const pages = new Map<bigint, VirtualAddress>();
  const owners = new Map<bigint, VirtualAddress>();
  const size = dump.types.sizeOf('bio_vec') ?? 16;
  let at = request.pointer('bio');
  for (let n = 0; !isFault(at) && at !== 0n && n < MAX_BIOS; n++) {
    const bio: Bio = new Bio(dump, at);
    const owner = bio.pointer('private');
    if (!isFault(owner) && owner !== 0n) owners.set(owner, at);
    const vectors = bio.pointer('vectors');
    const count = bio.number('count');
    if (!isFault(vectors) && !isFault(count))
      for (let i = 0; i < Math.min(count, MAX_VECTORS); i++) {
        const vector = virtual(vectors + BigInt(i * size));
        const page = dump.memory.pointer(vector);
        if (!isFault(page) && page !== 0n) pages.set(page, vector);
      }
    at = bio.pointer('next');
  }
  return { pages, owners };
}
