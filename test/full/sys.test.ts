// sys on the whole dumps: crash's lines, but for those that docs/differences.md names.
import { expect, test } from 'vitest';
import type { SystemSummary } from '../../src/commands/sys/summary.ts';
import { answeredDumps, crashSys } from '../oracle/answers.ts';
import { drgnSys } from '../oracle/drgn-answers.ts';
import { crashText } from '../oracle/text.ts';
import { ask, dataOf } from './kit.ts';

/** What crash says otherwise, and why: docs/differences.md, sys. */
const differs: Readonly<Record<string, readonly string[]>> = {
  'kernel-abba': ['UPTIME'],
  'mtd-slow': ['UPTIME'],
  'null-deref': ['UPTIME'],
  'soft-lockup': ['DATE'],
};

test.each(answeredDumps)('%s: sys has crash’s lines in its order', async (dump) => {
  const [text = ''] = await ask(dump, 'sys');
  const ours = new Map(
    text.split('\n').flatMap((line) => {
      const row = /^( *[A-Z ]+): (.*)$/.exec(line);
      return row ? [[row[1] ?? '', row[2] ?? ''] as const] : [];
    }),
  );
  const labels = [...crashSys(dump).keys()];
  expect([...ours.keys()]).toEqual(labels.map((label) => label.padStart(12)));
  for (const label of labels.slice(2))
    if (!differs[dump]?.includes(label))
      expect([label, ours.get(label.padStart(12))]).toEqual([label, crashSys(dump).get(label)]);
  const tagsOf = (line = '') => line.match(/ {2}\[.*$/)?.[0];
  expect(tagsOf(ours.get('      KERNEL'))).toBe(tagsOf(crashSys(dump).get('KERNEL')));
  expect(tagsOf(ours.get('    DUMPFILE'))).toBe(tagsOf(crashSys(dump).get('DUMPFILE')));
});

test.each(answeredDumps)('%s: the data agrees with drgn, the uptime too', async (dump) => {
  const data = (await dataOf(dump, 'sys')) as SystemSummary;
  const drgn = drgnSys(dump);
  expect(`${data.dateSeconds}`).toBe(drgn.get('time'));
  expect(`${Math.floor(data.uptimeSeconds ?? 0)} s`).toBe(drgn.get('uptime'));
  expect(`${data.tasks}`).toBe(drgn.get('tasks'));
  expect(data.release).toBe(drgn.get('release'));
  expect(data.version).toBe(drgn.get('version'));
});

test.each(answeredDumps)('%s: sys -t is what crash prints', async (dump) => {
  expect((await ask(dump, 'sys -t'))[0]).toBe(crashText(dump, 'sys-t'));
});

test('the data names the first oops where crash shows the last word', async () => {
  const oops = (await dataOf('null-deref', 'sys')) as SystemSummary;
  expect(oops.panic).toMatch(/^Oops: 0000/);
  expect(oops.firstOops?.text).toMatch(/^BUG: kernel NULL pointer dereference/);
  const healthy = (await dataOf('healthy', 'sys')) as SystemSummary;
  expect(healthy.firstOops).toBeNull();
});

test('what cannot be done is refused in crash’s words', async () => {
  expect(await ask('healthy', 'sys config', 'sys -panic')).toEqual([
    'sys: kernel_config_data does not exist in this kernel\n',
    'sys: cannot panic a dumpfile!\n',
  ]);
});
