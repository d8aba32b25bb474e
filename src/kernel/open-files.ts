// Who has a file open whose operations are a given driver's.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import type { Task } from './task.ts';

const filesShape = shape('files_struct', { fdt: ['fdt'] });
class FilesStruct extends View<keyof typeof filesShape.fields> {
  protected readonly shape = filesShape;
}

const fdtableShape = shape('fdtable', { maxFds: ['max_fds'], fd: ['fd'] });
class FdTable extends View<keyof typeof fdtableShape.fields> {
  protected readonly shape = fdtableShape;
}

const fileShape = shape('file', { ops: ['f_op'] });
class File extends View<keyof typeof fileShape.fields> {
  protected readonly shape = fileShape;
}

/** More than a process that guards a device has open; a damaged count must not cost time. */
const MAX_FDS = 4096;

/** The first descriptor of a task whose `file.f_op` is `operations`; undefined: none, or not readable. */
export function descriptorOf(
  dump: Dump,
  task: Task,
  operations: VirtualAddress,
): number | undefined {
  const files = dump.types.member('task_struct', 'files');
  if (!files) return undefined;
  const at = dump.memory.pointer(virtual(task.address + BigInt(files.offset)));
  if (isFault(at) || at === 0n) return undefined;
  const fdt = new FilesStruct(dump, at).pointer('fdt');
  if (isFault(fdt) || fdt === 0n) return undefined;
  const table = new FdTable(dump, fdt);
  const count = table.number('maxFds');
  const fds = table.pointer('fd');
  if (isFault(count) || isFault(fds)) return undefined;
  for (let fd = 0; fd < Math.min(count, MAX_FDS); fd++) {
    const file = dump.memory.pointer(virtual(fds + BigInt(fd) * 8n));
    if (isFault(file)) return undefined;
    if (file !== 0n && new File(dump, file).pointer('ops') === operations) return fd;
  }
  return undefined;
}
