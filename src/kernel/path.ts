// The name of an open file, as d_path() makes it: fs/d_path.c
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';

const fileShape = shape('file', {
  mount: ['f_path.mnt', '__f_path.mnt'],
  dentry: ['f_path.dentry', '__f_path.dentry'],
});
class FileView extends View<keyof typeof fileShape.fields> {
  protected readonly shape = fileShape;
}

const dentryShape = shape('dentry', {
  name: ['d_name.name', '__d_name.name'],
  parent: ['d_parent'],
});
class Dentry extends View<keyof typeof dentryShape.fields> {
  protected readonly shape = dentryShape;
}

const mountShape = shape('mount', {
  vfsmount: ['mnt'],
  parent: ['mnt_parent'],
  mountpoint: ['mnt_mountpoint'],
  root: ['mnt.mnt_root'],
});
class Mount extends View<keyof typeof mountShape.fields> {
  protected readonly shape = mountShape;
}

/** More levels than PATH_MAX has room for. */
const MAX_LEVELS = 2048;
/** NAME_MAX and a little. */
const MAX_NAME = 256;

/** @param file address of a `struct file` */
export function pathOf(dump: Dump, file: VirtualAddress): string | Fault {
  const view = new FileView(dump, file);
  const dentry = view.pointer('dentry');
  const vfsmount = view.pointer('mount');
  const inner = dump.types.member('mount', 'mnt');
  if (isFault(dentry)) return dentry;
  if (isFault(vfsmount)) return vfsmount;
  if (!inner) return new Fault('no-type', undefined, 'struct mount');
  return pathFrom(dump, dentry, virtual(vfsmount - BigInt(inner.offset)));
}

/** Where a file system is mounted. @param mount address of a `struct mount` */
export function mountPath(dump: Dump, mount: VirtualAddress): string | Fault {
  const root = new Mount(dump, mount).pointer('root');
  return isFault(root) ? root : pathFrom(dump, root, mount);
}

function pathFrom(
  dump: Dump,
  startDentry: VirtualAddress,
  startMount: VirtualAddress,
): string | Fault {
  let dentry = startDentry;
  let mount = startMount;
  let path = '';
  for (let level = 0; level < MAX_LEVELS; level++) {
    const place = new Mount(dump, mount);
    const root = place.pointer('root');
    if (isFault(root)) return root;
    const entry: Dentry = new Dentry(dump, dentry);
    const parent = entry.pointer('parent');
    if (isFault(parent)) return parent;
    if (dentry !== root && parent !== dentry) {
      const name = nameOf(entry);
      if (isFault(name)) return name;
      path = `/${name}${path}`;
      dentry = parent;
      continue;
    }
    const above = place.pointer('parent');
    const mountpoint = place.pointer('mountpoint');
    if (isFault(above) || isFault(mountpoint) || above === mount) return path || '/';
    mount = above;
    dentry = mountpoint;
  }
  return new Fault('implausible', startDentry, 'its path has no end');
}

function nameOf(entry: Dentry): string | Fault {
  const at = entry.pointer('name');
  return isFault(at) ? at : entry.dump.memory.text(at, MAX_NAME);
}
