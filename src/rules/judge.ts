// The judge: asks every rule, weighs what they find, and says one thing, or that it cannot be said.
import { cpus } from '../facts/cpus.ts';
import type { Fact, Seen } from '../facts/kit/define.ts';
import { machine } from '../facts/machine.ts';
import { type TaskFact, tasks } from '../facts/tasks.ts';
import { type Trigger, trigger } from '../facts/trigger.ts';
import { cpuLines } from './kit/cpu-lines.ts';
import type { AnyRule, Blame, Evidence, Exoneration, Finding, Trouble } from './kit/define.ts';
import { suspect } from './kit/define.ts';
import { signatureOf } from './kit/signature.ts';
import { asSuspect, join } from './kit/text.ts';
import { byHand, stoppedBy } from './kit/trigger-words.ts';
import type { Confidence, Suspect, TriedRule, Verdict, VerdictTrigger } from './kit/verdict.ts';

/** Where facts come from: a dump, or a scene. */
export type Look = <T>(fact: Fact<T>) => Seen<T>;

/** A verdict whose evidence nobody has looked at yet. */
export interface Judgement {
  readonly verdict: Omit<Verdict, 'schema' | 'evidence' | 'exonerated'>;
  readonly evidence: readonly Evidence[];
  readonly exonerated: readonly Exoneration[];
  /** What the dump lacks of what the rules needed: why an undecided verdict may be. */
  readonly holes: readonly string[];
}

/** What one rule came to. */
interface Outcome {
  readonly rule: AnyRule;
  readonly findings: readonly Finding[];
  readonly holes: readonly string[];
}

/** Weighs all rules' findings. Never throws for what a dump holds. */
export function judge(rules: readonly AnyRule[], look: Look): Judgement {
  const outcomes = rules.map((rule) => ask(rule, look));
  const seenTrigger = look(trigger);
  const holes = unique([...seenTrigger.holes, ...outcomes.flatMap((outcome) => outcome.holes)]);
  const decided = decide(outcomes);
  const opinion = decided
    ? convict(decided, outcomes)
    : leaveOpen(seenTrigger.value, ranOn(look), outcomes, holes);
  const judged = {
    ...opinion.verdict,
    trigger: describeTrigger(seenTrigger.value),
    rules: outcomes.map((outcome) => tried(outcome, decided?.outcome)),
  };
  const onCpus = look(cpus);
  const signature = signatureOf(judged, {
    machine: look(machine).value,
    stack: onCpus.value.find(({ cpu }) => cpu === seenTrigger.value.cpu)?.stack.frames ?? [],
    isWhole: seenTrigger.value.isWhole && (decided?.outcome.holes ?? holes).length === 0,
  });
  const lines = cpuLines(onCpus.value, look(tasks).value);
  return { ...opinion, verdict: { ...judged, signature, cpus: lines }, holes };
}

function ask(rule: AnyRule, look: Look): Outcome {
  const given: Record<string, unknown> = {};
  const holes: string[] = [];
  for (const [name, fact] of Object.entries(rule.needs as Record<string, Fact<unknown>>)) {
    const { value, holes: missing } = look(fact);
    given[name] = value;
    holes.push(...missing);
  }
  return { rule, findings: [...rule.judge(given)], holes: unique(holes) };
}

// --- Weighing ---

/** The blame that stands, who found it, and what speaks against it. */
interface Decision {
  readonly blame: Blame;
  readonly outcome: Outcome;
  readonly against: readonly string[];
  /** What could not be looked at, of all that it rests on. */
  readonly holes: readonly string[];
  readonly confidence: Confidence;
}

const RANK: Readonly<Record<Confidence, number>> = { proven: 2, likely: 1, possible: 0 };
const LOWER: Readonly<Record<Confidence, Confidence>> = {
  proven: 'likely',
  likely: 'possible',
  possible: 'possible',
};

/** One step less sure. */
export const lower = (confidence: Confidence): Confidence => LOWER[confidence];

/**
 * One blame stands. Of several, one that is surer than all others stands a step lower, with the others as doubts;
 * else none does. "By hand, and nothing is wrong" stands only where nothing at all was found.
 */
