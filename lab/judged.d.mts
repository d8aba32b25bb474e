// What judged.mjs gives, for the tests.
export interface Judgement {
  readonly mark: 'right' | 'partly' | 'silent' | 'wrong';
  readonly said: string;
  readonly reasons: readonly string[];
}
export function judged(truth: unknown, answer: unknown): Judgement;
