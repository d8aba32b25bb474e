// `task` against what crash said of the full dumps, byte for byte.
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { runLine } from '../../src/commands/kit/run.ts';
import { newSession } from '../../src/commands/kit/session.ts';
import { openDump } from '../../src/doors/open.ts';

const folder = process.env.INQUEST_DUMPS ?? '';

const dumps = ['rt-loop', 'rt-loop-510', 'null-deref', 'soft-lockup'] as const;

const recorded = dumps.flatMap((dump) => {
  const from = `testdata/answers/${dump}/${dump === 'soft-lockup' ? 'crash--no_modules' : 'crash'}`;
  return readdirSync(from)
    .filter((name) => name.startsWith('task'))
    .map((name): [string, string, string] => {
      const bytes = readFileSync(`${from}/${name}`);
      const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
      const end = text.indexOf('\n');
      return [dump, text.slice('# crash: '.length, end), text.slice(end + 1).trimEnd()];
    });
});

test('answers of crash were recorded', () => {
  expect(recorded.length).toBeGreaterThan(20);
});

test.each(recorded)('%s: %s', async (name, line, expected) => {
  const dump = await openDump([`${folder}/${name}/vmcore`]);
  const answer = await runLine({ dump, session: newSession() }, line);
  dump.close();
  expect(answer.ok && answer.text.trimEnd().split('\n')).toEqual(expected.split('\n'));
});
