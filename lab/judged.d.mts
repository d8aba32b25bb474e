// What judged.mjs gives, for the tests.
export interface Judgement {
  readonly mark: 'right' | 'partly' | 'silent' | 'wrong';
  readonly said: string;
  readonly reasons: readonly string[];
  /** The guest's times against the verdict's, in seconds of uptime. */
  readonly times: readonly { name: string; guest: number; said: number; fits: boolean }[];
}
export function judged(truth: unknown, answer: unknown): Judgement;
