// strace's lines as it writes them (6.1), with and without the number of the thread.
import { expect, test } from 'vitest';
import { callText, grouped, StraceParser } from './strace.ts';

function parsed(lines: readonly string[], seconds = 1) {
  const parser = new StraceParser(50);
  for (const line of lines) parser.line(line);
  return [...parser.calls, ...parser.unfinished(seconds)];
}

test('a call, its descriptor, its result and how long it took', () => {
  const [call] = parsed(['1795526310.863217 read(0<pipe:[97723]>, ""..., 131072) = 3 <0.192549>']);
  expect(call).toMatchObject({
    tid: 50,
    name: 'read',
    fd: 0,
    path: 'pipe:[97723]',
    result: 3,
    error: null,
    seconds: 0.192549,
  });
});

test('one that failed', () => {
  const [call] = parsed(['1.5 read(-1, 0x7ffc, 1)  = -1 EBADF (Bad file descriptor) <0.000038>']);
  expect(call).toMatchObject({ result: -1, error: 'EBADF', fd: null });
});

test('one that other threads interrupt, and one that has not ended', () => {
  const calls = parsed(
    [
      '[pid   170] 10.0 write(1</dev/mtd0>, ""..., 512 <unfinished ...>',
      '[pid   171] 10.1 openat(AT_FDCWD</tmp>, "f", O_RDONLY) = 3</tmp/f> <0.000010>',
      '[pid   170] 23.2 <... write resumed>) = 512 <13.2>',
      '[pid   170] 23.3 write(1</dev/mtd0>, ""..., 512 <unfinished ...>',
      '[pid   171] 23.4 futex(0x7f00, FUTEX_WAIT_PRIVATE, 2, NULL <detached ...>',
    ],
    15,
  );
  expect(calls.map(({ tid, name, result }) => [tid, name, result])).toEqual([
    [171, 'openat', 3],
    [170, 'write', 512],
    [170, 'write', null],
    [171, 'futex', null],
  ]);
  expect(calls[1]).toMatchObject({ seconds: 13.2, path: '/dev/mtd0' });
  expect(calls[2]?.seconds).toBeCloseTo(1.7);
});

test('grouped, what took most time first, with the bytes that were moved', () => {
  const groups = grouped(
    parsed([
      '1.0 read(0</dev/zero>, ""..., 512) = 512 <0.000010>',
      '2.0 write(1</dev/mtd0>, ""..., 512) = 512 <13.1>',
      '15.1 write(1</dev/mtd0>, ""..., 512) = 512 <12.9>',
      '28.0 close(1</dev/mtd0>) = 0 <0.1>',
    ]),
  );
  expect(groups.map(({ name }) => name)).toEqual(['write', 'close', 'read']);
  expect(groups[0]).toMatchObject({ bytes: 1024, totalSeconds: 26, errors: 0 });
  expect(groups[1]?.bytes).toBe(0);
  expect(callText(groups[0]?.longest ?? never())).toBe(
    'write(1</dev/mtd0>, ""..., 512) = 512 <13.100000>',
  );
});

test('what is no call is nothing', () => {
  expect(parsed(['strace: Process 4 attached', '1.0 +++ exited with 0 +++', '', '1.0 x'])).toEqual(
    [],
  );
});

const never = (): never => {
  throw new Error('no group');
};
