// Locks on files: flock(), fcntl(F_SETLKW) and the open file's own kind of it. fs/locks.c, include/linux/filelock.h
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { type Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { listEntries } from './lib/list.ts';

const lockShape = shape('file_lock', {
  // In a struct file_lock_core of its own, with other names, on 6.12 and 7.2; not on 6.1.
  list: ['c.flc_list', 'fl_list'],
  blocked: ['c.flc_blocked_requests', 'fl_blocked_requests'],
  member: ['c.flc_blocked_member', 'fl_blocked_member'],
  owner: ['c.flc_owner', 'fl_owner'],
  pid: ['c.flc_pid', 'fl_pid'],
});

/** `struct file_lock`: a lock that is held, or a request for one. */
export class FileLock extends View<keyof typeof lockShape.fields> {
  protected readonly shape = lockShape;
}

const fileShape = shape('file', { inode: ['f_inode'] });
class FileView extends View<keyof typeof fileShape.fields> {
  protected readonly shape = fileShape;
}

const inodeShape = shape('inode', { locks: ['i_flctx'] });
class Inode extends View<keyof typeof inodeShape.fields> {
  protected readonly shape = inodeShape;
}

const contextShape = shape('file_lock_context', { flock: ['flc_flock'], posix: ['flc_posix'] });
class LockContext extends View<keyof typeof contextShape.fields> {
  protected readonly shape = contextShape;
}

/** Locks of one file, and requests behind one lock, that are looked at. */
const MOST_LOCKS = 10_000;
const MOST_REQUESTS = 10_000;

/** A request that waits, and the lock it waits for. */
export interface BlockedRequest {
  readonly request: FileLock;
  /** The lock that is held: a request may wait behind another that waits for it. */
  readonly held: FileLock;
}

/**
 * The request of a process that waits for a lock on a file, found in the lists of those who wait.
 *
 * @param file address of the struct file the lock was asked for through
 * @param kind which of the file's two lists
 * @param owner whose request: the struct file's for flock() and open file's locks, a files_struct else
 */
export function blockedRequest(
  dump: Dump,
  file: VirtualAddress,
  kind: 'flock' | 'posix',
  owner: VirtualAddress,
): BlockedRequest | undefined {
  const inode = new FileView(dump, file).pointer('inode');
  const context = isFault(inode) ? inode : new Inode(dump, inode).pointer('locks');
  if (isFault(context) || context === 0n) return undefined;
  for (const held of locksOn(
    dump,
    new LockContext(dump, context).addressOf(kind),
    'list',
    MOST_LOCKS,
  ))
    for (const request of requestsFor(held))
      if (request.pointer('owner') === owner) return { request, held };
  return undefined;
}

/** Those who wait for a lock, and those who wait behind them. */
function* requestsFor(held: FileLock): Generator<FileLock> {
  const seen = new Set<bigint>();
  const left = [held];
  for (let lock = left.pop(); lock && seen.size < MOST_REQUESTS; lock = left.pop())
    for (const request of locksOn(held.dump, lock.addressOf('blocked'), 'member', MOST_REQUESTS)) {
      if (seen.has(request.address)) continue;
      seen.add(request.address);
      left.push(request);
      yield request;
    }
}

function* locksOn(
  dump: Dump,
  head: VirtualAddress | Fault,
  field: 'list' | 'member',
  limit: number,
): Generator<FileLock> {
  const path = new FileLock(dump, virtual(0n)).via(field);
  const link = path === undefined ? undefined : dump.types.member('file_lock', path);
  if (isFault(head) || !link) return;
  for (const address of listEntries(dump, head, link.offset, { limit }))
    yield new FileLock(dump, address);
}
