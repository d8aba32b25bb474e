// log on the whole dumps: byte for byte what crash said.
import { expect, test } from 'vitest';
import type { LogData } from '../../src/commands/log.ts';
import { answeredDumps } from '../oracle/answers.ts';
import { drgnLog } from '../oracle/drgn-answers.ts';
import { crashText } from '../oracle/text.ts';
import { ask, dataOf } from './kit.ts';

test.each(answeredDumps)('%s: log is what crash and drgn print', async (dump) => {
  const [text] = await ask(dump, 'log');
  expect(text).toBe(crashText(dump, 'log'));
  const data = (await dataOf(dump, 'log')) as LogData;
  expect(data.flatMap((entry) => entry.text?.split('\n') ?? []).length).toBe(drgnLog(dump).length);
});

test.each(['kernel-abba', 'null-deref', 'rt-loop-510'] as const)(
  '%s: log -t, -m, -c, -T and -d are what crash prints',
  async (dump) => {
    const [t, m, c, T, d] = await ask(dump, 'log -t', 'log -m', 'log -c', 'log -T', 'log -d');
    expect(t).toBe(crashText(dump, 'log-t'));
    expect(m).toBe(crashText(dump, 'log-m'));
    expect(c).toBe(crashText(dump, 'log-c'));
    expect(T).toBe(crashText(dump, 'log-T'));
    expect(d).toBe(crashText(dump, 'log-d'));
  },
);

test('soft-lockup: log -m and -c are what crash prints; -T has the year that crash loses', async () => {
  const [m, c, T] = await ask('soft-lockup', 'log -m', 'log -c', 'log -T');
  expect(m).toBe(crashText('soft-lockup', 'log-m'));
  expect(c).toBe(crashText('soft-lockup', 'log-c'));
  const dates = /^\[.{23} \d{4}\] /gm;
  expect(T?.replace(dates, '')).toBe(crashText('soft-lockup', 'log-T').replace(dates, ''));
  // TRUTH.md: the panic came at 34.5 s of uptime; the calendar of the dump's header says when.
  expect(T).toMatch(/^\[Mon Nov 23 11:05:24 UTC 2026\] Kernel panic - not syncing/m);
});
