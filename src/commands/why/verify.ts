// Evidence is looked at before it is shown: each command is run on the same dump, and what it prints decides.
import { judge, type Look, lower } from '../../rules/judge.ts';
import type { AnyRule, Evidence } from '../../rules/kit/define.ts';
import type { Exonerated, Verdict, VerdictEvidence } from '../../rules/kit/verdict.ts';
import type { Ask } from '../kit/define.ts';

export interface Outcome {
  readonly verdict: Verdict;
  /** Undecided, and the dump lacks something that the rules needed. */
  readonly isLacking: boolean;
}

/**
 * The verdict, its evidence seen.
 *
 * @param look the facts
 * @param ask answers a command line on the same dump
 */
export async function reachVerdict(
  look: Look,
  rules: readonly AnyRule[],
  ask: Ask,
): Promise<Outcome> {
  const { verdict, evidence, exonerated: innocents, holes } = judge(rules, look);
  const answers = new Map<string, readonly string[] | undefined>();
  const linesOf = async (command: string) => {
    if (!answers.has(command)) answers.set(command, (await ask(command))?.split('\n'));
    return answers.get(command);
  };
  const shown: VerdictEvidence[] = [];
  const doubts: string[] = [];
  for (const item of evidence) {
    const found = show(item, await linesOf(item.command));
    if (typeof found === 'string') doubts.push(found);
    else shown.push(found);
  }
  const isShaken = doubts.length > 0;
  const exonerated: Exonerated[] = [];
  for (const { kind, name, reason, command, absent } of innocents) {
    const lines = await linesOf(command);
    if (!lines) doubts.push(`that ${name} is innocent cannot be shown: “${command}” has no answer`);
    else if (absent && lines.some((line) => absent.test(line)))
      doubts.push(`that ${name} is innocent is withdrawn: “${command}” shows otherwise`);
    else exonerated.push({ kind, name, reason, command });
  }
  const { confidence } = verdict.verdict;
  return {
    verdict: {
      schema: 'inquest.verdict/1',
      headline: verdict.headline,
      trigger: verdict.trigger,
      verdict: {
        ...verdict.verdict,
        confidence: isShaken && confidence ? lower(confidence) : confidence,
      },
      signature: verdict.signature,
      suspects: verdict.suspects,
      chain: verdict.chain,
      cpus: verdict.cpus,
      evidence: shown,
      exonerated,
      doubts: [...verdict.doubts, ...doubts],
      next: verdict.next,
      rules: verdict.rules,
    },
    isLacking: verdict.verdict.kind === 'undecided' && holes.length > 0,
  };
}

/** The lines that show a claim, in their order; a sentence when they do not. */
export function show(
  { claim, command, shows }: Evidence,
  lines: readonly string[] | undefined,
): VerdictEvidence | string {
  if (!lines) return `“${claim}” is withdrawn: “${command}” has no answer`;
  const matching = new Set<number>();
  for (const pattern of shows) {
    const at = lines.findLastIndex((line) => pattern.test(line));
    if (at < 0) return `“${claim}” is withdrawn: “${command}” does not show it`;
    matching.add(at);
  }
  const output = [...matching].sort((a, b) => a - b).map((at) => lines[at]);
  return { claim, command, output: output.join('\n') };
}
