import { expect, test } from 'vitest';
import { type PsArgumentsTask, renderArguments } from './arguments.ts';

const task: PsArgumentsTask = {
  pid: 7,
  task: '0xffff888000000000',
  cpu: 0,
  comm: 'x',
  args: ['x', '', '-v'],
  overwritten: false,
  env: ['A=1', '', 'B=2'],
  missing: null,
};
const shown = (change: Partial<PsArgumentsTask>) =>
  [...renderArguments({ show: 'arguments', tasks: [{ ...task, ...change }] })].slice(1);

test('arguments in a line, variables below each other; empty ones are not shown', () => {
  expect(shown({})).toEqual(['ARG: x -v ', 'ENV: A=1', '     B=2', '']);
});

test('a title that ran over the arguments ends without a blank', () => {
  expect(shown({ overwritten: true, env: ['', 'B=2'] })).toEqual([
    'ARG: x -v',
    'ENV:      B=2',
    '',
  ]);
});

test('why there are none', () => {
  expect(shown({ args: null, env: null, missing: 'no user stack' })).toEqual([
    'ps: no user stack',
    '',
  ]);
});
