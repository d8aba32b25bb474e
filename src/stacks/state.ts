// What an unwinder knows of one frame, and what a step up from it can find.
import type { Registers } from '../arch/x86_64/registers.ts';
import type { VirtualAddress } from '../bytes/address.ts';
import type { StackRange } from '../kernel/cpu-stacks.ts';

/** How sure a frame is: `guessed` when something other than the kernel's own rules led to it. */
export type Certainty = 'certain' | 'guessed';

/**
 * How a frame's pc is to be read: `first` is where the CPU was (or the task was switched away from),
 * `return` comes after a call, `interrupted` is the very instruction an exception broke into.
 */
export type FrameKind = 'first' | 'return' | 'interrupted';

export interface State {
  readonly pc: VirtualAddress;
  /** The stack pointer while that frame's function was executing. */
  readonly sp: VirtualAddress;
  /** Undefined: not known from where we started. */
  readonly bp: bigint | undefined;
  /** Where the pc was read from; for a frame whose pc came from registers, its stack pointer. */
  readonly slot: VirtualAddress;
  readonly is: FrameKind;
  /** The whole registers of an exception, as long as no call came in between. */
  readonly registers: Registers | undefined;
  readonly stack: StackRange;
  readonly certainty: Certainty;
}

/** The registers an exception, interrupt or system call saved on the stack. */
export interface ExceptionFrame {
  /** Where the `struct pt_regs` begins. */
  readonly address: VirtualAddress;
  /** Only what the CPU itself pushed when the entry code had not saved the rest. */
  readonly registers: Partial<Registers> & Pick<Registers, IretRegister>;
  readonly isUser: boolean;
}

type IretRegister = 'ip' | 'cs' | 'flags' | 'sp' | 'ss';

/** One step up a stack. */
export type Step =
  | { readonly to: 'caller'; readonly state: State }
  | { readonly to: 'interrupted'; readonly exception: ExceptionFrame; readonly state: State }
  | { readonly to: 'user'; readonly exception: ExceptionFrame }
  | { readonly to: 'end' }
  /** A sentence: why there is no way on. */
  | { readonly to: 'nowhere'; readonly reason: string };

/** A way of finding callers. */
export interface Unwinder {
  step(state: State): Step;
}
