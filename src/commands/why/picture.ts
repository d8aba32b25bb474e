// Small drawings: who waits for whom, and what each CPU did up to the end.
import type { CpuLine, SuspectTask, Verdict, WaitLink } from '../../rules/kit/verdict.ts';
import type { Page } from './page.ts';

/** What a drawing shows at most: it is to help, not to be complete. */
const MOST_CPUS = 16;
const MOST_BEHIND = 8;
const MOST_LINES = 40;
const LEAST_BAR = 20;
const MOST_BAR = 48;

const nameOf = ({ comm, pid }: SuspectTask): string => `${comm} (pid ${pid})`;

// --- Who waits for whom ---

export function* drawChain(chain: readonly WaitLink[], page: Page): Generator<string> {
  if (chain.length === 0) return;
  yield* page.heading('Who waits for whom');
  let left = MOST_LINES;
  for (const line of chainLines(chain, page.width)) {
    if (left-- === 0) {
      yield page.drawn('  …');
      return;
    }
    yield page.drawn(line);
  }
}

function* chainLines(chain: readonly WaitLink[], width: number): Generator<string> {
  const byPid = new Map(chain.map((link) => [link.task.pid, link]));
  const drawn = new Set<number>();
  for (const ring of ringsOf(chain, byPid)) {
    for (const { task } of ring) drawn.add(task.pid);
    yield* drawRing(ring, width);
  }
  const roots = new Map<number, SuspectTask>();
  const ownerless: WaitLink[] = [];
  for (const { task, heldBy } of chain) {
    if (drawn.has(task.pid)) roots.set(task.pid, task);
    else if (heldBy && !byPid.has(heldBy.pid)) roots.set(heldBy.pid, heldBy);
    else if (!heldBy) ownerless.push(byPid.get(task.pid) as WaitLink);
  }
  for (const root of roots.values()) {
    const behind = { chain, drawn, width };
    const lines = [...drawBehind(root, behind, '  ')];
    if (lines.length === 0) continue;
    yield drawn.has(root.pid) ? `  behind ${nameOf(root)}` : `  ${nameOf(root)}`;
    yield* lines;
  }
  for (const { task, waitsFor } of ownerless) {
    yield `  ${waitsFor}, held by nobody that is known`;
    yield `  └─ ${nameOf(task)}`;
    yield* drawBehind(task, { chain, drawn, width }, '     ');
  }
}

function ringsOf(
  chain: readonly WaitLink[],
  byPid: ReadonlyMap<number, WaitLink>,
): readonly (readonly WaitLink[])[] {
  const done = new Set<number>();
  const rings: WaitLink[][] = [];
  for (const start of chain) {
    const path: WaitLink[] = [];
    let at: WaitLink | undefined = start;
    while (at && !done.has(at.task.pid)) {
      done.add(at.task.pid);
      path.push(at);
      at = at.heldBy ? byPid.get(at.heldBy.pid) : undefined;
    }
    const first = path.findIndex(({ task }) => task.pid === at?.task.pid);
    if (first >= 0) rings.push(path.slice(first));
  }
  return rings;
}

function* drawRing(ring: readonly WaitLink[], width: number): Generator<string> {
  for (const [i, { task, waitsFor }] of ring.entries()) {
    yield `  ${i === 0 ? '┌─▶' : '│  '} ${nameOf(task)}`;
    yield* fitted('  │     │ ', `waits for ${waitsFor},`, 'held by', '  │     │ ', width);
    yield i === ring.length - 1 ? '  └─────┘' : '  │     ▼';
  }
}

/** In one line, or, where that is too long, in two. */
function* fitted(
  lead: string,
  first: string,
  second: string,
  below: string,
  width: number,
): Generator<string> {
  const whole = `${lead}${first} ${second}`;
  if (whole.length <= width) yield whole;
  else {
    yield lead + first;
    yield below + second;
  }
}

interface Behind {
  readonly chain: readonly WaitLink[];
  /** PIDs that stand in the drawing already. */
  readonly drawn: Set<number>;
  readonly width: number;
}

/** Those who wait for one task, and those behind them, as a tree. */
function* drawBehind(root: SuspectTask, all: Behind, indent: string): Generator<string> {
  const { chain, drawn, width } = all;
  const waiters = chain.filter(
    ({ task, heldBy }) => heldBy?.pid === root.pid && !drawn.has(task.pid),
  );
  const shown = waiters.slice(0, MOST_BEHIND);
  for (const [i, { task, waitsFor }] of shown.entries()) {
    drawn.add(task.pid);
    const isLast = i === shown.length - 1 && shown.length === waiters.length;
    const below = `${indent}${isLast ? '   ' : '│  '}`;
    const lead = `${indent}${isLast ? '└─' : '├─'} `;
    yield* fitted(lead, nameOf(task), `waits for ${waitsFor}`, `${below}  `, width);
    yield* drawBehind(task, all, below);
  }
  if (waiters.length > shown.length) yield `${indent}└─ and ${waiters.length - shown.length} more`;
}

