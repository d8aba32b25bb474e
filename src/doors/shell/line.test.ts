import { expect, test } from 'vitest';
import { parseLine } from './line.ts';

const screen = { kind: 'screen' };

test.each([
  ['p init_task->pid', 'p init_task->pid'],
  ['p a >= 1', 'p a >= 1'],
  ['p (a > b)', 'p (a > b)'],
  ['search -c "a | b"', 'search -c "a | b"'],
  ["ps 'a|b'", "ps 'a|b'"],
  ['p a[b > c]', 'p a[b > c]'],
])('%s is a command', (typed, text) => {
  expect(parseLine(typed, '/home')).toEqual({ kind: 'command', text, to: screen });
});

test.each([
  ['ps | grep a | wc -l', { kind: 'pipe', program: 'grep a | wc -l' }],
  ['ps | head -1; date > file', { kind: 'pipe', program: 'head -1; date > file' }],
  ['ps > a', { kind: 'file', path: 'a', isAppended: false }],
  ['ps>>~/a', { kind: 'file', path: '/home/a', isAppended: true }],
  ["ps >> '~/a b'", { kind: 'file', path: '~/a b', isAppended: true }],
])('%s goes elsewhere', (typed, to) => {
  expect(parseLine(typed, '/home')).toEqual({ kind: 'command', text: 'ps', to });
});

test.each([
  ['', { kind: 'nothing' }],
  ['  # ps', { kind: 'nothing' }],
  ['!ls -l', { kind: 'program', program: 'ls -l' }],
  ['| ls', { kind: 'program', program: 'ls' }],
  ['!', { kind: 'program', program: '' }],
  ['<~/a', { kind: 'script', path: '/home/a' }],
])('%j is no command', (typed, line) => {
  expect(parseLine(typed, '/home')).toEqual(line);
});
