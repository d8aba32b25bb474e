// `why --suspect`: what points at one task or module and what clears it, whatever the verdict is.
import { modules } from '../../facts/modules.ts';
import { tasks } from '../../facts/tasks.ts';
import type { Look } from '../../rules/judge.ts';
import { nameOf } from '../../rules/kit/text.ts';
import type { Verdict } from '../../rules/kit/verdict.ts';
import { type Ask, CommandError } from '../kit/define.ts';
import { factsOfModule } from './suspect/module.ts';
import type { Claim, Remark, Side, Standing, Suspicion } from './suspect/suspicion.ts';
import { factsOfTask } from './suspect/task.ts';
import { type Accused, isNamed, rulesSay } from './suspect/verdict-says.ts';
import { show } from './verify.ts';

/**
 * What points at a suspect and what clears it; every remark that names a command was looked at by it.
 *
 * @param asked a PID, or the name of a module
 * @throws CommandError when there is neither
 */
export async function suspicionOf(
  asked: string,
  verdict: Verdict,
  look: Look,
  ask: Ask,
): Promise<Suspicion> {
  const { accused, facts } = find(asked, look);
  const said = [...rulesSay(accused, verdict)];
  const doubts: string[] = [];
  const sides: Record<Side, Remark[]> = { pointsAtIt: [], clearsIt: [], beside: [] };
  for (const claim of [...said, ...facts]) {
    const remark = await shown(claim, ask);
    if (typeof remark === 'string') doubts.push(remark);
    else sides[claim.side].push(remark);
  }
  const standing = standingOf(accused, verdict, sides.pointsAtIt);
  return {
    schema: 'inquest.suspect/1',
    kind: accused.kind,
    name: accused.name,
    standing,
    headline: headlineOf(accused.name, standing, verdict),
    verdict: { ...verdict.verdict, headline: verdict.headline },
    ...sides,
    doubts,
  };
}

function find(asked: string, look: Look): { accused: Accused; facts: Iterable<Claim> } {
  const all = look(tasks).value;
  if (/^\d+$/.test(asked)) {
    const task = all.find(({ pid, isIdle }) => pid === Number(asked) && !isIdle);
    if (!task)
      throw new CommandError('not-found', `no task has PID ${asked}; \`ps\` lists those there are`);
    return {
      accused: { kind: 'task', name: nameOf(task), pid: task.pid },
      facts: factsOfTask(task, look),
    };
  }
  // A file's name has dashes where the module's has underscores.
  const name = asked.replaceAll('-', '_');
  const module = look(modules).value.modules.find((m) => m.name === name);
  if (module) return { accused: { kind: 'module', name }, facts: factsOfModule(module, look) };
  const pids = all.filter(({ comm }) => comm === asked).map(({ pid }) => pid);
  const meant =
    pids.length > 0
      ? `tasks of that name have PID ${pids.slice(0, 8).join(', ')}: give one of them`
      : '`ps` and `mod` list the tasks and modules there are';
  throw new CommandError('not-found', `no module is named ${asked}; ${meant}`);
}

/** The claim with what shows it; a sentence where its command does not. */
async function shown(
  { claim, command, shows, absent, rule }: Claim,
  ask: Ask,
): Promise<Remark | string> {
  if (command === null) return { claim, rule, command, output: '' };
  const lines = (await ask(command))?.split('\n');
  if (absent && lines?.some((line) => absent.test(line)))
    return `“${claim}” is withdrawn: “${command}” shows otherwise`;
  const found = show({ claim, command, shows }, lines);
  return typeof found === 'string' ? found : { ...found, rule };
}

function standingOf(accused: Accused, verdict: Verdict, pointing: readonly Remark[]): Standing {
  const roles = new Set(
    verdict.suspects.filter((suspect) => isNamed(accused, suspect)).map(({ role }) => role),
  );
  if (roles.has('culprit') || roles.has('holder')) return 'blamed';
  const isCleared = verdict.exonerated.some(({ name }) => name === accused.name);
  if (isCleared) return 'cleared';
  if (roles.has('victim') || roles.has('waiter')) return 'suffers';
  return pointing.length > 0 ? 'involved' : 'nothing';
}

const HEADLINES: Readonly<Record<Standing, string>> = {
  blamed: 'The verdict blames NAME.',
  involved: 'The verdict does not blame NAME, but something points at it.',
  suffers: 'NAME only suffers, as far as the dump shows.',
  cleared: 'NAME was considered and is innocent, as far as the dump shows.',
  nothing: 'Nothing in this dump points at NAME.',
};

function headlineOf(name: string, standing: Standing, { verdict }: Verdict): string {
  const said = HEADLINES[standing].replace('NAME', () => name);
  return verdict.kind === 'undecided' && standing === 'blamed'
    ? said.replace('The verdict blames', 'What was found points at')
    : said;
}
