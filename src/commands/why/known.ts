// Known issues: which of a file's a verdict is.
import type { Kind, KnownIssue, Suspect, Verdict, Where } from '../../rules/kit/verdict.ts';

/** One, or any of several. */
type OneOf<T extends string> = T | readonly T[];

/** Kernel releases, compared number by number as far as both have any: `6.12` is before `6.12.3`. */
export interface ReleaseRange {
  /** The first that has it. */
  from?: string;
  /** The first that has it no more. */
  before?: string;
}

/** What must hold of a verdict, all of it. */
export interface KnownMatch {
  /** Its signature: the family, the strict one, or the whole text. */
  signature?: OneOf<string>;
  where?: OneOf<Where>;
  kind?: OneOf<Kind>;
  /** What stopped the machine: the detector, or the trigger's kind where there is none. */
  trigger?: OneOf<string>;
  rule?: OneOf<string>;
  /** A function to blame, without the compiler's suffixes. */
  function?: OneOf<string>;
  /** The module of a function or lock to blame; with `function`: of that one. */
  module?: OneOf<string>;
  /** A program to blame. */
  program?: OneOf<string>;
  release?: ReleaseRange;
}

/** One issue of the file. */
export interface KnownEntry {
  title: string;
  /** Where more is to be read: http or https. */
  link?: string;
  /** Where it is mended: a release, a package, a commit. */
  fixedIn?: string;
  match: KnownMatch;
}

/** The file of `inquest why --known FILE`. */
export interface KnownIssues {
  schema: 'inquest.known/1';
  issues: KnownEntry[];
}

/** Those of the file that this verdict is. @param release the kernel's; empty: not known */
export const knownIssues = (
  { issues }: KnownIssues,
  verdict: Verdict,
  release: string,
): KnownIssue[] =>
  issues
    .filter(({ match }) => matches(match, verdict, release))
    .map(({ title, link, fixedIn, match }) => ({
      title,
      link: link ?? null,
      fixedIn: fixedIn ?? null,
      by: Object.keys(match).join(', '),
    }));

function matches(match: KnownMatch, verdict: Verdict, release: string): boolean {
  const { trigger, signature } = verdict;
  const { where, kind, rule } = verdict.verdict;
  const stoppedBy = trigger.detector === 'none' ? trigger.kind : trigger.detector;
  return (
    isOne(match.signature, signature.family, signature.strict, signature.text) &&
    isOne(match.where, where) &&
    isOne(match.kind, kind) &&
    isOne(match.trigger, stoppedBy) &&
    isOne(match.rule, rule) &&
    isBlamed(match, verdict.suspects) &&
    isIn(match.release, release)
  );
}

/** Nothing asked, or one of what is asked. */
const isOne = (wanted: OneOf<string> | undefined, ...given: readonly (string | null)[]): boolean =>
  wanted === undefined || [wanted].flat().some((value) => given.includes(value));

/** Function, module and program have to be one suspect's. */
function isBlamed(match: KnownMatch, suspects: readonly Suspect[]): boolean {
  if (match.function === undefined && match.module === undefined && match.program === undefined)
    return true;
  return suspects
    .filter(({ role }) => role !== 'victim' && role !== 'waiter')
    .some(
      ({ function: place, object, task }) =>
        isOne(match.function, place?.name ?? null) &&
        isOne(match.module, place?.module ?? object?.module ?? null) &&
        isOne(match.program, task?.comm ?? null),
    );
}

function isIn(range: ReleaseRange | undefined, release: string): boolean {
  if (range === undefined) return true;
  const own = numbers(release);
  if (own.length === 0) return false;
  const isFrom = range.from === undefined || compare(own, numbers(range.from)) >= 0;
  return isFrom && (range.before === undefined || compare(own, numbers(range.before)) < 0);
}

/** `6.12.117+deb13-amd64` → 6, 12, 117. */
const numbers = (release: string): number[] =>
  (/^\d+(?:\.\d+)*/.exec(release)?.[0] ?? '').split('.').filter(Boolean).map(Number);

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
