// What a list of tasks lacks, said in one sentence however many they are.
import { type Fault, isFault } from '../../bytes/fault.ts';
import type { Context } from '../kit/define.ts';

export class Unread {
  readonly #context: Context;
  #count = 0;
  #first: Fault | undefined;

  constructor(context: Context) {
    this.#context = context;
  }

  /** A value as data has it: null when it cannot be read. */
  value<T>(value: T | Fault): T | null {
    if (!isFault(value)) return value;
    this.#count++;
    this.#first ??= value;
    return null;
  }

  /** Once all has been read. */
  report(): void {
    const values = this.#count === 1 ? '1 value' : `${this.#count} values`;
    if (this.#first) this.#context.warn(`ps: ${values} cannot be read: ${this.#first.explain()}`);
  }
}