function decide(outcomes: readonly Outcome[]): Decision | undefined {
  const blames = outcomes.flatMap((outcome) =>
    of(outcome, 'blame').map((blame) => ({ blame, outcome })),
  );
  const real = blames.filter(({ blame }) => blame.kind !== 'requested');
  const isTroubled = outcomes.some((outcome) => of(outcome, 'trouble').length > 0);
  const candidates = real.length > 0 ? real : isTroubled ? [] : blames;
  const [first, second] = [...candidates].sort(
    (a, b) => RANK[b.blame.confidence] - RANK[a.blame.confidence],
  );
  if (!first) return undefined;
  if (second && RANK[second.blame.confidence] === RANK[first.blame.confidence]) return undefined;
  const others = candidates.filter((candidate) => candidate !== first);
  const against = others.map(
    ({ blame, outcome }) => `${outcome.rule.id} blames otherwise: ${blame.because}`,
  );
  const { confidence, kind } = first.blame;
  // "Nothing is wrong" rests on the silence of every rule, and so on all that any of them could not look at.
  const isNothing = kind === 'requested';
  const holes = isNothing ? outcomes.flatMap((outcome) => outcome.holes) : first.outcome.holes;
  const isWhole =
    others.length === 0 && (!(confidence === 'proven' || isNothing) || holes.length === 0);
  return { ...first, against, holes, confidence: isWhole ? confidence : lower(confidence) };
}

type Opinion = {
  readonly verdict: Omit<Judgement['verdict'], 'trigger' | 'rules' | 'signature' | 'cpus'>;
  readonly evidence: readonly Evidence[];
  readonly exonerated: readonly Exoneration[];
};

function convict(
  { blame, outcome, against, holes, confidence }: Decision,
  outcomes: readonly Outcome[],
): Opinion {
  const { where, kind, title, headline, suspects, evidence, next, doubts } = blame;
  // Under "nothing is wrong" stands whatever any rule wondered about.
  const doubtful = kind === 'requested' ? outcomes : [outcome];
  const own = doubtful.flatMap((one) => of(one, 'doubt').map((doubt) => doubt.because));
  return {
    verdict: {
      headline:
        kind === 'requested' && holes.length > 0
          ? `${headline} Part of what would show a fault is not in the dump.`
          : headline,
      verdict: { where, kind, title, rule: outcome.rule.id, confidence },
      suspects: [...suspects],
      chain: [...(blame.chain ?? [])],
      doubts: unique([...doubts, ...own, ...against, ...holes]),
      next: [...next],
    },
    evidence,
    exonerated: cleared(outcomes, blame),
  };
}

/** No verdict: what stopped the machine, and all that was found. */
function leaveOpen(
  trigger: Trigger,
  task: TaskFact | undefined,
  outcomes: readonly Outcome[],
  holes: readonly string[],
): Opinion {
  const troubles = outcomes.flatMap((outcome) => of(outcome, 'trouble'));
  const conflicting = outcomes.flatMap((outcome) =>
    of(outcome, 'blame')
      .filter((blame) => blame.kind !== 'requested')
      .map((blame) => ({ rule: outcome.rule.id, blame })),
  );
  const doubts = outcomes.flatMap((outcome) => of(outcome, 'doubt').map((d) => d.because));
  const parts = [...troubles, ...conflicting.map(({ blame }) => blame)];
  const suspects = parts
    .flatMap((part) => part.suspects)
    // Nobody is convicted by a verdict that is none.
    .map((s) => (s.role === 'culprit' ? { ...s, role: 'trigger' as const } : s));
  const isNamed = suspects.some((s) => s.task?.pid === task?.pid);
  const here = task && !task.isIdle && !isNamed ? [ranThere(task, trigger)] : [];
  return {
    verdict: {
      headline: openHeadline(trigger, task, troubles, {
        isConflict: conflicting.length > 0,
        isLacking: holes.length > 0,
      }),
      verdict: {
        where: 'none',
        kind: 'undecided',
        title: troubles[0]?.title ?? nothingFound(trigger),
        rule: null,
        confidence: null,
      },
      suspects: [...suspects, ...here],
      chain: parts.flatMap((part) => part.chain ?? []),
      doubts: unique([
        ...conflicting.map(({ rule, blame }) => `${rule} would blame: ${blame.because}`),
        ...doubts,
        ...holes,
      ]),
      next: uniqueBy(
        parts.flatMap((part) => part.next),
        (step) => step.command,
      ),
    },
    evidence: uniqueBy(
      parts.flatMap((part) => part.evidence),
      (e) => `${e.command}\n${e.claim}`,
    ),
    exonerated: cleared(outcomes, undefined),
  };
}

