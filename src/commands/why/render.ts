// A verdict as text: the answer in the first two lines, then what it rests on.

import { count } from '../../rules/kit/text.ts';
import type {
  KnownIssue,
  Signature,
  Suspect,
  Verdict,
  VerdictTrigger,
} from '../../rules/kit/verdict.ts';
import { type Look, Page, type Style } from './page.ts';
import { drawChain, drawCpus } from './picture.ts';

/** A list of all who only suffered helps nobody; `--json` has it. */
const MOST_VICTIMS = 10;

const ROLE_STYLES: Readonly<Partial<Record<Suspect['role'], Style>>> = {
  culprit: 'red',
  holder: 'red',
  waiter: 'yellow',
  victim: 'yellow',
};

export function* renderVerdict(verdict: Verdict, look: Look): Generator<string> {
  const page = new Page(look);
  yield* page.head(verdict.headline, 'bold');
  yield* page.head(summary(verdict), colourOf(verdict));
  if (verdict.known) yield* known(verdict.known, page);
  yield* triggerLines(verdict.trigger, page);
  yield* drawCpus(verdict, page);
  yield* drawChain(verdict.chain, page);
  yield* suspects(verdict.suspects, page);
  if (verdict.evidence.length > 0) yield* page.heading('Evidence');
  for (const { claim, command, output } of verdict.evidence) {
    yield* page.item(claim);
    yield page.command(command);
    for (const line of output.split('\n')) yield page.output(line);
  }
  if (verdict.exonerated.length > 0) yield* page.heading('Innocent');
  for (const { kind, names, reason, command } of grouped(verdict.exonerated)) {
    // A CPU's name says what it is.
    yield* page.item(`${kind === 'cpu' ? '' : `${kind} `}${names.join(', ')}: ${reason}`);
    yield page.command(command);
  }
  if (verdict.doubts.length > 0) yield* page.heading('Doubts');
  for (const text of verdict.doubts) yield* page.item(text);
  if (verdict.next.length > 0) yield* page.heading('Next');
  for (const { text, command } of verdict.next) {
    yield* page.item(text);
    yield page.command(command);
  }
  if (!look.isVerbose) return;
  yield* rules(verdict, page);
  yield* signature(verdict.signature, page);
}

const colourOf = ({ verdict }: Verdict): Style =>
  verdict.kind === 'requested' ? 'green' : verdict.kind === 'undecided' ? 'yellow' : 'red';

/** `verdict: user loop, real-time starvation, proven (rt-user-loop) · panic by ipmi-watchdog on CPU 0 at 91.92 s`. */
function summary({ trigger, verdict }: Verdict): string {
  const { where, kind, title, rule, confidence } = verdict;
  const { kind: how, detector, cpu, uptimeSeconds } = trigger;
  const field = where === 'none' ? kind : `${where} ${kind}`;
  const isRunning = detector === 'live' || detector === 'inquest slow';
  const stop = [
    ...(isRunning ? ['seen while the machine ran'] : [`trigger: ${how}`]),
    ...(isRunning || detector === 'none' ? [] : [`by ${detector}`]),
    ...(cpu === null ? [] : [`on CPU ${cpu}`]),
    ...(uptimeSeconds === null ? [] : [`at ${uptimeSeconds.toFixed(2)} s`]),
  ];
  return `verdict: ${field}, ${title}${confidence ? `, ${confidence} (${rule})` : ''} · ${stop.join(' ')}`;
}

/** What a file of known issues has on it. */
function* known(issues: readonly KnownIssue[], page: Page): Generator<string> {
  yield* page.heading('Known issues');
  if (issues.length === 0) yield* page.item('none of the file');
  for (const { title, link, fixedIn, by } of issues) {
    const where = link === null ? '' : `, ${link}`;
    const fixed = fixedIn === null ? '' : `; fixed in ${fixedIn}`;
    yield* page.item(`${title}${where}${fixed} (by ${by})`);
  }
}

/** What stopped the machine, in full; nothing where the summary has said all. */
function* triggerLines(trigger: VerdictTrigger, page: Page): Generator<string> {
  const { function: name, module, message, pid } = trigger;
  const parameters = Object.entries(trigger.parameters).map(([key, value]) => `${key} ${value}`);
  const lines = [
    ...(message ? [`“${message}”`] : []),
    ...(name
      ? [
          `in ${name}${module ? ` [${module}]` : ''}${pid === null ? '' : `, while pid ${pid} had the CPU`}`,
        ]
      : []),
    ...(parameters.length > 0 ? [`its settings: ${parameters.join(', ')}`] : []),
  ];
  if (lines.length === 0) return;
  yield* page.heading('Trigger');
  for (const line of lines) yield* page.item(line);
}

function* suspects(all: readonly Suspect[], page: Page): Generator<string> {
  if (all.length === 0) return;
  yield* page.heading('Suspects');
  let victims = 0;
  for (const one of all) {
    const { role, why } = one;
    if (role === 'victim' && ++victims > MOST_VICTIMS) continue;
    yield* page.item(`${who(one)}: ${why}`, role, ROLE_STYLES[role]);
  }
  if (victims > MOST_VICTIMS)
    yield* page.item(`and ${count(victims - MOST_VICTIMS, 'victim')} more, which --json has`);
}

function who({ task, cpu, object, function: place }: Suspect): string {
  const names = [
    ...(task ? [`${task.comm} (pid ${task.pid})`] : []),
    ...(place ? [`${place.name}${place.module ? ` [${place.module}]` : ''}`] : []),
    ...(object
      ? [`${object.type}${object.name ? ` ${object.name}` : ''} at ${object.address}`]
      : []),
  ];
  return names.join(', ') || (cpu === null ? 'unknown' : `CPU ${cpu}`);
}

/** Each rule that ran: the one the verdict is of, those that found something else, and why the others did not. */
function* rules({ verdict, rules: tried }: Verdict, page: Page): Generator<string> {
  yield* page.heading('Rules');
  const own = tried.filter(({ id }) => id === verdict.rule);
  const others = tried.filter(({ id }) => id !== verdict.rule);
  for (const { id, because } of own) yield* page.item(because, `${id}, the verdict`, 'red');
  for (const { id, because } of others.filter(({ fired }) => fired))
    yield* page.item(because, `${id}, ${own.length > 0 ? 'beside it' : 'found'}`, 'yellow');
  for (const { id, because } of others.filter(({ fired }) => !fired))
    yield* page.item(because, `${id}, silent`);
}

function* signature({ text, family, strict, corrupt }: Signature, page: Page): Generator<string> {
  yield* page.heading('Signature');
  yield* page.item(text);
  yield* page.item(`family ${family}: the same on every boot, build and release`);
  yield* page.item(`strict ${strict}: the same on this release only`);
  if (corrupt) yield* page.item('not all it rests on could be read: elsewhere it may be another');
}

/** Those that are cleared for one reason in one line. */
function grouped(exonerated: Verdict['exonerated']) {
  const groups = new Map<
    string,
    { kind: string; names: string[]; reason: string; command: string }
  >();
  for (const { kind, name, reason, command } of exonerated) {
    const key = `${kind}\n${reason}\n${command}`;
    const group = groups.get(key);
    if (group) group.names.push(name);
    else groups.set(key, { kind, names: [name], reason, command });
  }
  return groups.values();
}