// --- What each CPU did ---

/** Less than this was nobody's trouble. */
const LEAST_SECONDS = 1;

/** Whether the CPUs tell something: one was kept while others wanted it. */
const tells = ({ sinceSeconds, waitingSinceSeconds }: CpuLine, end: number): boolean =>
  sinceSeconds !== null &&
  waitingSinceSeconds !== null &&
  end - Math.max(sinceSeconds, waitingSinceSeconds) >= LEAST_SECONDS;

export function* drawCpus(verdict: Verdict, page: Page): Generator<string> {
  const end = verdict.trigger.uptimeSeconds;
  if (end === null || !verdict.cpus.some((line) => tells(line, end))) return;
  const cpus = worthShowing(verdict.cpus);
  const kept = cpus.map(({ sinceSeconds }) => (sinceSeconds === null ? 0 : end - sinceSeconds));
  // Half as much again as was kept: that it was not always so belongs to it.
  const start = Math.max(0, end - 1.5 * Math.max(...kept, 1));
  yield* page.heading('CPUs');
  const labels = cpus.map((line) => label(line));
  const lead = Math.max(...cpus.map(({ cpu }) => String(cpu).length)) + 3;
  const beside = page.width - lead - 2 - Math.max(...labels.map((text) => text.length));
  const isBeside = beside >= LEAST_BAR;
  const room = Math.min(isBeside ? beside : page.width - lead - 2, MOST_BAR);
  for (const [i, line] of cpus.entries()) {
    const head = `  ${String(line.cpu).padStart(lead - 3)} ${bar(line, start, end, room)}`;
    yield page.drawn(isBeside ? `${head}  ${labels[i]}` : head);
    if (!isBeside) yield page.drawn(`${' '.repeat(lead)}${labels[i]}`);
  }
  const more = verdict.cpus.length - cpus.length;
  if (more > 0) yield page.drawn(`  and ${more} CPUs more`);
  const ends = `${end.toFixed(1)} s`;
  const ruler = `${start.toFixed(1)} s`.padEnd(room - ends.length) + ends;
  yield page.drawn(`${' '.repeat(lead)}${ruler}`);
  yield page.drawn(`${' '.repeat(lead)}█ kept while others waited  ━ kept  · before, or idle`);
}

/** Kept the longest first where there are too many; in their order then. */
function worthShowing(cpus: readonly CpuLine[]): CpuLine[] {
  if (cpus.length <= MOST_CPUS) return [...cpus];
  const weight = ({ task, waiting }: CpuLine) => (task ? 1 : 0) + (task && waiting > 0 ? 2 : 0);
  return [...cpus]
    .sort((a, b) => weight(b) - weight(a) || (a.sinceSeconds ?? 0) - (b.sinceSeconds ?? 0))
    .slice(0, MOST_CPUS)
    .sort((a, b) => a.cpu - b.cpu);
}

function label({ task, mode, sinceSeconds, waiting }: CpuLine): string {
  if (!task) return mode === 'idle' ? 'idle' : 'not known';
  const where = mode === 'user' || mode === 'kernel' ? `, ${mode} mode` : '';
  const since = sinceSeconds === null ? '' : ` since ${sinceSeconds.toFixed(1)} s`;
  const behind = waiting > 0 ? `; ${waiting} waited` : '';
  return `${nameOf(task)}${where}${since}${behind}`;
}

function bar(line: CpuLine, start: number, end: number, room: number): string {
  const { task, sinceSeconds, waitingSinceSeconds, waiting } = line;
  const column = (seconds: number) =>
    Math.min(room, Math.max(0, Math.round(((seconds - start) / (end - start)) * room)));
  if (!task || sinceSeconds === null) return '·'.repeat(room);
  // What was there for a moment only is seen, too.
  const from = Math.min(column(sinceSeconds), room - 1);
  const wanted =
    waiting > 0 && waitingSinceSeconds !== null
      ? Math.min(Math.max(from, column(waitingSinceSeconds)), room)
      : room;
  return '·'.repeat(from) + '━'.repeat(wanted - from) + '█'.repeat(room - wanted);
}
