// The slim dumps of the repository against what crash and drgn said of the whole ones.
import { expect, test } from 'vitest';
import { runLine } from '../src/commands/kit/run.ts';
import { newSession } from '../src/commands/kit/session.ts';
import type { ModData } from '../src/commands/mod.ts';
import { openDump } from '../src/doors/open.ts';
import { drgnModules } from './oracle/drgn-answers.ts';
import { crashText } from './oracle/text.ts';

/** `[dump, command, recorded answer]`. What else these dumps hold too little for: test/full. */
const recorded = [
  ['rt-loop', 'log', 'log'],
  ['rt-loop', 'mod', 'mod'],
  ['rt-loop', 'mod -t', 'mod-t'],
  ['rt-loop-510', 'log', 'log'],
  ['rt-loop-510', 'log -t', 'log-t'],
  ['rt-loop-510', 'log -m', 'log-m'],
  ['rt-loop-510', 'log -d', 'log-d'],
  ['rt-loop-510', 'mod', 'mod'],
  ['rt-loop-510', 'mod -t', 'mod-t'],
  ['null-deref', 'log', 'log'],
  ['soft-lockup', 'log', 'log'],
  ['soft-lockup', 'log -m', 'log-m'],
  ['soft-lockup', 'log -c', 'log-c'],
] as const;

test.each(recorded)('%s: %s is byte for byte what was recorded', async (name, line, file) => {
  const dump = await openDump([`testdata/dumps/${name}/vmcore`]);
  const answer = await runLine({ dump, session: newSession() }, line);
  dump.close();
  expect(answer.warnings).toEqual([]);
  expect(answer.ok && answer.text).toBe(crashText(name, file));
});

test('mod lists the modules of a 7.2 kernel, which crash 9.0.2 cannot', async () => {
  const dump = await openDump(['testdata/dumps/soft-lockup/vmcore']);
  const answer = await runLine({ dump, session: newSession() }, 'mod');
  dump.close();
  const found = answer.ok ? (answer.data as ModData) : [];
  const expected = drgnModules('soft-lockup').map(({ address, name }) => [address, name]);
  expect(found.map((m) => [m.module, m.name]).sort()).toEqual(expected.sort());
});
