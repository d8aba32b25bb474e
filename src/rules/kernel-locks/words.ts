// What is said of locks in the kernel and those who wait for them, and which commands show it.
import type { KernelWait, LockHolder, LockQueue } from '../../facts/kernel-waits.ts';
import { type FrameFact, spell } from '../../facts/kit/frames.ts';
import type { KernelObject } from '../../facts/kit/object.ts';
import type { TaskFact } from '../../facts/tasks.ts';
import { type Evidence, see } from '../kit/define.ts';
import { ageLine, frameLine, literal, nameOf, seconds } from '../kit/text.ts';
import type { SuspectFunction } from '../kit/verdict.ts';

/** `spinlock`, `mutex`. */
const typeOf = (type: string): string => type.replace(/_t$/, '');

/** `mutex queue_lock [parcelq]`, `mutex at 0xffff…`. */
export const spellLock = ({ type, name, address, module }: KernelObject): string =>
  `${typeOf(type)} ${name === null ? `at ${address}` : name}${module === null ? '' : ` [${module}]`}`;

/** As short as it stays unmistakable. */
export const shortLock = ({ name, address, type }: KernelObject): string =>
  name ?? `the ${typeOf(type)} at ${address}`;

/** `for 15.0 s in __mutex_lock, called by parcelq_submit [parcelq]`. */
export function spellWait({ waitsIn, calledBy }: KernelWait, ageNs: number | null): string {
  const age = ageNs === null ? '' : `for ${seconds(ageNs)} `;
  const by = calledBy ? `, called by ${spell(calledBy)}` : '';
  return `${age}${waitsIn ? `in ${spell(waitsIn)}${by}` : ''}`.trim();
}

/** Not a lock's holder, but whoever has to do something, or to end. */
export const isOfWork = ({ from }: LockHolder): boolean =>
  from === 'work' || from === 'turn' || from === 'end';

/** `executes the work that stocktaker (pid 182) waits for` @param who nobody in particular without it */
export const doesWork = ({ from, work }: LockHolder, who?: string): string => {
  const waits = who ? `${who} waits for` : 'is waited for';
  if (from === 'end') return `is the thread whose end ${waits}`;
  return from === 'turn'
    ? `executes the work that has to end before the one that ${waits}${work?.name ? ` (${work.name})` : ''} may begin`
    : `executes the work that ${waits}`;
};

/** What a work that waits for its turn would call. */
export function showsTurn({ from, work }: LockHolder): Evidence[] {
  if (from !== 'turn' || !work?.name) return [];
  return [
    see(
      `the work that is waited for has not begun: it would call ${work.name}`,
      `struct work_struct.func ${work.address}`,
      new RegExp(`<${literal(work.name)}>`),
    ),
  ];
}

/** Whose code it is that waits: a driver's own, else the caller of what everybody waits in. */
export const waiterIn = ({ waitsIn, calledBy }: KernelWait): FrameFact | null =>
  waitsIn?.module != null ? waitsIn : calledBy;

export function functionOf(wait: KernelWait): SuspectFunction | undefined {
  const frame = waiterIn(wait);
  return frame?.function ? { name: frame.function, module: frame.module } : undefined;
}

/** That a task sleeps there, and since when. */
export function showsSleep(task: TaskFact, wait: KernelWait, ageNs: number | null): Evidence[] {
  const { waitsIn, calledBy } = wait;
  const frames = [waitsIn, calledBy].flatMap((frame) => (frame?.function ? [frame] : []));
  const sleeps = see(
    `${nameOf(task)} sleeps ${spellWait(wait, null)}`,
    `bt ${task.pid}`,
    ...frames.map(frameLine),
  );
  const lastRan = (age: number) =>
    see(`${nameOf(task)} last ran ${seconds(age)} ago`, `ps -m ${task.pid}`, ageLine(age, task));
  return [...(frames.length > 0 ? [sleeps] : []), ...(ageNs === null ? [] : [lastRan(ageNs)])];
}

/** That a lock's own word names its holder, and its list the first in line. */
export function showsLock(queue: LockQueue, holder: TaskFact | undefined): Evidence[] {
  const { object, ownerWord, words, waiters } = queue;
  const [first] = waiters;
  if (ownerWord === null || !holder) return [];
  return [
    see(
      `${spellLock(object)}: its owner word is the address of ${nameOf(holder)} with the lock’s flags in the lowest bits${first ? `, and its list begins with the waiter on the stack of pid ${first.pid}` : ''}`,
      `rd ${object.address} ${words}`,
      // A task lies on a multiple of 64 bytes; the flags are below that.
      new RegExp(`\\b${holder.address.slice(2, -1)}[0-7]\\b`),
      ...(first ? [new RegExp(`\\b${first.address.slice(2)}\\b`)] : []),
    ),
  ];
}

/** That a waiter in the lock's list is a certain task's. */
export function showsWaiter(
  { object, waiters, waiterWords }: LockQueue,
  task: TaskFact,
): Evidence[] {
  const waiter = waiters.find(({ pid }) => pid === task.pid);
  if (!waiter) return [];
  return [
    see(
      `the waiter in the list of ${shortLock(object)} that lies at ${waiter.address} is that of ${nameOf(task)}`,
      `rd ${waiter.address} ${waiterWords}`,
      new RegExp(`\\b${task.address.slice(2)}\\b`),
    ),
  ];
}
