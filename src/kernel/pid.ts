// `struct pid` and the PID table. include/linux/pid.h, kernel/pid.c
import { virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import { Walk } from '../bytes/walk.ts';
import type { Dump } from '../types/dump.ts';
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
