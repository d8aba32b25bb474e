// `struct kthread`: what belongs to a thread of the kernel beside its task_struct. kernel/kthread.c
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { Task } from './task.ts';

/** Where the completion lies that kthread_stop() waits for: given when that thread ends (5.10 to 7.2). */
export function endOf(task: Task): VirtualAddress | undefined {
  const at = task.isKernelThread === true ? task.pointer('kthread') : 0n;
  const exited = task.dump.types.member('kthread', 'exited');
  return isFault(at) || at === 0n || !exited ? undefined : virtual(at + BigInt(exited.offset));
}
