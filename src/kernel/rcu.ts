// Which CPUs RCU waits for. kernel/rcu/tree.h (5.10 to 7.2)
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';

const dataShape = shape('rcu_data', { node: ['mynode'], mask: ['grpmask'] });
class RcuData extends View<keyof typeof dataShape.fields> {
  protected readonly shape = dataShape;
}

const nodeShape = shape('rcu_node', { awaited: ['qsmask'] });
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
