// What a descriptor of another process is open on. Nothing that may hang is touched: a file of a network or FUSE file
// system is known by its mount alone.
import { type Stats, statSync } from 'node:fs';
import { field, linkOf, numberField, textOf } from './proc.ts';

export type DescriptorKind =
  | 'pipe'
  | 'fifo'
  | 'socket'
  | 'terminal'
  | 'file'
  | 'block'
  | 'char'
  | 'folder'
  | 'other';

export interface Descriptor {
  readonly fd: number;
  /** As /proc shows it: a path, `pipe:[123]`, `socket:[123]`, `anon_inode:[eventpoll]`. */
  readonly path: string;
  readonly kind: DescriptorKind;
  /** Of a pipe or socket, or the file's own; null: not asked, the file system might not answer. */
  readonly inode: number | null;
  /** `MAJOR:MINOR` of the device it is, or of the one its file system is on; null: none. */
  readonly device: string | null;
  /** The file system's type: `ext4`, `nfs4`; null: none. */
  readonly fileSystem: string | null;
  readonly position: number | null;
  /** open(2) flags. */
  readonly flags: number;
}

/** File systems behind which another machine or program answers. */
const FAR =
  /^(nfs|cifs|smb|ceph|fuse|9p|afs|glusterfs|lustre|gfs2|ocfs2|autofs|virtiofs|beegfs|gpfs)/;

export const isFar = (fileSystem: string | null): boolean => FAR.test(fileSystem ?? '');

/** Undefined: no such descriptor, or it may not be looked at. */
export function descriptor(pid: number, fd: number): Descriptor | undefined {
  const path = linkOf(`/proc/${pid}/fd/${fd}`);
  if (path === undefined) return undefined;
  const info = textOf(`/proc/${pid}/fdinfo/${fd}`) ?? '';
  const mount = mountOf(pid, numberField(info, 'mnt_id'));
  const base = {
    fd,
    path,
    position: numberField(info, 'pos') ?? null,
    flags: Number.parseInt(field(info, 'flags') ?? '0', 8),
  };
  const [, word = '', inode = ''] = /^(pipe|socket):\[(\d+)\]$/.exec(path) ?? [];
  if (word === 'pipe' || word === 'socket')
    return { ...base, kind: word, inode: Number(inode), device: null, fileSystem: null };
  if (path.startsWith('anon_inode:'))
    return { ...base, kind: 'other', inode: null, device: null, fileSystem: null };
  const fileSystem = mount?.type ?? null;
  if (isFar(fileSystem))
    return { ...base, kind: 'file', inode: null, device: mount?.device ?? null, fileSystem };
  return { ...base, ...identity(`/proc/${pid}/fd/${fd}`, path, mount), fileSystem };
}

function identity(link: string, path: string, mount: { device: string } | undefined) {
  let stats: Stats;
  try {
    stats = statSync(link);
  } catch {
    return { kind: 'other' as const, inode: null, device: mount?.device ?? null };
  }
  const inode = stats.ino;
  if (stats.isFIFO()) return { kind: 'fifo' as const, inode, device: null };
  if (stats.isBlockDevice()) return { kind: 'block' as const, inode, device: number(stats.rdev) };
  if (stats.isCharacterDevice()) {
    const isTerminal = /^\/dev\/(tty|pts\/|console|hvc)/.test(path);
    return {
      kind: isTerminal ? ('terminal' as const) : ('char' as const),
      inode,
      device: number(stats.rdev),
    };
  }
  const kind = stats.isDirectory() ? 'folder' : stats.isSocket() ? 'socket' : 'file';
  return { kind, inode, device: mount?.device ?? number(stats.dev) } as const;
}

/** As new_encode_dev() packs it: include/linux/kdev_t.h. */
function number(device: number): string {
  const major = (device >>> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
  return `${major}:${minor}`;
}

function mountOf(
  pid: number,
  id: number | undefined,
): { device: string; type: string } | undefined {
  if (id === undefined) return undefined;
  for (const line of (textOf(`/proc/${pid}/mountinfo`) ?? '').split('\n')) {
    if (!line.startsWith(`${id} `)) continue;
    const [left = '', right = ''] = line.split(' - ');
    return { device: left.split(' ')[2] ?? '', type: right.split(' ')[0] ?? '' };
  }
  return undefined;
}
