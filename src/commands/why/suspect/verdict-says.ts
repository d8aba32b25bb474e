// What the verdict says of one task or module: as a suspect, in its evidence, among the innocent.
import { literal } from '../../../rules/kit/text.ts';
import type { Suspect, Verdict } from '../../../rules/kit/verdict.ts';
import { type Claim, fact, type Side } from './suspicion.ts';

export type Accused =
  | { readonly kind: 'task'; readonly name: string; readonly pid: number }
  | { readonly kind: 'module'; readonly name: string };

const SIDES: Readonly<Record<Suspect['role'], Side>> = {
  culprit: 'pointsAtIt',
  holder: 'pointsAtIt',
  waiter: 'clearsIt',
  victim: 'clearsIt',
  trigger: 'beside',
};

/** Whether the verdict names it as a suspect there. */
export const isNamed = (accused: Accused, { task, function: place, object }: Suspect): boolean =>
  accused.kind === 'task'
    ? task?.pid === accused.pid
    : place?.module === accused.name || object?.module === accused.name;

export function* rulesSay(accused: Accused, verdict: Verdict): Generator<Claim> {
  const { rule } = verdict.verdict;
  const said = (side: Side, claim: string, command: string | null): Claim => ({
    side,
    rule,
    claim,
    command,
    shows: [],
  });
  const named = verdict.suspects.filter((suspect) => isNamed(accused, suspect));
  for (const { role, task, why } of named) {
    const whose = accused.kind === 'module' && task ? ` (${task.comm}, pid ${task.pid})` : '';
    // That others wait in its code clears no module.
    const side = accused.kind === 'module' && SIDES[role] === 'clearsIt' ? 'beside' : SIDES[role];
    yield said(side, `${role}${whose}: ${why}`, null);
  }
  if (named.some(({ role }) => SIDES[role] === 'pointsAtIt'))
    for (const { claim, command, output } of verdict.evidence)
      if (concerns(accused, `${claim}\n${command}\n${output}`, command))
        yield { ...said('pointsAtIt', claim, command), shows: output.split('\n').map(whole) };
  for (const { name, reason, command, kind } of verdict.exonerated)
    if (kind === accused.kind && name === accused.name) yield fact('clearsIt', reason, command);
}

/** Whether a piece of evidence is about it. */
const concerns = (accused: Accused, text: string, command: string): boolean =>
  accused.kind === 'task'
    ? new RegExp(`\\b${accused.pid}$`).test(command)
    : text.includes(`[${accused.name}]`);

/** A line as a pattern of itself. */
const whole = (line: string): RegExp => new RegExp(`^${literal(line)}$`);
