// Which CPUs and which tasks RCU waits for, and for how long. kernel/rcu/tree.h, tree_plugin.h (5.10 to 7.2)
import type { VirtualAddress } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { globalStruct, globalWord } from './globals.ts';
import { listEntries } from './lib/list.ts';
import { ticksPerSecond } from './timekeeping.ts';

const dataShape = shape('rcu_data', { node: ['mynode'], mask: ['grpmask'] });
class RcuData extends View<keyof typeof dataShape.fields> {
  protected readonly shape = dataShape;
}

const nodeShape = shape('rcu_node', {
  awaited: ['qsmask'],
  readers: ['blkd_tasks'],
  first: ['gp_tasks'],
});
class RcuNode extends View<keyof typeof nodeShape.fields> {
  protected readonly shape = nodeShape;
}

/** Whether the grace period under way waits for a CPU to pass through a quiescent state; unreadable: no. */
export function isAwaitedByRcu(dump: Dump, cpu: number): boolean {
  const at = dump.perCpu('rcu_data', cpu);
  if (isFault(at)) return false;
  const data = new RcuData(dump, at);
  const mask = data.word('mask');
  const node = data.pointer('node');
  const awaited = isFault(node) || node === 0n ? node : new RcuNode(dump, node).word('awaited');
  return !isFault(mask) && !isFault(awaited) && (awaited & mask) !== 0n;
}

// With CONFIG_PREEMPT_RCU only (Debian's 7.2; not its 5.10 to 6.12, but for the real-time kernels).
const readerShape = shape('task_struct', { node: ['rcu_blocked_node'], entry: ['rcu_node_entry'] });
class Reader extends View<keyof typeof readerShape.fields> {
  protected readonly shape = readerShape;
}

/** More readers than are put off their CPUs at a time. */
const MOST_READERS = 4096;

/**
 * Whether the grace period under way waits for a task to leave what it reads under rcu_read_lock(): it was put off its CPU
 * meanwhile, and so stands in the list of those that the period waits for, from `gp_tasks` to the end.
 *
 * @param task of a task_struct
 */
export function isReaderAwaitedByRcu(dump: Dump, task: VirtualAddress): boolean {
  const reader = new Reader(dump, task);
  const at = reader.pointer('node');
  const entry = reader.addressOf('entry');
  if (isFault(at) || at === 0n || isFault(entry)) return false;
  const node = new RcuNode(dump, at);
  const head = node.addressOf('readers');
  const first = node.pointer('first');
  if (isFault(head) || isFault(first) || first === 0n) return false;
  let isIn = false;
  for (const link of listEntries(dump, head, 0, { limit: MOST_READERS })) {
    isIn ||= link === first;
    if (link === entry) return isIn;
  }
  return false;
}

const stateShape = shape('rcu_state', { started: ['gp_start'] });
class RcuState extends View<keyof typeof stateShape.fields> {
  protected readonly shape = stateShape;
}

/** How long ago the grace period under way began, by ticks. */
export function gracePeriodAgeNs(dump: Dump): number | Fault {
  const at = globalStruct(dump, 'rcu_state');
  const started = isFault(at) ? at : new RcuState(dump, at).word('started');
  const jiffies = globalWord(dump, 'jiffies_64');
  const hz = ticksPerSecond(dump);
  if (isFault(started)) return started;
  if (isFault(jiffies)) return jiffies;
  if (isFault(hz)) return hz;
  return Math.max(0, Number(jiffies - started)) * (1e9 / hz);
}
