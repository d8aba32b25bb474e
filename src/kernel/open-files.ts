// What a process has open: a descriptor's file, and who has a given driver's device open.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
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
/** What a process may open where nobody raised the limit (fs.nr_open, fs/file.c, 5.10 to 7.2). */
const MOST_OPEN = 1 << 20;

interface Descriptors {
  /** Of the array of `struct file *`. */
  readonly files: VirtualAddress;
  readonly count: number;
}

/** Undefined: it has given them up already, on its way out. */
function descriptors(dump: Dump, task: Task): Descriptors | undefined | Fault {
  const at = task.pointer('files');
  if (isFault(at) || at === 0n) return isFault(at) ? at : undefined;
  const fdt = new FilesStruct(dump, at).pointer('fdt');
  if (isFault(fdt) || fdt === 0n) return isFault(fdt) ? fdt : undefined;
  const table = new FdTable(dump, fdt);
  const count = table.number('maxFds');
  const files = table.pointer('fd');
  if (isFault(count)) return count;
  return isFault(files) ? files : { files, count };
}

/** The `struct file` behind a descriptor; undefined: none is open there. */
export function fileAt(dump: Dump, task: Task, fd: number): VirtualAddress | undefined | Fault {
  const table = descriptors(dump, task);
  if (!table || isFault(table)) return table;
  if (fd < 0 || fd >= table.count) return undefined;
  const file = dump.memory.pointer(virtual(table.files + BigInt(fd) * 8n));
  return file === 0n ? undefined : file;
}

/** Whether one of a task's descriptors is this `struct file`. */
export function hasOpen(dump: Dump, task: Task, file: VirtualAddress): boolean | Fault {
  const files = filesOf(dump, task);
  return isFault(files) ? files : files.includes(file);
}

/** The first descriptor of a task whose `file.f_op` is `operations`; undefined: none, or not readable. */
export function descriptorOf(
  dump: Dump,
  task: Task,
  operations: VirtualAddress,
): number | undefined {
  const table = descriptors(dump, task);
  if (!table || isFault(table)) return undefined;
  for (let fd = 0; fd < Math.min(table.count, MAX_FDS); fd++) {
    const file = dump.memory.pointer(virtual(table.files + BigInt(fd) * 8n));
    if (isFault(file)) return undefined;
    if (file !== 0n && new File(dump, file).pointer('ops') === operations) return fd;
  }
  return undefined;
}

/** Every `struct file` that a task has open. */
export function filesOf(dump: Dump, task: Task): VirtualAddress[] | Fault {
  const table = descriptors(dump, task);
  if (!table || isFault(table)) return table ?? [];
  const { count } = table;
  // A part would do harm: whoever is not seen to have a file looks like one that has it not.
  if (count < 0 || count > MOST_OPEN)
    return new Fault('implausible', table.files, `${count} descriptors`);
  const bytes = dump.memory.read(table.files, count * 8);
  if (isFault(bytes)) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const files: VirtualAddress[] = [];
  for (let fd = 0; fd < count; fd++) {
    const at = view.getBigUint64(fd * 8, true);
    if (at !== 0n) files.push(virtual(at));
  }
  return files;
}
