// The lock in a program's memory that a futex word belongs to, and the thread it says it is held by.
import { type PhysicalAddress, type VirtualAddress, virtual } from '../../bytes/address.ts';
import { Cursor } from '../../bytes/cursor.ts';
import { isFault } from '../../bytes/fault.ts';
import type { AddressSpace } from '../../memory/space.ts';

export interface Holder {
  /** As the program knows it. */
  readonly tid: number;
  /**
   * `mutex`: a pthread_mutex_t's record; `rwlock`: a pthread_rwlock_t's; `word`: the lock word alone; `call`: what the lock word was when the thread fell
   * asleep, since the kernel compares the two (futex_wait_setup() in kernel/futex/waitwake.c, kernel/futex.c before 5.16).
   */
  readonly from: 'mutex' | 'rwlock' | 'word' | 'call';
}

export interface LockMemory {
  readonly physical: PhysicalAddress;
  /** Who holds it, if it is a lock: `value` is what a thread saw in the word before it slept. */
  holder(value: number): Holder | undefined;
}

/** "Held, and somebody waits": glibc's lll_lock(), nptl/lowlevellock.c, sysdeps/nptl/lowlevellock.h. */
const CONTENDED = 2;
/** FUTEX_WAITERS and FUTEX_TID_MASK: include/uapi/linux/futex.h. */
const WAITERS = 0x8000_0000;
const TID_MASK = 0x3fff_ffff;

/**
 * `struct __pthread_mutex_s` of 64-bit glibc, in words of 4 bytes: lock, count, owner, nusers, kind.
 * sysdeps/x86/nptl/bits/struct_mutex.h, sysdeps/nptl/bits/struct_mutex.h (2.3 to 2.42)
 */
const MUTEX_WORDS = 5;
export const MUTEX_BYTES = MUTEX_WORDS * 4;
/** PTHREAD_MUTEX_RECURSIVE_NP: nptl/pthreadP.h, the two lowest bits of the kind. */
const TYPE = 3;
const RECURSIVE = 1;
/** PTHREAD_MUTEX_ROBUST_NORMAL_NP. */
const ROBUST = 16;
/** PTHREAD_MUTEX_PSHARED_BIT, PTHREAD_MUTEX_ELISION_NP, PTHREAD_MUTEX_NO_ELISION_NP. */
const FLAGS = 128 | 256 | 512;
const MOST_USERS = 1 << 22;

/** Undefined: that memory is not in the dump. */
export function readLock(space: AddressSpace, at: VirtualAddress): LockMemory | undefined {
  const place = space.translate(at);
  const word = space.u32(at);
  if (isFault(place) || isFault(word)) return undefined;
  const bytes = space.read(virtual(at), MUTEX_BYTES);
  const cursor = isFault(bytes) ? undefined : new Cursor(bytes);
  const mutex = cursor && mutexOf(cursor);
  return {
    physical: place.at,
    holder: (value) => {
      // The word changed since the thread looked at it: it was, or is about to be, woken.
      if (word !== value) return undefined;
      return mutex ?? wordHolder(word);
    },
  };
}

/**
 * The same of a running program: `bytes` are those at the futex word.
 *
 * @param value what a thread saw in the word before it slept
 */
export function holderIn(bytes: Uint8Array, value: number): Holder | undefined {
  const cursor = new Cursor(bytes);
  const word = cursor.u32(0);
  return word === value ? (mutexOf(cursor) ?? wordHolder(word)) : undefined;
}

