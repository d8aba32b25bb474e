// `struct signal_struct`: what the threads of a process share. include/linux/sched/signal.h
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import { Walk } from '../bytes/walk.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { listEntries } from './lib/list.ts';
import { Task } from './task.ts';

const signalShape = shape('signal_struct', {
  threadHead: ['thread_head'],
  nrThreads: ['nr_threads'],
  rlim: ['rlim'],
});

/** RLIMIT_*, include/uapi/asm-generic/resource.h (x86 uses its order). */
const RLIMITS = [
  'CPU',
  'FSIZE',
  'DATA',
  'STACK',
  'CORE',
  'RSS',
  'NPROC',
  'NOFILE',
  'MEMLOCK',
  'AS',
  'LOCKS',
  'SIGPENDING',
  'MSGQUEUE',
  'NICE',
  'RTPRIO',
  'RTTIME',
] as const;

/** RLIM_INFINITY. */
const INFINITY = 0xffff_ffff_ffff_ffffn;

export interface ResourceLimit {
  readonly name: (typeof RLIMITS)[number];
  /** undefined: unlimited. */
  readonly current: bigint | undefined | Fault;
  readonly maximum: bigint | undefined | Fault;
}

export class Signal extends View<keyof typeof signalShape.fields> {
  protected readonly shape = signalShape;

  /** The process's limits, in the kernel's order. */
  get limits(): readonly ResourceLimit[] {
    const at = this.addressOf('rlim');
    if (isFault(at)) return [];
    const word = (offset: number): bigint | undefined | Fault => {
      const value = this.dump.memory.u64(virtual(at + BigInt(offset)));
      return value === INFINITY ? undefined : value;
    };
    return RLIMITS.map((name, i) => ({ name, current: word(i * 16), maximum: word(i * 16 + 8) }));
  }
}

/** The signal_struct of a task; undefined when it has none any more. */
export function signalOf(task: Task): Signal | undefined | Fault {
  const at = task.pointer('signal');
  if (isFault(at)) return at;
  return at === 0n ? undefined : new Signal(task.dump, at);
}

interface ThreadLinks {
  readonly head: bigint;
  readonly node: number;
}

const threadLinks = (dump: Dump): ThreadLinks | undefined =>
  dump.memo(threadLinks, () => {
    const head = dump.types.member('signal_struct', 'thread_head');
    const node = dump.types.member('task_struct', 'thread_node');
    return head && node ? { head: BigInt(head.offset), node: node.offset } : undefined;
  });

/**
 * All threads of a task's process, itself among them, the oldest first:
 * 0c740d0afc3b ("introduce for_each_thread() to replace the buggy while_each_thread()", v3.14).
 * Where the signal_struct is missing from the dump, the ring is followed from the task both ways.
 */
export function threadsOf(task: Task): Walk<Task> {
  return new Walk(function* () {
    const { dump } = task;
    const links = threadLinks(dump);
    const signal = task.pointer('signal');
    if (isFault(signal)) return signal;
    if (!links) return new Fault('no-member', task.address, 'task_struct.thread_node');
    if (signal === 0n) return 'complete';
    const head = virtual(signal + links.head);
    const ring = listEntries(dump, head, links.node);
    const given = new Set<VirtualAddress>();
    for (const address of ring) {
      given.add(address);
      yield new Task(dump, address);
    }
    if (ring.end === 'complete') return 'complete';
    let ends = 0;
    for (const backwards of [false, true]) {
      const node = virtual(task.address + BigInt(links.node));
      for (const address of [task.address, ...listEntries(dump, node, links.node, { backwards })]) {
        if (address + BigInt(links.node) === head) {
          ends++;
          break;
        }
        if (given.has(address)) continue;
        given.add(address);
        yield new Task(dump, address);
      }
    }
    return ends === 2 ? 'complete' : ring.end;
  });
}
