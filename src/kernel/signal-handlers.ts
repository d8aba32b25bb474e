// Which signals a process handles itself. include/linux/sched/signal.h, include/linux/signal_types.h
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { shape, View } from '../types/view.ts';
import type { Task } from './task.ts';

const ownShape = shape('task_struct', { handlers: ['sighand'] });
class Own extends View<keyof typeof ownShape.fields> {
  protected readonly shape = ownShape;
}

/** What others send, or a timer does: HUP, INT, QUIT, USR1, USR2, ALRM, TERM. include/uapi/asm-generic/signal.h */
const SENT = [1, 2, 3, 10, 12, 14, 15];
/** SIG_DFL and SIG_IGN: no function of the program's. */
const IGNORED = 1n;

/** Whether it has a function of its own for a signal that somebody may send; unreadable ones it has not. */
export function handlesSignals(task: Task): boolean {
  const { types, memory } = task.dump;
  const at = new Own(task.dump, task.address).pointer('handlers');
  const actions = types.member('sighand_struct', 'action');
  const size = types.sizeOf('k_sigaction');
  const handler = types.member('k_sigaction', 'sa.sa_handler');
  if (isFault(at) || at === 0n || !actions || !handler || size === undefined) return false;
  return SENT.some((signal) => {
    const where: VirtualAddress = virtual(
      at + BigInt(actions.offset + (signal - 1) * size + handler.offset),
    );
    const value = memory.pointer(where);
    return !isFault(value) && value > IGNORED;
  });
}
