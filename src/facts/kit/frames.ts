// A stack as plain data, and its parts: what broke in on a task, and what the task itself was doing.

export interface FrameFact {
  /** Without the compiler's suffixes (`.cold`, `.isra.0`); null: no symbol there. */
  readonly function: string | null;
  /** With them. */
  readonly symbol: string | null;
  readonly module: string | null;
  /** `0x…` */
  readonly pc: string;
  readonly isCertain: boolean;
  /** An exception broke in here: this function was executing, the frames before it are the exception's. */
  readonly isInterrupted: boolean;
}

export interface StackFact {
  /** Innermost first. */
  readonly frames: readonly FrameFact[];
  /** Unwound by the kernel's own rules to its end: a function that is not in it was not called. */
  readonly isWhole: boolean;
  /** It ends where user mode was left. */
  readonly fromUser: boolean;
}

/** `foo.cold`, `foo.part.0`, `foo.isra.0.cold`, `foo.constprop.0`: parts the compiler makes of `foo`. */
export const baseName = (symbol: string): string =>
  symbol.replace(/(?:\.(?:cold|part|isra|constprop|llvm)(?:\.\d+)?)+$/, '');

/**
 * Entry code of what comes unasked: device, timer and inter-processor interrupts, NMI, machine check. A page fault is
 * the task's own doing. arch/x86/entry/entry_64.S, arch/x86/include/asm/idtentry.h (5.10 to 7.2).
 */
const UNASKED =
  /^(?:asm_sysvec_\w+|asm_common_interrupt|asm_spurious_interrupt|asm_exc_nmi|end_repeat_nmi|repeat_nmi|first_nmi|asm_exc_machine_check)$/;

/** Whether a frame is the entry of something that came unasked. */
export const isUnasked = (frame: Pick<FrameFact, 'symbol'>): boolean =>
  UNASKED.test(frame.symbol ?? '');

const lowestEntry = (stack: StackFact): number => stack.frames.findLastIndex(isUnasked);

/** What broke in on the task, innermost first; empty: nothing did. */
export const interrupter = (stack: StackFact): readonly FrameFact[] =>
  stack.frames.slice(0, lowestEntry(stack) + 1);

/** What the task itself was in, in the kernel, innermost first; empty: it was in user mode. */
export const ownFrames = (stack: StackFact): readonly FrameFact[] =>
  stack.frames.slice(lowestEntry(stack) + 1);

/** `process_one_work` or `mtd_write [mtd]`. */
export const spell = (frame: Pick<FrameFact, 'function' | 'module' | 'pc'>): string =>
  `${frame.function ?? frame.pc}${frame.module ? ` [${frame.module}]` : ''}`;
