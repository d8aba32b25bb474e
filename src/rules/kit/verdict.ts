// The document `inquest why --json` prints: schema inquest.verdict/1.

/** A value of a detector's own settings, in the kernel's units, its name saying which. */
export type ParameterValue = number | string | boolean | null;

/** What stopped the machine. It is not the cause. */
export interface VerdictTrigger {
  kind: 'panic' | 'oops' | 'nmi' | 'machine-check' | 'sysrq' | 'external' | 'unknown';
  /** Who detected something: `ipmi-watchdog`, `softlockup`, `hardlockup`, `hung-task`, `rcu-stall`, `oom`; `none`. */
  detector: string;
  /** The function that called panic(), or in which the kernel oopsed. */
  function: string | null;
  /** Its module; null: the kernel proper, or unknown. */
  module: string | null;
  message: string | null;
  cpu: number | null;
  /** The task that executed on that CPU. */
  pid: number | null;
  uptimeSeconds: number | null;
  /** The detector's settings, from its own variables. */
  parameters: Record<string, ParameterValue>;
}

export type Where = 'user' | 'kernel' | 'hardware' | 'none';
export type Kind =
  | 'loop'
  | 'deadlock'
  | 'crash'
  | 'exhaustion'
  | 'slow'
  | 'requested'
  | 'undecided';

/** `proven`: the evidence excludes the alternatives. `likely`: nothing speaks against it, but something could not be examined. `possible`: one of several. */
export type Confidence = 'proven' | 'likely' | 'possible';

export interface VerdictCore {
  where: Where;
  kind: Kind;
  title: string;
  /** The rule that found it; null when undecided. */
  rule: string | null;
  /** Null when undecided. */
  confidence: Confidence | null;
}

export interface SuspectTask {
  pid: number;
  tgid: number;
  comm: string;
  /** Address of its task_struct. */
  task: string;
}

export interface SuspectObject {
  /** Its C type, or what is known of it. */
  type: string;
  /** The symbol at its address, if any. */
  name: string | null;
  address: string;
  module: string | null;
}

export interface SuspectFunction {
  name: string;
  module: string | null;
}

export interface Suspect {
  /** culprit: must change for the hang to end. holder: holds what others wait for. victim: only suffers. trigger: it happened there. */
  role: 'culprit' | 'holder' | 'waiter' | 'victim' | 'trigger';
  task: SuspectTask | null;
  cpu: number | null;
  object: SuspectObject | null;
  function: SuspectFunction | null;
  why: string;
}

export interface VerdictEvidence {
  claim: string;
  /** Can be pasted into the shell. */
  command: string;
  /** The lines of its answer that show the claim. */
  output: string;
}

export interface Exonerated {
  kind: 'module' | 'task' | 'function' | 'cpu';
  name: string;
  reason: string;
  /** Shows it. */
  command: string;
}

export interface NextStep {
  text: string;
  command: string;
}

export interface TriedRule {
  id: string;
  fired: boolean;
  because: string;
}

/** Why the machine stopped. */
export interface Verdict {
  schema: 'inquest.verdict/1';
  /** One sentence for a person who knows no kernel. */
  headline: string;
  trigger: VerdictTrigger;
  verdict: VerdictCore;
  suspects: Suspect[];
  evidence: VerdictEvidence[];
  exonerated: Exonerated[];
  /** What could not be examined, and what it would change. */
  doubts: string[];
  next: NextStep[];
  rules: TriedRule[];
}
