import { expect, test } from 'vitest';
import { commonFrame, frameText, ownFrame, type UserFrame } from './frames.ts';

const frame = (name: string | null, more: Partial<UserFrame> = {}): UserFrame => ({
  address: '0x1',
  function: name,
  arguments: '',
  file: null,
  line: null,
  library: null,
  ...more,
});
const stack = (...names: (string | null)[]) => names.map((name) => frame(name));

test('what stays is the innermost function that every stack has', () => {
  const loop = [
    stack('hash', 'step', 'run', 'main'),
    stack('step', 'run', 'main'),
    stack('free', 'list', 'step', 'run', 'main'),
  ];
  expect(commonFrame(loop)?.function).toBe('step');
  expect(commonFrame([stack('a', null, 'main'), stack('b', null, 'main')])?.function).toBe('main');
  expect(commonFrame([stack('a'), stack('b')])).toBeUndefined();
  expect(commonFrame([])).toBeUndefined();
});

test('the program’s own frame is not the C library’s', () => {
  const libc = { library: '/usr/lib/x86_64-linux-gnu/libc.so.6' };
  const own = frame('fetch', { file: 'fetch.c', line: 3 });
  expect(ownFrame([frame('__GI___libc_read', libc), frame('read'), own])).toBe(own);
});

test('as text', () => {
  expect(frameText(frame('spin', { arguments: 'a=3', file: 'loop.c', line: 3 }), 0)).toBe(
    '#0 spin (a=3) at loop.c:3',
  );
  expect(frameText(frame(null, { library: '/lib/x.so' }), 1)).toBe('#1 0x1 () in /lib/x.so');
});
