// Who stands between a task and a slow disk, and does not hold it up.
import type { BlockIo } from '../../facts/block-io.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import type { Trigger } from '../../facts/trigger.ts';
import { type Exoneration, exonerate } from '../kit/define.ts';
import { count, join, nameOf, seconds } from '../kit/text.ts';
import type { SlowDisk } from './slow-disks.ts';

/** So many answers, and this quick in the mean, clear a driver that serves other disks, too. */
const ENOUGH = 10;
const QUICK_NS = 5e7;

export function* innocents(
  late: readonly SlowDisk[],
  { disks }: BlockIo,
  trigger: Trigger,
  asker: TaskFact | undefined,
): Generator<Exoneration> {
  const waits = late.flatMap((one) => one.waits);
  for (const module of new Set(waits.flatMap(({ waiter }) => waiter.modules))) {
    const wait = waits.find(({ waiter }) => waiter.modules.includes(module));
    if (!wait) continue;
    yield exonerate(
      'module',
      module,
      `its functions stand on the stack of ${nameOf(wait.task)} because the call came through them; what they wait for is the answer of ${wait.request.disk}`,
      `bt ${wait.task.pid}`,
    );
  }
  const slow = new Set(late.map(({ disk }) => disk.name));
  for (const driver of new Set(late.flatMap(({ disk }) => disk.driver ?? []))) {
    const quick = disks.filter((disk) => {
      const answered = (disk.reads ?? 0) + (disk.writes ?? 0);
      const meanNs = ((disk.readNs ?? 0) + (disk.writeNs ?? 0)) / Math.max(1, answered);
      const isQuick = answered >= ENOUGH && meanNs <= QUICK_NS;
      return disk.driver === driver && !slow.has(disk.name) && isQuick;
    });
    const [first] = quick;
    if (!first?.stats) continue;
    const told = quick.map((disk) => {
      const answered = (disk.reads ?? 0) + (disk.writes ?? 0);
      const meanNs = ((disk.readNs ?? 0) + (disk.writeNs ?? 0)) / answered;
      return `${disk.name} ${count(answered, 'request')} in ${seconds(meanNs)} each`;
    });
    yield exonerate(
      'module',
      driver,
      `the same driver serves other disks well (${join(told)}), and has handed the late request on`,
      `struct disk_stats.nsecs,ios ${first.stats.slice(2)}`,
    );
  }
  if (trigger.kind === 'sysrq' && asker)
    yield exonerate(
      'task',
      nameOf(asker),
      'it only asked for the dump; that it ran while the machine was stopped says no more',
      `bt ${asker.pid}`,
    );
}
