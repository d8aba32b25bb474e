// Where a sleeping thread is in the kernel, innermost first: from the kernel's memory, else /proc/PID/task/TID/stack.
import type { SuspectObject, SuspectTask } from '../../rules/kit/verdict.ts';
import { isRefusal, readText } from './proc.ts';

export interface KernelFrame {
  readonly function: string;
  readonly module: string | null;
}

export interface SeenStack {
  readonly frames: readonly KernelFrame[];
  /** What shows it, and the lines that do. */
  readonly command: string;
  readonly text: string;
}

export type KernelStack = SeenStack | { readonly refused: string };

/** A lock of the kernel that a thread waits for. */
export interface SeenLock {
  /** `mutex queue_lock [driver]` */
  readonly what: string;
  readonly object: SuspectObject;
  /** Null: it names none. */
  readonly holder: SuspectTask | null;
  /** What shows its words, and those that do. */
  readonly command: string;
  readonly text: string;
}

/** Looks into the kernel's memory for what a thread does there. */
export interface KernelReader {
  /** Undefined: it runs, or its stack cannot be told. */
  stack(tid: number): Promise<SeenStack | undefined>;
  /** Undefined: it waits for none that can be told. */
  lock(tid: number): Promise<SeenLock | undefined>;
}

/** As the kernel tells it, which leaves the scheduler's own functions out. */
export function kernelStack(pid: number, tid: number): KernelStack {
  const file = `/proc/${pid}/task/${tid}/stack`;
  const text = readText(file);
  if (isRefusal(text)) return { refused: text.code };
  const lines = text.split('\n').filter((line) => line !== '');
  const frames = lines.flatMap((line) => {
    const [, name, module] = /^\[<[0-9a-f]+>\] ([^\s+]+)(?:\+\S+)?(?: \[(\w+)\])?/.exec(line) ?? [];
    return name ? [{ function: name, module: module ?? null }] : [];
  });
  return { frames, command: `cat ${file}`, text: lines.join('\n') };
}

/** How every thread enters the kernel: says nothing of where it is. */
const ENTRY = /^(do_syscall|entry_|__x64_|__do_sys_|__se_sys_|ret_from|x64_sys_call|__arm64_|el0)/;

/** `ksys_write → vfs_write → mtdchar_write [mtd] → …`, outermost first. */
export const pathOf = (frames: readonly KernelFrame[]): string =>
  frames
    .filter(({ function: name }) => !ENTRY.test(name))
    .map(({ function: name, module }) => (module ? `${name} [${module}]` : name))
    .reverse()
    .join(' → ');
