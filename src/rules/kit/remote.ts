// Waits for an answer from outside of the kernel: of another machine, or of a program.
import type { FrameFact } from '../../facts/kit/frames.ts';

/** File systems whose pages others answer for: fs/nfs, fs/smb, fs/ceph, fs/fuse, net/9p, fs/gfs2, fs/ocfs2. */
const REMOTE = /^(?:nfs\w*|sunrpc|cifs|ceph|libceph|fuse|9p\w*|gfs2|ocfs2\w*|afs)$/;

export const isRemote = (modules: readonly string[]): boolean =>
  modules.some((name) => REMOTE.test(name));

/** The file system whose answer a sleeper waits for, by the functions it sleeps in; null: it waits for none. */
export const remoteOf = (frames: readonly (FrameFact | null)[]): string | null =>
  frames.flatMap((frame) => frame?.module ?? []).find((name) => REMOTE.test(name)) ?? null;
