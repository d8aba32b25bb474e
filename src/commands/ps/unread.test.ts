import { expect, test } from 'vitest';
import { virtual } from '../../bytes/address.ts';
import { Fault } from '../../bytes/fault.ts';
import type { Context } from '../kit/define.ts';
import { Unread } from './unread.ts';

test('one sentence, with the first reason; none when all could be read', () => {
  const said: string[] = [];
  const context = { warn: (text: string) => said.push(text) } as unknown as Context;
  const whole = new Unread(context);
  expect(whole.value(7)).toBe(7);
  whole.report();
  expect(said).toEqual([]);
  const unread = new Unread(context);
  expect(unread.value(new Fault('excluded', virtual(0x1000n)))).toBeNull();
  expect(unread.value(new Fault('unmapped', virtual(0x2000n)))).toBeNull();
  unread.report();
  expect(said).toEqual([
    'ps: 2 values cannot be read: page excluded when the dump was written at 1000',
  ]);
});
