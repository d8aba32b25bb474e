// Who holds this inode open: tasks, their descriptors, and the path each opened it by.
//
//   node examples/inode.mjs DUMP ADDRESS
import { allTasks, escapeText, isFault, openDump, pathOf, shape, View, virtual } from 'inquest';

// Structs in our words: a field has one path, or several where kernels differ, the newest first.
const shapes = {
  files: shape('files_struct', { fdt: ['fdt'] }),
  table: shape('fdtable', { size: ['max_fds'], array: ['fd'] }),
  file: shape('file', { inode: ['f_inode'] }),
};
class Files extends View {
  shape = shapes.files;
}
class Table extends View {
  shape = shapes.table;
}
class File extends View {
  shape = shapes.file;
}

/** A task's descriptors and files; the Fault that ends them where something cannot be read. */
function* openFiles(task) {
  const files = task.pointer('files');
  if (files === 0n) return; // it is exiting
  const fdt = isFault(files) ? files : new Files(task.dump, files).pointer('fdt');
  if (isFault(fdt)) return yield fdt;
  const table = new Table(task.dump, fdt);
  const [size, array] = [table.number('size'), table.pointer('array')];
  if (isFault(size) || isFault(array)) return yield isFault(size) ? size : array;
  for (let fd = 0; fd < Math.min(size, 65536); fd++) {
    const file = task.dump.memory.pointer(virtual(array + BigInt(fd * 8)));
    if (isFault(file)) return yield file;
    if (file !== 0n) yield { fd, file };
  }
}

const dump = await openDump(process.argv[2] ?? 'vmcore');
const wanted = BigInt(process.argv[3] ?? '0');
for (const task of allTasks(dump).tasks)
  for (const open of openFiles(task)) {
    const inode = isFault(open) ? open : new File(dump, open.file).pointer('inode');
    if (isFault(inode)) console.error(`WARNING: files of ${task.pid}: ${inode.explain()}`);
    else if (inode === wanted)
      console.log(
        escapeText(`${task.pid}  ${task.comm}  fd ${open.fd}  ${pathOf(dump, open.file)}`),
      );
  }
dump.close();
