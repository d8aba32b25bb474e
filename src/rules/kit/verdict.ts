// The document `inquest why --json` and `inquest slow --json` print: schema inquest.verdict/1.
import type { ExaminedProcess } from './examined.ts';

/** A value of a detector's own settings, in the kernel's units, its name saying which. */
export type ParameterValue = number | string | boolean | null;

/** What stopped the machine. It is not the cause. */
export interface VerdictTrigger {
  kind: 'panic' | 'oops' | 'nmi' | 'machine-check' | 'sysrq' | 'external' | 'unknown';
  /**
   * Who detected something. Watchdogs outside of the kernel: `ipmi-watchdog`, `hpwdt`, `watchdog-pretimeout`; its own: `softdog`,
   * `softlockup`, `hardlockup`, `hung-task`, `rcu-stall`, `workqueue-stall`. What stopped of itself: `oom`, `warning`,
   * `stack-protector`, `firmware`, `init-exit`. `live`: nothing did, the machine runs. `none`: nobody of these.
   */
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

/** Whose fault it is: of a user program, the kernel, the hardware, or nobody's. */
export type Where = 'user' | 'kernel' | 'hardware' | 'none';
/** What kind of fault it is; `requested`: a healthy machine, dumped by hand. */
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

/** The verdict in a few words for programs. */
export interface VerdictCore {
  where: Where;
  kind: Kind;
  title: string;
  /** The rule that found it; null when undecided. */
  rule: string | null;
  /** Null when undecided. */
  confidence: Confidence | null;
}

/** A task that the verdict names. */
export interface SuspectTask {
  pid: number;
  tgid: number;
  comm: string;
  /** Address of its task_struct; null: a running process, whose kernel was not looked at. */
  task: string | null;
}

/** A lock or another object of the kernel that the verdict names. */
export interface SuspectObject {
  /** Its C type, or what is known of it. */
  type: string;
  /** The symbol at its address, if any. */
  name: string | null;
  address: string;
  module: string | null;
}

/** A function that the verdict names. */
export interface SuspectFunction {
  name: string;
  module: string | null;
}

/** Who has a part in it, and which. */
export interface Suspect {
  /** culprit: must change for the hang to end. holder: holds what others wait for. victim: only suffers. trigger: it happened there. */
  role: 'culprit' | 'holder' | 'waiter' | 'victim' | 'trigger';
  task: SuspectTask | null;
  cpu: number | null;
  object: SuspectObject | null;
  function: SuspectFunction | null;
  why: string;
}

/** A claim, and the command of `run` whose output shows it. */
export interface VerdictEvidence {
  claim: string;
  /** Can be pasted into the shell. */
  command: string;
  /** The lines of its answer that show the claim. */
  output: string;
}

/** Who looks guilty and is not. */
export interface Exonerated {
  kind: 'module' | 'task' | 'function' | 'cpu';
  name: string;
  reason: string;
  /** Shows it. */
  command: string;
}

/** What to do, or to look at, next. */
export interface NextStep {
  text: string;
  command: string;
}

/** A rule of `docs/rules`, and whether it spoke. */
export interface TriedRule {
  id: string;
  fired: boolean;
  because: string;
}

/** One who cannot go on before another has acted: the links of a chain, or of a ring. */
export interface WaitLink {
  task: SuspectTask;
  /** `mutex route_lock [driver]`, `the end`. */
  waitsFor: string;
  /** Who has to let go; null: nobody that is known. */
  heldBy: SuspectTask | null;
}

/** Who had a CPU when the machine stopped, and who wanted it. Times are seconds of uptime; null: unknown. */
export interface CpuLine {
  cpu: number;
  /** Null: it idled, or that cannot be read. */
  task: SuspectTask | null;
  mode: 'user' | 'kernel' | 'idle' | null;
  /** Since when the task has had the CPU, at the latest. */
  sinceSeconds: number | null;
  /** How many tasks waited for the CPU, and since when the first of them. */
  waiting: number;
  waitingSinceSeconds: number | null;
}

/** The same for the same fault: what many verdicts are sorted by. */
export interface Signature {
  /** What it is made of: `v1:x86_64:user-loop:ipmi-watchdog:rt-user-loop:loop.sh`. */
  text: string;
  /** A hash of the text: the same on every boot, build and release of the kernel. */
  family: string;
  /** A hash of the text and the kernel's release. */
  strict: string;
  /** The stacks or facts it rests on are not whole: the same fault elsewhere may have another. */
  corrupt: boolean;
}

/** An issue of `--known FILE` that this verdict is one of. */
export interface KnownIssue {
  title: string;
  link: string | null;
  fixedIn: string | null;
  /** What of its `match` was asked, and holds: `signature`, `kind, module`. */
  by: string;
}

/** Why the machine stopped. */
export interface Verdict {
  schema: 'inquest.verdict/1';
  /** One sentence for a person who knows no kernel. */
  headline: string;
  trigger: VerdictTrigger;
  verdict: VerdictCore;
  signature: Signature;
  suspects: Suspect[];
  /** Who waits for whom, where the verdict rests on it. */
  chain: WaitLink[];
  /** What each CPU did when the machine stopped. */
  cpus: CpuLine[];
  evidence: VerdictEvidence[];
  exonerated: Exonerated[];
  /** What could not be examined, and what it would change. */
  doubts: string[];
  next: NextStep[];
  rules: TriedRule[];
  /** Only with `--known FILE`; empty: it is none of them. */
  known?: KnownIssue[];
  /** Only of `inquest slow`. */
  process?: ExaminedProcess;
}
