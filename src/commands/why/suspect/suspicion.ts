// The document of `inquest why DUMP --suspect X --json`: what points at one task or module, and what clears it.
import type { VerdictCore } from '../../../rules/kit/verdict.ts';

/** Something said of the suspect, and what shows it. */
export interface Remark {
  claim: string;
  /** The rule that says so; null: a fact of the dump, whichever rule uses it. */
  rule: string | null;
  /** Can be pasted into the shell; null: that something was not found shows in no single answer. */
  command: string | null;
  /** The lines of its answer that show the claim; empty: the whole of it does. */
  output: string;
}

/**
 * blamed: the verdict names it as culprit or holder. involved: it does not, but facts point at it. suffers: it is a
 * victim, or waits. cleared: it was considered, and is innocent. nothing: nothing points at it.
 */
export type Standing = 'blamed' | 'involved' | 'suffers' | 'cleared' | 'nothing';

export interface Suspicion {
  schema: 'inquest.suspect/1';
  kind: 'task' | 'module';
  /** `cron (pid 198)`, `e1000`. */
  name: string;
  standing: Standing;
  /** One sentence. */
  headline: string;
  /** What the dump's verdict says, whoever is asked about. */
  verdict: VerdictCore & { headline: string };
  pointsAtIt: Remark[];
  clearsIt: Remark[];
  /** What is known of it and does neither. */
  beside: Remark[];
  /** What could not be shown or read. */
  doubts: string[];
}

export type Side = 'pointsAtIt' | 'clearsIt' | 'beside';

/** A remark whose command nobody has run yet. */
export interface Claim {
  readonly side: Side;
  readonly rule: string | null;
  readonly claim: string;
  readonly command: string | null;
  /** What its answer must show, each on a line; empty: that the command answers is enough. */
  readonly shows: readonly RegExp[];
  /** What no line of its answer may show. */
  readonly absent?: RegExp | undefined;
}

/** A fact of the dump, beside all rules. */
export const fact = (
  side: Side,
  claim: string,
  command: string | null,
  ...shows: readonly RegExp[]
): Claim => ({ side, rule: null, claim, command, shows });
