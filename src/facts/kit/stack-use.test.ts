// Where a stack's room went.
import { expect, test } from 'vitest';
import { virtual } from '../../bytes/address.ts';
import type { Frame } from '../../stacks/stack.ts';
import { stackUsers } from './stack-use.ts';

const frame = (symbol: string, sp: number, stack: Frame['stack'] = 'task'): Frame => ({
  index: 0,
  sp: virtual(BigInt(sp)),
  pc: virtual(0n),
  symbol,
  offset: 0,
  module: 'driver',
  stack,
  certainty: 'certain',
  is: 'return',
  exception: undefined,
});

test('by function, parts of one function together, the greatest first', () => {
  const frames = [
    frame('leaf', 0x100),
    frame('walk.cold', 0x120),
    frame('walk', 0x1a0),
    frame('walk', 0x220),
    frame('start', 0x2a0),
    frame('end', 0x2b0),
  ];
  expect(stackUsers(frames)).toEqual([
    { function: 'walk', module: 'driver', frames: 3, bytes: 0x180 },
    { function: 'leaf', module: 'driver', frames: 1, bytes: 0x20 },
    { function: 'start', module: 'driver', frames: 1, bytes: 0x10 },
  ]);
});

test('from one stack to the next is no size', () =>
  expect(stackUsers([frame('handler', 0x100, 'df'), frame('walk', 0x9000)])).toEqual([]));
