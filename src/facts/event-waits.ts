// Tasks in uninterruptible sleep for an event, and what is to bring it, as far as memory says.
import { virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { ioWaitOf } from '../kernel/io-wait.ts';
import { lastHolder } from '../kernel/semaphore.ts';
import { frozenFileSystems } from '../kernel/super-block.ts';
import { Task } from '../kernel/task.ts';
import { hex } from '../print/hex.ts';
import { stackOf } from '../stacks/stack.ts';
import type { Dump } from '../types/dump.ts';
import { type KernelWait, kernelWaits } from './kernel-waits.ts';
import { defineFact, type Seen, seen } from './kit/define.ts';
import type { FrameFact } from './kit/frames.ts';
import { namesLock, SLEEPING_LOCKS, takenAt } from './kit/loop-code.ts';
import { type KernelObject, objectAt } from './kit/object.ts';
import { stackFact } from './kit/stack.ts';
import { sleepers } from './sleepers.ts';
import { type TaskFact, tasks } from './tasks.ts';

/** `page`: its lock, or its I/O; `bit`: a bit lock, or a buffer; `freeze`: a file system to be thawed; `readers`: of a per-CPU rwsem. */
export type EventKind = 'completion' | 'semaphore' | 'readers' | 'page' | 'bit' | 'freeze';

export interface EventWait {
  readonly pid: number;
  readonly kind: EventKind;
  readonly object: KernelObject;
  /** What shows it: a struct and its address; null: the object's own list. */
  readonly shownBy: {
    readonly type: string;
    readonly address: string;
    readonly line: string;
  } | null;
  readonly sinceNs: number | null;
  readonly waitsIn: FrameFact | null;
  readonly calledBy: FrameFact | null;
  /** The modules on its stack, innermost first. */
  readonly modules: readonly string[];
  /** Those found to hold it, perhaps: of a semaphore, and of readers. */
  readonly holders: readonly LikelyHolder[];
}

/** Who may hold what does not record its holders. */
export interface LikelyHolder {
  readonly pid: number;
  /**
   * `code`: the function it sleeps below took it and has not given it back; `names`: that function works with it; `word`: the
   * object has it as the last that took it, and its stack leads through the object's module.
   */
  readonly from: 'code' | 'names' | 'word';
  readonly function: FrameFact;
}

export const eventWaits = defineFact<readonly EventWait[]>({
  id: 'event-waits',
  says: 'tasks that sleep uninterruptibly for an event that names nobody who is to bring it',
  from: look,
});

/** percpu_rwsem_wait() in __percpu_down_read(), called by sb_start_write(): kernel/locking/percpu-rwsem.c (5.10 to 7.2) */
const WAITS_FOR_WRITER = /^(?:percpu_rwsem_wait|__percpu_down_read)$/;
/** fs/namespace.c, fs/super.c, fs/read_write.c, include/linux/fs.h: what asks for leave to write. */
const WANTS_TO_WRITE =
  /^(?:mnt_want_write\w*|__sb_start_write|sb_start_write\w*|vfs_\w+|do_\w+|file_update_time\w*|touch_atime|filename_create|path_openat|ksys_\w+)$/;

/** Between the sleep and who wanted the bit: kernel/sched/wait_bit.c (5.10 to 7.2) */
const WAITS_FOR_BIT = /wait_on_bit/;

function look(dump: Dump): Seen<readonly EventWait[]> {
  const all = seen(dump, tasks).value;
  const inLine = new Map(seen(dump, kernelWaits).value.map((wait) => [wait.pid, wait]));
  const value = seen(dump, sleepers).value.flatMap(({ pid, sinceNs, waitsIn, isForChild }) => {
    const fact = all.find((task) => task.pid === pid && task.isUninterruptible);
    if (!fact || isForChild) return [];
    const task = new Task(dump, virtual(BigInt(fact.address)));
    const found = queued(inLine.get(pid)) ?? frozen(dump, task) ?? linked(dump, task);
    if (!found) return [];
    const { frames } = stackFact(dump, task);
    const modules = [...new Set(frames.flatMap((frame) => frame.module ?? []))];
    const by = inLine.get(pid)?.calledBy;
    const isWaiting = by?.module === null && WAITS_FOR_BIT.test(by.function ?? '');
    const calledBy =
      (isWaiting ? undefined : by) ?? frames.find((frame) => frame.module !== null) ?? by ?? null;
    const holders = holdersOf(dump, found, all, inLine);
    return [{ pid, sinceNs, waitsIn, calledBy, modules, holders, ...found }];
  });
  return { value, holes: [] };
}

/** More stacks than are worth it. */
const MOST_SLEEPERS = 512;

/** Sleepers that do not stand in line for it, and whose code works with it. */
function holdersOf(
  dump: Dump,
  { kind, object }: Found,
  all: readonly TaskFact[],
  inLine: ReadonlyMap<number, KernelWait>,
): LikelyHolder[] {
  if (kind !== 'semaphore' && kind !== 'readers') return [];
  const lock = virtual(BigInt(object.address));
  const last = kind === 'semaphore' ? lastHolder(dump, lock) : undefined;
  const asleep = all
    .filter(
      ({ runningOn, isIdle, isWaitingForCpu }) => runningOn === null && !isIdle && !isWaitingForCpu,
    )
    .filter(({ pid }) => inLine.get(pid)?.queue?.object.address !== object.address)
    .sort((a, b) => (a.lastArrivalNs ?? 0) - (b.lastArrivalNs ?? 0));
  return asleep.slice(-MOST_SLEEPERS).flatMap(({ pid, address }): LikelyHolder[] => {
    const task = new Task(dump, virtual(BigInt(address)));
    const stack = stackOf(task);
    const at = stack.frames.findIndex((frame) =>
      kind === 'semaphore'
        ? takenAt(dump, frame, lock, SLEEPING_LOCKS) !== undefined
        : frame.module === object.module && namesLock(dump, frame, lock),
    );
    const found = stackFact(dump, task).frames[at] ?? null;
    if (found) return [{ pid, from: kind === 'semaphore' ? 'code' : 'names', function: found }];
    // Another may have been born at the place of the one that took it.
    const own = stackFact(dump, task).frames.find((frame) => frame.module === object.module);
    return last === task.address && object.module !== null && own
      ? [{ pid, from: 'word', function: own }]
      : [];
  });
}

type Found = Pick<EventWait, 'kind' | 'object' | 'shownBy'>;

/** In line for something that says nobody holds it. */
function queued(
  wait: ReturnType<typeof kernelWaits.from>['value'][number] | undefined,
): Found | undefined {
  if (!wait?.queue || wait.queue.holder) return undefined;
  const { kind, queue } = wait;
  if (kind === 'completion' || kind === 'semaphore')
    return { kind, object: queue.object, shownBy: null };
  // No line: it is the writer, whom the lock names.
  return kind === 'percpu_rwsem' && queue.waiters.length === 0 && queue.readers > 0
    ? { kind: 'readers', object: queue.object, shownBy: null }
    : undefined;
}

function frozen(dump: Dump, task: Task): Found | undefined {
  const names = stackFact(dump, task).frames.map((frame) => frame.function ?? '');
  const at = names.findIndex((name) => WAITS_FOR_WRITER.test(name));
  if (at < 0 || !names.slice(at).some((name) => WANTS_TO_WRITE.test(name))) return undefined;
  // Of several it is not known which one it wants to write to.
  const [block, another] = frozenFileSystems(dump);
  if (!block || another) return undefined;
  const id = block.text('id');
  const address = hex(block.address);
  return {
    kind: 'freeze',
    object: { type: 'super_block', name: isFault(id) ? null : id, address, module: null },
    shownBy: { type: 'super_block.s_writers.frozen', address, line: 's_writers.frozen = 4' },
  };
}

function linked(dump: Dump, task: Task): Found | undefined {
  const wait = ioWaitOf(task);
  if (!wait) return undefined;
  const isPage = wait.kind === 'page';
  const object = isPage
    ? { type: 'page', name: null, address: hex(wait.at), module: null }
    : objectAt(dump, 'unsigned long', wait.at);
  return {
    kind: isPage ? 'page' : 'bit',
    object,
    shownBy: {
      type: wait.type,
      address: hex(wait.waiter),
      line: hex(wait.at),
    },
  };
}