/** A machine that runs need not have anything that wants an explanation. */
const nothingFound = ({ detector }: Trigger): string =>
  detector === 'live' ? 'nothing wrong was found' : 'nothing that explains it was found';

const ranThere = (task: TaskFact, trigger: Trigger): Suspect =>
  suspect('trigger', `it ran on CPU ${trigger.cpu} when the machine was stopped there`, {
    task: asSuspect(task),
    cpu: trigger.cpu,
  });

function openHeadline(
  trigger: Trigger,
  task: TaskFact | undefined,
  troubles: readonly Trouble[],
  { isConflict, isLacking }: { readonly isConflict: boolean; readonly isLacking: boolean },
): string {
  const stop = trigger.kind === 'sysrq' ? byHand(task) : stoppedBy(trigger);
  const lacks = isLacking ? ', and the dump lacks part of what a verdict needs' : '';
  if (troubles.length > 0)
    return `${stop}; ${troubles.map((trouble) => trouble.headline).join('; ')}. Whose fault that is, is undecided${lacks}.`;
  if (isConflict) return `${stop}. Why is undecided: the evidence points at more than one cause.`;
  if (trigger.kind === 'external')
    return `${stop}; nothing wrong that this tool looks for was found${lacks}.`;
  return `${stop}. Why is undecided: nothing that this tool looks for was found${lacks}.`;
}

/** Exonerations, each once; whoever the verdict names is not cleared in the same breath. */
function cleared(outcomes: readonly Outcome[], blame: Blame | undefined): Exoneration[] {
  const guilty = (blame?.suspects ?? []).filter((s) => s.role === 'culprit' || s.role === 'holder');
  const names = new Set(
    guilty.flatMap(({ function: f, object, task }) => [
      ...(f ? [`function ${f.name}`, `module ${f.module}`] : []),
      ...(object ? [`module ${object.module}`] : []),
      ...(task ? [`task ${task.comm} (pid ${task.pid})`] : []),
    ]),
  );
  const all = outcomes.flatMap((outcome) => of(outcome, 'exonerated'));
  return uniqueBy(all, (e) => `${e.kind} ${e.name}`).filter(
    (e) => !names.has(`${e.kind} ${e.name}`),
  );
}

function tried(outcome: Outcome, decisive: Outcome | undefined): TriedRule {
  const { rule, findings } = outcome;
  // "By hand, and nothing is wrong" was not upheld.
  if (outcome !== decisive && of(outcome, 'blame').some((blame) => blame.kind === 'requested'))
    return { id: rule.id, fired: false, because: 'set aside, since other rules found something' };
  const said = findings.flatMap((finding) =>
    finding.says === 'blame' || finding.says === 'trouble' ? [finding.because] : [],
  );
  const doubts = of(outcome, 'doubt').map((finding) => finding.because);
  const cleared = of(outcome, 'exonerated').map((finding) => finding.name);
  if (said.length > 0) return { id: rule.id, fired: true, because: said.join('; ') };
  if (doubts.length > 0) return { id: rule.id, fired: false, because: doubts.join('; ') };
  if (cleared.length > 0) return { id: rule.id, fired: false, because: `clears ${join(cleared)}` };
  // Silence means less where not everything could be looked at.
  const [hole] = outcome.holes;
  const but = hole === undefined ? '' : `, as far as that can be read (${hole})`;
  return { id: rule.id, fired: false, because: `${rule.silence}${but}` };
}

/** Who ran on the CPU that stopped the machine. */
function ranOn(look: Look): TaskFact | undefined {
  const { pid, cpu } = look(trigger).value;
  if (pid === null) return undefined;
  return look(tasks).value.find(
    (task) => task.pid === pid && (pid !== 0 || task.runningOn === cpu),
  );
}

const describeTrigger = (found: Trigger): VerdictTrigger => {
  const { kind, detector, function: name, module, message, cpu, pid, uptimeSeconds } = found;
  const parameters = { ...found.parameters };
  return { kind, detector, function: name, module, message, cpu, pid, uptimeSeconds, parameters };
};

function of<S extends Finding['says']>(
  { findings }: Outcome,
  says: S,
): Extract<Finding, { says: S }>[] {
  return findings.filter((finding) => finding.says === says) as Extract<Finding, { says: S }>[];
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

function uniqueBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  const seen = new Map<string, T>();
  for (const item of items) if (!seen.has(key(item))) seen.set(key(item), item);
  return [...seen.values()];
}
