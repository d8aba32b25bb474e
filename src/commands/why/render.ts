// A verdict as text: the answer in the first two lines, then what it rests on.
import { escapeText } from '../../print/escape.ts';
import type { Suspect, Verdict, VerdictTrigger } from '../../rules/kit/verdict.ts';
import { wrap } from '../kit/usage.ts';

export interface Look {
  /** Columns to lay out for. */
  readonly width: number;
  /** A terminal: the first two lines are wrapped, too; elsewhere they stay whole, for who reads only them. */
  readonly isTerminal: boolean;
  readonly isColoured: boolean;
  /** Also the rules that were tried. */
  readonly isVerbose: boolean;
}

/** Narrower than this nothing can be laid out; text then runs over. */
const LEAST_WIDTH = 40;

/** SGR codes: what a terminal makes of them is its own choice of colours. */
const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
type Style = keyof typeof STYLES;

export function* renderVerdict(verdict: Verdict, look: Look): Generator<string> {
  const page = new Page(look);
  yield* page.head(verdict.headline, 'bold');
  yield* page.head(summary(verdict), colourOf(verdict));
  yield* triggerLines(verdict.trigger, page);
  yield* suspects(verdict.suspects, page);
  if (verdict.evidence.length > 0) yield* page.heading('Evidence');
  for (const { claim, command, output } of verdict.evidence) {
    yield* page.item(claim);
    yield page.command(command);
    for (const line of output.split('\n')) yield page.output(line);
  }
  if (verdict.exonerated.length > 0) yield* page.heading('Innocent');
  for (const { kind, names, reason, command } of grouped(verdict.exonerated)) {
    yield* page.item(`${kind} ${names.join(', ')}: ${reason}`);
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
  yield* page.heading('Rules');
  for (const { id, fired, because } of verdict.rules)
    yield* page.item(`${id}: ${fired ? 'found: ' : ''}${because}`);
}

const colourOf = ({ verdict }: Verdict): Style =>
  verdict.kind === 'requested' ? 'green' : verdict.kind === 'undecided' ? 'yellow' : 'red';

/** `verdict: user loop, real-time starvation, proven (rt-user-loop) · panic by ipmi-watchdog on CPU 0 at 91.92 s`. */
function summary({ trigger, verdict }: Verdict): string {
  const { where, kind, title, rule, confidence } = verdict;
  const { kind: how, detector, cpu, uptimeSeconds } = trigger;
  const field = where === 'none' ? kind : `${where} ${kind}`;
  const stop = [
    detector === 'none' ? how : `${how} by ${detector}`,
    ...(cpu === null ? [] : [`on CPU ${cpu}`]),
    ...(uptimeSeconds === null ? [] : [`at ${uptimeSeconds.toFixed(2)} s`]),
  ];
  return `verdict: ${field}, ${title}${confidence ? `, ${confidence} (${rule})` : ''} · trigger: ${stop.join(' ')}`;
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
  for (const { role, task, cpu, object, function: place, why } of all) {
    const names = [
      ...(task ? [`${task.comm} (pid ${task.pid})`] : []),
      ...(place ? [`${place.name}${place.module ? ` [${place.module}]` : ''}`] : []),
      ...(object
        ? [`${object.type}${object.name ? ` ${object.name}` : ''} at ${object.address}`]
        : []),
    ];
    const who = names.join(', ') || (cpu === null ? 'unknown' : `CPU ${cpu}`);
    yield* page.item(`${role}: ${who}: ${why}`);
  }
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

class Page {
  readonly #width: number;
  readonly #isTerminal: boolean;
  readonly #isColoured: boolean;

  constructor({ width, isTerminal, isColoured }: Look) {
    this.#width = Math.max(width, LEAST_WIDTH);
    this.#isTerminal = isTerminal;
    this.#isColoured = isColoured;
  }

  *head(text: string, style: Style): Generator<string> {
    if (this.#isTerminal) yield* this.text(text, '', style);
    else yield this.#style(escapeText(text), style);
  }

  /** Escaped before it is coloured: what a dump says reaches no terminal raw. */
  *text(text: string, indent: string, style?: Style): Generator<string> {
    for (const [i, line] of wrap(escapeText(text), this.#width - indent.length).entries())
      yield `${i === 0 ? indent : indent.replace('-', ' ')}${this.#style(line, style)}`;
  }

  *heading(text: string): Generator<string> {
    yield '';
    yield this.#style(text, 'bold');
  }

  item(text: string): Generator<string> {
    return this.text(text, '  - ');
  }

  command(command: string): string {
    return `      ${this.#style(`> ${escapeText(command)}`, 'cyan')}`;
  }

  /** A command's own line: cut rather than wrapped, its columns mean something. */
  output(line: string): string {
    const room = this.#width - 8;
    const text = escapeText(line.replaceAll('\t', ' ').trimEnd());
    return `        ${this.#style(text.length > room ? `${text.slice(0, room - 1)}…` : text, 'dim')}`;
  }

  #style(text: string, style: Style | undefined): string {
    return this.#isColoured && style ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
  }
}
