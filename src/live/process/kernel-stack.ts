// Where a sleeping thread is in the kernel: /proc/PID/task/TID/stack, innermost first.
import { isRefusal, readText } from './proc.ts';

export interface KernelFrame {
  readonly function: string;
  readonly module: string | null;
}

export type KernelStack =
  | { readonly frames: readonly KernelFrame[]; readonly text: string }
  | { readonly refused: string };

export function kernelStack(pid: number, tid: number): KernelStack {
  const text = readText(`/proc/${pid}/task/${tid}/stack`);
  if (isRefusal(text)) return { refused: text.code };
  const lines = text.split('\n').filter((line) => line !== '');
  const frames = lines.flatMap((line) => {
    const [, name, module] = /^\[<[0-9a-f]+>\] ([^\s+]+)(?:\+\S+)?(?: \[(\w+)\])?/.exec(line) ?? [];
    return name ? [{ function: name, module: module ?? null }] : [];
  });
  return { frames, text: lines.join('\n') };
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
