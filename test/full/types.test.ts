// struct, union, *, whatis, p, list, tree against what crash said of the full dumps.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { runLine } from '../../src/commands/kit/run.ts';
import { newSession } from '../../src/commands/kit/session.ts';
import { openDump } from '../../src/doors/open.ts';
import { differences, unnumbered } from '../oracle/type-differences.ts';

const folder = process.env.INQUEST_DUMPS ?? '';

/** Of each recording: how many answers are the same, byte for byte, at least. */
const recordings = [
  ['rt-loop', 'crash/types', 300],
  ['rt-loop', 'crash/types-more', 200],
  ['rt-loop-510', 'crash/types', 300],
  ['rt-loop-510', 'crash/types-more', 200],
  ['null-deref', 'crash/types', 300],
  ['null-deref', 'crash/types-more', 200],
  ['soft-lockup', 'crash--no_modules/types', 280],
  ['soft-lockup', 'crash--no_modules/types-more', 200],
] as const;

/** Question and answer, in the order they were asked. */
function* answersIn(file: string): Generator<[question: string, answer: string]> {
  const text = gunzipSync(readFileSync(`testdata/answers/${file}.txt.gz`)).toString('utf8');
  for (const part of text.split(/^# crash: /m).slice(1)) {
    const end = part.indexOf('\n');
    yield [part.slice(0, end), part.slice(end + 1)];
  }
}

const met = new Set<string>();

test.each(recordings)('%s: %s', { timeout: 240_000 }, async (name, file, least) => {
  const dump = await openDump([`${folder}/${name}/vmcore`]);
  const different: unknown[] = [];
  let same = 0;
  for (const [question, theirs] of answersIn(`${name}/${file}`)) {
    const ours = await runLine({ dump, session: newSession() }, question);
    const text = unnumbered(ours.ok ? ours.text : ours.error.message);
    if (text === unnumbered(theirs)) {
      same++;
      continue;
    }
    const difference = differences.find(({ isIt }) => isIt(question, theirs.trimEnd(), ours));
    if (difference) met.add(difference.why);
    else different.push([question, ...firstDifference(theirs, text)]);
  }
  dump.close();
  expect(different).toEqual([]);
  expect(same).toBeGreaterThanOrEqual(least);
});

test('every difference that is allowed is there', () => {
  expect(differences.map(({ why }) => why).filter((why) => !met.has(why))).toEqual([]);
});

function firstDifference(theirs: string, ours: string): [theirs: unknown, ours: unknown] {
  const a = theirs.split('\n');
  const b = ours.split('\n');
  const at = a.findIndex((line, i) => line !== b[i]);
  return [a[at], b[at]];
}
