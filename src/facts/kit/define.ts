// What a fact is: something that can be said without opinion, as plain data, with its holes.
import type { Dump } from '../../types/dump.ts';

/** A fact as found on one machine. */
export interface Seen<T> {
  readonly value: T;
  /** What could not be read, as sentences: they become doubts under every verdict that used the fact. */
  readonly holes: readonly string[];
}

export interface Fact<T> {
  /** The file's own name. */
  readonly id: string;
  /** What it says, for people. */
  readonly says: string;
  /** Looks at a dump. */
  from(dump: Dump): Seen<T>;
}

export const defineFact = <T>(fact: Fact<T>): Fact<T> => fact;

/** The fact on this dump, computed once. */
export const seen = <T>(dump: Dump, fact: Fact<T>): Seen<T> =>
  dump.memo(fact, () => fact.from(dump));

/** Collects sentences about what could not be read, each once. */
export class Holes {
  readonly #list = new Set<string>();

  add(text: string): void {
    this.#list.add(text);
  }

  get list(): readonly string[] {
    return [...this.#list];
  }
}
