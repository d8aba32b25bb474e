// What `bt` answers, as data.
import type { BtException, BtRegisters } from './registers.ts';
import type { BtWord } from './words.ts';

/** One function of a stack, innermost first. */
export interface BtFrame {
  /** From 0. Interrupted functions count too, which crash's text numbers only after a change of stack. */
  index: number;
  /** Where the return address lies; of an interrupted function, its stack pointer. */
  sp: string;
  pc: string;
  /** The function's whole name; null where no symbol covers the pc. */
  symbol: string | null;
  /** Bytes from the function's start to pc. */
  offset: number | null;
  /** null: the kernel proper, or unknown. */
  module: string | null;
  /** Which stack it stands on: `task`, `irq`, `nmi`, `df`, `db`, `mce`, `vc`, `vc2`, `entry`. */
  stack: string;
  /** `guessed`: a word on the stack that can be a return address, not found by the kernel's own rules. */
  certainty: 'certain' | 'guessed';
  /** An exception or interrupt broke into it at exactly pc. */
  interrupted: boolean;
  /** What this frame, entry code, had saved of what it broke into. */
  exception: BtException | null;
  /** Source file and line: need debug information, which a dump does not hold. */
  file: string | null;
  line: number | null;
  /** Frames of inlined functions, too, need debug information. */
  inlined: boolean;
  /** With -f or -F: the words up to the next frame. */
  words?: BtWord[];
}

/** Registers that -e or -E found on a stack. */
export interface BtFoundException {
  stack: string;
  exception: BtException;
}

/** The words of one stack that point into code. */
export interface BtTextStack {
  stack: string;
  words: BtWord[];
}

export interface BtTask {
  pid: number | null;
  comm: string | null;
  /** The CPU it runs or last ran on. */
  cpu: number | null;
  /** Address of its task_struct. */
  task: string;
  frames: BtFrame[];
  /** `user`: user mode lies below the last frame; `kernel`: the stack's end; `unknown`: see endReason. */
  end: 'user' | 'kernel' | 'unknown';
  /** Why the frames end before the stack does; null when they do not. */
  endReason: string | null;
  /** Every frame is certain and the end was reached: only then does the absence of a function mean anything. */
  isWhole: boolean;
  /** False for a task that gave its stack back: a zombie. */
  hasStack: boolean;
  /** Of the user program below the kernel's frames; null when there is none or they are not known. */
  userRegisters: BtRegisters | null;
  /** On a running machine: a CPU executes it, so its frames change while one reads, and are left out. */
  active?: boolean;
  /** With -n idle: its CPU only idled, and its frames are left out. */
  idle?: boolean;
  /** With -t or -T: every word that points into code, from the first frame or from the stack's lowest address. */
  text?: BtTextStack[];
  /** With -r: the whole stack. */
  memory?: BtWord[];
  /** With -e, of this task's stack; with -E, of its CPU's IRQ and exception stacks. */
  exceptions?: BtFoundException[];
  /** With -E: the stacks that were looked through. */
  scanned?: string[];
  /** With -v: what speaks for an overflow; tasks without any are left out. */
  overflow?: string[];
}

export type BtData = BtTask[];
