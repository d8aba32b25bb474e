// What a rule is: facts in, findings out. Pure; reads no memory and no clock.
import type { Fact } from '../../facts/kit/define.ts';
import type {
  Confidence,
  Exonerated,
  Kind,
  NextStep,
  Suspect,
  SuspectFunction,
  SuspectObject,
  SuspectTask,
  WaitLink,
  Where,
} from './verdict.ts';

/**
 * A claim, the command that shows it, and what its answer must contain: each pattern matches a line.
 * Whoever prints the verdict runs the command; where a pattern is not met, the evidence is withdrawn.
 */
export interface Evidence {
  readonly claim: string;
  readonly command: string;
  readonly shows: readonly RegExp[];
}

/** Says why the machine stopped. */
export interface Blame {
  readonly says: 'blame';
  readonly where: Where;
  readonly kind: Exclude<Kind, 'undecided'>;
  readonly title: string;
  readonly confidence: Confidence;
  readonly headline: string;
  readonly because: string;
  readonly suspects: readonly Suspect[];
  /** Who waits for whom, where it rests on that: a ring, or a chain to its end. */
  readonly chain?: readonly WaitLink[] | undefined;
  readonly evidence: readonly Evidence[];
  readonly next: readonly NextStep[];
  readonly doubts: readonly string[];
}

/** Something is wrong, but whose fault it is does not follow from it. A machine with trouble is not healthy. */
export interface Trouble {
  readonly says: 'trouble';
  /** In few words: `4 tasks in uninterruptible sleep`. */
  readonly title: string;
  /** A clause a person who knows no kernel understands: `4 tasks slept in the kernel, …`. */
  readonly headline: string;
  readonly because: string;
  readonly suspects: readonly Suspect[];
  readonly chain?: readonly WaitLink[] | undefined;
  readonly evidence: readonly Evidence[];
  readonly next: readonly NextStep[];
}

/** Considered and cleared. */
export interface Exoneration extends Readonly<Exonerated> {
  readonly says: 'exonerated';
  /** What no line of the command's answer may match: `[e1000]` in a stack. */
  readonly absent?: RegExp | undefined;
}

/** What could not be examined, and what it would change. */
export interface Doubt {
  readonly says: 'doubt';
  readonly because: string;
}

export type Finding = Blame | Trouble | Exoneration | Doubt;

export type Needs = Readonly<Record<string, Fact<unknown>>>;
export type Given<N extends Needs> = {
  readonly [K in keyof N]: N[K] extends Fact<infer T> ? T : never;
};

export interface Rule<N extends Needs> {
  /** The file's own name; its page is docs/rules/ID.md. */
  readonly id: string;
  readonly title: string;
  readonly needs: N;
  /** What was looked for and not found, when the rule is silent: `no real-time task held a CPU`. */
  readonly silence: string;
  judge(given: Given<N>): Iterable<Finding>;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of rules, each with its own facts
export type AnyRule = Rule<any>;

export const defineRule = <const N extends Needs>(rule: Rule<N>): Rule<N> => rule;

export const see = (claim: string, command: string, ...shows: RegExp[]): Evidence => ({
  claim,
  command,
  shows,
});

export const exonerate = (
  kind: Exonerated['kind'],
  name: string,
  reason: string,
  command: string,
  absent?: RegExp,
): Exoneration => ({ says: 'exonerated', kind, name, reason, command, absent });

export const doubt = (because: string): Doubt => ({ says: 'doubt', because });

/** A suspect with what is known of it. */
export const suspect = (
  role: Suspect['role'],
  why: string,
  known: {
    readonly task?: SuspectTask | undefined;
    readonly cpu?: number | null | undefined;
    readonly object?: SuspectObject | undefined;
    readonly function?: SuspectFunction | undefined;
  },
): Suspect => ({
  role,
  task: known.task ?? null,
  cpu: known.cpu ?? null,
  object: known.object ?? null,
  function: known.function ?? null,
  why,
});
