// What the shell and its worker say to each other. The shell has the terminal, the worker the dump: so ^C is heard
// whatever the worker is busy with.
import type { Answer } from '../../commands/kit/run.ts';
import type { Session } from '../../commands/kit/session.ts';

/** What a session keeps when its worker is ended: all but the values of `p`, which belong to the dump it had open. */
export type Kept = Omit<Session, 'values'>;

export interface WorkerStart {
  readonly files: readonly string[];
  readonly raw: boolean;
  /** Of the worker before this one. */
  readonly kept: Kept;
  /** One number: other than 0, the command is to end where it next looks. */
  readonly stop: SharedArrayBuffer;
}

export type Request =
  | {
      readonly id: number;
      readonly ask: 'run';
      readonly line: string;
      /** Whether the command may make a file. */
      readonly mayWrite: boolean;
    }
  | { readonly id: number; readonly ask: 'complete'; readonly text: string }
  /** The verdict's first line, for the banner. */
  | { readonly id: number; readonly ask: 'headline' };

/** A command's answer without its data: what a person reads. */
export interface RunReply {
  readonly ok: boolean;
  /** The answer, or the error's message. */
  readonly text: string;
  readonly warnings: readonly string[];
  readonly kept: Kept;
  /** How many values `p` has printed: `$1` and so on. */
  readonly values: number;
  /** It was ended by `stop`. */
  readonly isStopped: boolean;
}

/** Candidates, and the end of the text that each would replace. */
export type Completion = readonly [candidates: readonly string[], word: string];

export type Message =
  | { readonly kind: 'opened'; readonly warnings: readonly string[] }
  | { readonly kind: 'unopened'; readonly message: string }
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'ran'; readonly id: number; readonly reply: RunReply }
  | { readonly kind: 'completed'; readonly id: number; readonly completion: Completion }
  | { readonly kind: 'headline'; readonly id: number; readonly text: string };

export const runReply = (answer: Answer, { values, ...kept }: Session): RunReply => ({
  ok: answer.ok,
  text: answer.ok ? answer.text : answer.error.message,
  warnings: answer.warnings,
  kept,
  values: values.length,
  isStopped: false,
});
