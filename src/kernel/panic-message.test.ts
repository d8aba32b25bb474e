import { expect, test } from 'vitest';
import type { Dump } from '../types/dump.ts';
import { firstOops, loggedOops, loggedWarning, panicLine } from './panic-message.ts';
import type { LogRecord } from './printk.ts';

/** A dump of which only the log is there. */
const dumpWith = (...texts: readonly (string | Partial<LogRecord>)[]): Dump => {
  const records = texts.map((text, seq) => ({
    seq,
    timestampNs: seq * 1e9,
    facility: 0,
    ...(typeof text === 'string' ? { text } : text),
  }));
  return { memo: () => ({ records, warnings: [] }) } as unknown as Dump;
};

const OOPS = [
  'BUG: kernel NULL pointer dereference, address: 0000000000000028',
  'Oops: 0000 [#1] PREEMPT SMP NOPTI',
];

test('the line of the worst kind wins, the first of several', () => {
  expect(panicLine(dumpWith(...OOPS))).toBe(OOPS[1]);
  expect(panicLine(dumpWith(...OOPS, 'Kernel panic - not syncing: Fatal exception'))).toBe(
    'Kernel panic - not syncing: Fatal exception',
  );
  expect(panicLine(dumpWith('Oops: first', 'Oops: second'))).toBe('Oops: first');
  expect(panicLine(dumpWith('all is well'))).toBeUndefined();
});

test('a request to crash hides an oops from the line, and not from firstOops', () => {
  const dump = dumpWith(...OOPS, 'SysRq : Trigger a crash');
  expect(panicLine(dump)).toBe('SysRq : Trigger a crash');
  expect(firstOops(dump)).toEqual({ text: OOPS[0], timestampNs: 0 });
});

test('each line of a record counts for itself', () => {
  expect(panicLine(dumpWith('before\n kernel BUG at fs/x.c:1!\nafter'))).toBe(
    ' kernel BUG at fs/x.c:1!',
  );
});

test('what a program wrote into the log is no panic', () => {
  expect(panicLine(dumpWith({ text: 'Kernel panic - not really', facility: 1 }))).toBeUndefined();
});

test('of two oopses the first is the first and the newest the newest', () => {
  const dump = dumpWith('BUG: unable to handle page fault for address: 1', 'kernel BUG at b.c:2!');
  expect(firstOops(dump)?.text).toMatch(/page fault/);
  expect(loggedOops(dump)?.text).toMatch(/b\.c/);
});

test('what a warning said stands before the line that names its place', () => {
  const cut = '------------[ cut here ]------------';
  const place = 'WARNING: CPU: 1 PID: 178 at valves.c:11 valve_open+0x1d/0x30 [valves]';
  expect(loggedWarning(dumpWith(cut, 'valve 3 is open already', place))).toBe(
    'valve 3 is open already',
  );
  // WARN_ON() says nothing; what stands before it is another's.
  expect(loggedWarning(dumpWith('all is well', cut, place))).toBeUndefined();
  expect(loggedWarning(dumpWith('all is well', place))).toBeUndefined();
});
