import { expect, test } from 'vitest';
import type { Dump } from '../../types/dump.ts';
import type { Context } from '../kit/define.ts';
import { newSession } from '../kit/session.ts';
import { allSettings, isSetting, renderSettings, setting } from './settings.ts';

function session() {
  const warnings: string[] = [];
  const dump = { files: ['a/vmcore', 'a/vmcore.2'] } as unknown as Dump;
  const context: Context = { dump, session: newSession(), warn: (text) => warnings.push(text) };
  const set = (...words: string[]) => [...renderSettings(setting(context, words))];
  return { context, warnings, set };
}

test('the radix takes effect, and says nothing of having none', () => {
  const { context, warnings, set } = session();
  expect(set('radix', 'hex')).toEqual(['output radix: 16 (hex)']);
  expect(context.session.radix).toBe(16);
  expect(set('dec')).toEqual(['output radix: 10 (decimal)']);
  expect(context.session.radix).toBe(10);
  expect(warnings).toEqual([]);
});

test('another variable keeps its value, and is said to change nothing', () => {
  const { context, warnings, set } = session();
  expect(set('hash', '0')).toEqual(['hash: off']);
  expect(set('hash')).toEqual(['hash: off']);
  expect(warnings).toEqual(['set: hash changes nothing here']);
  expect([...renderSettings(allSettings(context))]).toContain('          hash: off');
});

test.each([
  [['radix', '8'], 'set: invalid command: set radix 8 '],
  [['print_max', 'many'], 'set: invalid command: set print_max many '],
  [['console', 'tty'], 'set: invalid command: set console tty '],
  [['edit', 'vi'], 'set: cannot change editing mode during runtime'],
] as const)('%j is refused', (words, message) => {
  const { set } = session();
  expect(() => set(...words)).toThrow(message);
});

test('all of them: the dump by the names it was given', () => {
  const { context } = session();
  const lines = [...renderSettings(allSettings(context))];
  expect(lines).toHaveLength(21);
  expect(lines).toContain('      dumpfile: a/vmcore a/vmcore.2');
});

test.each(['hex', 'null-stop', 'scroll'])('%s is a variable', (word) => {
  expect(isSetting(word)).toBe(true);
});
test.each(['dumpfile', '1', 'toString', '__proto__'])('%s is none', (word) => {
  expect(isSetting(word)).toBe(false);
});
