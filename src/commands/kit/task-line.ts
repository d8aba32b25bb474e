// The line that names a task wherever crash names one.
import { type Fault, isFault } from '../../bytes/fault.ts';
import type { Task } from '../../kernel/task.ts';
import { escapeText } from '../../print/escape.ts';
import { hex } from '../../print/hex.ts';

/** What identifies a task in every answer; null: unreadable. */
export interface TaskId {
  pid: number | null;
  /** Address of its task_struct. */
  task: string;
  /** The CPU it runs or last ran on. */
  cpu: number | null;
  comm: string | null;
}

/** A task's identity as data. */
export function taskId(task: Task): TaskId {
  return {
    pid: orNull(task.pid),
    task: hex(task.address),
    cpu: orNull(task.cpu),
    comm: orNull(task.comm),
  };
}

/** `PID: 237      TASK: ffff88c941ea2100  CPU: 0    COMMAND: "loop.sh"` */
export const taskLine = (id: TaskId): string =>
  `PID: ${text(id.pid).padEnd(7)}  TASK: ${address16(id.task)}  CPU: ${text(id.cpu).padEnd(3)}  COMMAND: "${text(id.comm)}"`;

/** An address of answer data as crash's tables have it: 16 digits, no 0x; `?` when unreadable. */
export const address16 = (address: string | null): string =>
  address === null ? '?' : address.slice(2).padStart(16, '0');

/**
 * A value, or the mark of one that could not be read. A task's name is whatever its program chose: with a newline
 * it could forge lines of the table it stands in.
 */
export const text = (value: number | string | null): string =>
  value === null ? '?' : typeof value === 'string' ? escapeText(value) : `${value}`;

/** JSON has no Fault: what cannot be read is null. The command says why in a warning. */
export const orNull = <T>(value: T | Fault): T | null => (isFault(value) ? null : value);