/** The owner that a pthread_mutex_t names, where all of its members can be one's that is held and waited for. */
function mutexOf(cursor: Cursor): Holder | undefined {
  const words = Array.from({ length: MUTEX_WORDS }, (_, i) => cursor.u32(i * 4) ?? 0);
  const [lock = 0, count = 0, owner = 0, users = 0, kind = 0] = words;
  const isRobust = (kind & ROBUST) !== 0;
  const isHeld = isRobust
    ? (lock & WAITERS) !== 0 && (lock & TID_MASK) === owner
    : lock === CONTENDED;
  const isKind = (kind & ~(TYPE | FLAGS | ROBUST)) === 0;
  // A robust mutex that is held counts 1, of whatever type: nptl/pthread_mutex_lock.c
  const counts = isRobust || (kind & TYPE) === RECURSIVE;
  const isCount = counts ? count >= 1 && count < 0x8000_0000 : count === 0;
  if (!isHeld || !isKind || !isCount || owner === 0 || owner > TID_MASK) return undefined;
  return users >= 1 && users <= MOST_USERS ? { tid: owner, from: 'mutex' } : undefined;
}

/**
 * `pthread_rwlock_t` of 64-bit glibc, in words of 4 bytes: readers, writers, wrphase_futex, writers_futex, two of nothing,
 * cur_writer, shared. sysdeps/x86/nptl/bits/struct_rwlock.h, nptl/pthread_rwlock_common.c (2.30 to 2.42)
 */
const RWLOCK_WORDS = 8;
/** Where the two words that threads sleep on lie in it. */
const SLEPT_ON = [8, 12];
/** PTHREAD_RWLOCK_WRPHASE and PTHREAD_RWLOCK_WRLOCKED, of the readers: a writer has it. */
const WRITTEN = 3;
/** 1 and PTHREAD_RWLOCK_FUTEX_USED: a writer has it, or is next, and somebody sleeps there. */
export const RWLOCK_TAKEN = 3;

export interface RwlockMemory {
  /** Of the whole lock. */
  readonly physical: PhysicalAddress;
  readonly tid: number;
}

/** The writer that has the read-write lock a thread sleeps on; undefined: it is none, or not in the dump. */
export function readRwlock(space: AddressSpace, at: VirtualAddress): RwlockMemory | undefined {
  for (const offset of SLEPT_ON) {
    const base = virtual(at - BigInt(offset));
    const place = space.translate(base);
    const bytes = space.read(base, RWLOCK_WORDS * 4);
    const tid = isFault(bytes) ? undefined : writerIn(bytes, offset);
    if (tid !== undefined && !isFault(place)) return { physical: place.at, tid };
  }
  return undefined;
}

/** @param offset of the word that a thread sleeps on, in the lock */
export function writerIn(bytes: Uint8Array, offset: number): number | undefined {
  const cursor = new Cursor(bytes);
  const words = Array.from({ length: RWLOCK_WORDS }, (_, i) => cursor.u32(i * 4) ?? 0);
  const [readers = 0, writers = 0, phase = 0, taken = 0, pad3, pad4, tid = 0, shared = 0] = words;
  const isIts = words[offset / 4] === RWLOCK_TAKEN && pad3 === 0 && pad4 === 0 && shared <= 1;
  const isWritten =
    (readers & WRITTEN) === WRITTEN && (phase & 1) === 1 && (taken & 1) === 1 && phase <= 3;
  const isTid = tid !== 0 && tid <= TID_MASK;
  return isIts && isWritten && isTid && taken <= 3 && writers <= MOST_USERS ? tid : undefined;
}

/**
 * EBUSY: what musl writes, instead of a thread's number, in the word of a lock of the plain kind.
 * src/thread/pthread_mutex_trylock.c
 */
const NOBODY_KNOWS = 16;

/**
 * Who held a lock whose memory is not in the dump. glibc's robust mutexes, and musl's, sleep on the owner's number, and
 * whoever lets go of one wakes a sleeper: nptl/pthread_mutex_lock.c, nptl/pthread_mutex_unlock.c
 */
export function holderInCall(value: number): Holder | undefined {
  const holder = wordHolder(value);
  return holder && { ...holder, from: 'call' };
}

/** musl's locks that know their owner, and others made in the kernel's own form: the number, and that somebody waits. */
function wordHolder(word: number): Holder | undefined {
  const tid = word & TID_MASK;
  if ((word & WAITERS) === 0 || tid === 0 || tid === NOBODY_KNOWS) return undefined;
  return { tid, from: 'word' };
}
