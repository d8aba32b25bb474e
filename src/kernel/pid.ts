// `struct pid` and the PID table. include/linux/pid.h, kernel/pid.c
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import { Walk } from '../bytes/walk.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { xarrayEntries } from './lib/xarray.ts';
import { Task } from './task.ts';

/**
 * The tasks of the initial PID namespace's table, by PID: every task but the idle ones has a number
 * there, whatever namespace it lives in. An IDR since 95846ecf9dac ("pid: replace pid bitmap
 * implementation with IDR API", v4.15).
 */
export function pidTasks(dump: Dump): Walk<Task> {
  return new Walk(function* () {
    const namespace = dump.symbol('init_pid_ns');
    if (isFault(namespace)) return namespace;
    const idr = dump.types.member('pid_namespace', 'idr.idr_rt');
    const first = dump.types.member('pid', 'tasks[0].first');
    const link = dump.types.member('task_struct', 'pid_links[0]');
    if (!idr || !first || !link) return new Fault('no-member', namespace, 'pid_namespace.idr');
    const walk = xarrayEntries(dump, virtual(namespace + BigInt(idr.offset)));
    let broken: Fault | undefined;
    for (const { entry } of walk) {
      const node = dump.memory.pointer(virtual(entry + BigInt(first.offset)));
      if (isFault(node)) broken ??= node;
      // No task: the number is kept by a process group or session whose leader is gone.
      else if (node !== 0n) yield new Task(dump, virtual(node - BigInt(link.offset)));
    }
    return broken ?? walk.end;
  });
}

const pidShape = shape('pid', { level: ['level'], numbers: ['numbers'] });
class Pid extends View<keyof typeof pidShape.fields> {
  protected readonly shape = pidShape;
}

const upidShape = shape('upid', { nr: ['nr'], ns: ['ns'] });
class Upid extends View<keyof typeof upidShape.fields> {
  protected readonly shape = upidShape;
}

/** MAX_PID_NS_LEVEL, include/linux/pid_namespace.h (5.10 to 7.2). */
const MAX_LEVEL = 32;

/** A thread's number as its own program sees it, and the PID namespace in which that holds. */
export interface OwnNumber {
  readonly nr: number;
  readonly namespace: VirtualAddress;
}

/** What gettid() gives a task: its number in the innermost of its PID namespaces. */
export function ownNumber(task: Task): OwnNumber | Fault {
  const at = task.pointer('threadPid');
  if (isFault(at)) return at;
  const pid = new Pid(task.dump, at);
  const level = pid.number('level');
  const numbers = pid.addressOf('numbers');
  const size = task.dump.types.sizeOf('upid');
  if (isFault(level)) return level;
  if (isFault(numbers)) return numbers;
  if (!size || level > MAX_LEVEL) return new Fault('implausible', at, `PID level ${level}`);
  const innermost = new Upid(task.dump, virtual(numbers + BigInt(level * size)));
  const nr = innermost.number('nr');
  const namespace = innermost.pointer('ns');
  if (isFault(nr)) return nr;
  return isFault(namespace) ? namespace : { nr, namespace };
}
