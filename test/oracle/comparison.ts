// crash's recorded answers beside ours: equal, different for a reason that has a name, or different.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Answer, runLine } from '../../src/commands/kit/run.ts';
import { newSession } from '../../src/commands/kit/session.ts';
import { openDump } from '../../src/doors/open.ts';
import type { Dump } from '../../src/types/dump.ts';
import { memoryDifferences } from './memory-differences.ts';
import { type Difference, said, typeDifferences, unnumbered } from './type-differences.ts';

/** A dump of each kernel, and its recordings; crash 9.0.2 opens 7.2 only with --no_modules. */
export const kernels = [
  { dump: 'rt-loop-510', kernel: '5.10.262', folder: 'crash', hasOptions: true },
  { dump: 'null-deref', kernel: '6.1.192', folder: 'crash', hasOptions: true },
  { dump: 'rt-loop', kernel: '6.12.117', folder: 'crash', hasOptions: false },
  { dump: 'soft-lockup', kernel: '7.2.13', folder: 'crash--no_modules', hasOptions: true },
] as const;

export interface Compared {
  readonly question: string;
  readonly theirs: string;
  readonly ours: string;
  /** `undefined`: different, and nobody knows why. */
  readonly outcome: 'equal' | Difference | undefined;
}

const MEMORY = /^(?:sym|dis|rd|vtop|pte|ptob|ptov|btop|eval|ascii|search)\b/;

const usage = typeDifferences.filter(({ id }) => id === 'usage');
const symbols = memoryDifferences.filter(({ id }) => id === 'only-vmlinux');
export const differences: readonly Difference[] = [...typeDifferences, ...memoryDifferences];

/** Every recorded question of one dump, answered by us. */
export async function compareAll(
  file: string,
  { dump: name, folder, hasOptions }: (typeof kernels)[number],
): Promise<Compared[]> {
  const dump = await openDump([file]);
  const compared: Compared[] = [];
  for (const recording of [
    'look-around',
    'types',
    'types-more',
    ...(hasOptions ? ['options'] : []),
  ]) {
    const session = newSession();
    // Answers of `p` are numbered from where the session began: each of these asks as if it were the first.
    const isOneSession = !recording.startsWith('types');
    for (const [question, theirs] of recorded(`${name}/${folder}/${recording}`)) {
      const context = { dump, session: isOneSession ? session : newSession() };
      const ours = await runLine(context, question);
      if (!/^set /.test(question)) compared.push(compare(dump, question, theirs, ours));
    }
  }
  dump.close();
  return compared;
}

/** Question and answer, in the order they were asked. */
function* recorded(file: string): Generator<[question: string, answer: string]> {
  const path = new URL(`../../testdata/answers/${file}.txt.gz`, import.meta.url);
  const text = gunzipSync(readFileSync(path)).toString('utf8');
  for (const part of text.split(/^# crash: /m).slice(1)) {
    const end = part.indexOf('\n');
    yield [part.slice(0, end), part.slice(end + 1).replace(LIBRARY_COMPLAINTS, '')];
  }
}

/** Complaints of the C library, which its stream for errors put ahead of their place. */
const LIBRARY_COMPLAINTS = /^\w+: (?:invalid option|option requires an argument) -- '.'\n/gm;

function compare(dump: Dump, question: string, theirs: string, ours: Answer): Compared {
  const shown = { question, theirs, ours: said(ours) };
  if (spelled(theirs) === spelled(said(ours))) return { ...shown, outcome: 'equal' };
  const known = MEMORY.test(question)
    ? [...usage, ...memoryDifferences]
    : [...typeDifferences, ...symbols];
  const trimmed = theirs.trimEnd();
  return { ...shown, outcome: known.find((one) => one.isIt(question, trimmed, ours, dump)) };
}

/** Without what nobody reads: blanks at the ends of lines, blank lines, the numbers of `p`'s history. */
const spelled = (text: string): string =>
  unnumbered(text)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .join('\n');
