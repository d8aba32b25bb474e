// Who holds the lock that a thread sleeps for: the futex word and what lies around it, in the process's own memory.
import { closeSync, openSync, readSync } from 'node:fs';
import { holderIn, MUTEX_BYTES } from '../../facts/kit/lock-word.ts';
import { type Call, intArgument } from './stat.ts';

export interface FutexSleep {
  readonly address: string;
  /** What the word had to be. */
  readonly value: number;
  readonly hasTimeout: boolean;
  /** A lock's holder, or the thread whose end is waited for; null: none can be told. */
  readonly owner: { readonly tid: number; readonly by: 'lock' | 'end' } | null;
  /** The word and the two behind it, of which a pthread_mutex_t's third is its owner; empty: they may not be read. */
  readonly words: readonly number[];
}

/** include/uapi/linux/futex.h: the command without FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME. */
const COMMAND = 127;
const WAIT = 0;
const LOCK_PI = [6, 13];
const TID_MASK = 0x3fff_ffff;

/** @param tids the threads of the process: the end of one of them is waited for through a word that holds its number */
export function futexSleep(pid: number, call: Call, tids: readonly number[]): FutexSleep {
  const address = call.arguments[0] ?? '0x0';
  const value = intArgument(call, 2) >>> 0;
  const command = intArgument(call, 1) & COMMAND;
  const base = { address, value, hasTimeout: BigInt(call.arguments[3] ?? 0) !== 0n };
  const bytes = readMemory(pid, BigInt(address), MUTEX_BYTES);
  if (!bytes) return { ...base, owner: null, words: [] };
  const word = bytes.readUInt32LE(0);
  const words = [word, bytes.readInt32LE(4), bytes.readInt32LE(8)];
  if (LOCK_PI.includes(command)) {
    const tid = word & TID_MASK;
    return { ...base, owner: tid > 0 ? { tid, by: 'lock' } : null, words };
  }
  // CLONE_CHILD_CLEARTID: pthread_join() waits for the kernel to clear the number of the thread that ends.
  if (word === value && tids.includes(word))
    return { ...base, owner: { tid: word, by: 'end' }, words };
  const holder = command === WAIT ? holderIn(bytes, value) : undefined;
  return { ...base, owner: holder ? { tid: holder.tid, by: 'lock' } : null, words };
}

const HIGHEST = 1n << 47n;

/** Undefined: it may not be read, or is not there. */
export function readMemory(pid: number, address: bigint, length: number): Buffer | undefined {
  if (address <= 0n || address >= HIGHEST) return undefined;
  let fd: number;
  try {
    fd = openSync(`/proc/${pid}/mem`, 'r');
  } catch {
    return undefined;
  }
  try {
    const bytes = Buffer.alloc(length);
    return readSync(fd, bytes, 0, length, address) === length ? bytes : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}

const LONGEST_PATH = 256;

/** A path that a call was given. */
export function readPath(pid: number, address: string): string | undefined {
  for (const length of [LONGEST_PATH, 64, 16]) {
    const bytes = readMemory(pid, BigInt(address), length);
    const end = bytes?.indexOf(0) ?? -1;
    if (bytes && end > 0) return bytes.toString('utf8', 0, end);
  }
  return undefined;
}
