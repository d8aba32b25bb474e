// elfutils' lines (0.188).
import { expect, test } from 'vitest';
import { parseEuStack } from './eu-stack.ts';

test('functions, their places and libraries', () => {
  const lines = [
    'PID 7 - process',
    'TID 7074:',
    '#0  0x0000560e76dbf133 spin - /tmp/gt/loop',
    '    /tmp/gt/loop.c:3:34',
    '#1  0x00007fec8660324a std::map<int, int>::at(int const&) - /usr/lib/libx.so.6',
    '#2  0x0000560e76dbf061',
  ];
  expect(parseEuStack(lines)).toEqual([
    frame('0x0000560e76dbf133', 'spin', '/tmp/gt/loop', '/tmp/gt/loop.c', 3),
    frame(
      '0x00007fec8660324a',
      'std::map<int, int>::at(int const&)',
      '/usr/lib/libx.so.6',
      null,
      null,
    ),
    frame('0x0000560e76dbf061', null, null, null, null),
  ]);
});

const frame = (
  address: string,
  name: string | null,
  library: string | null,
  file: string | null,
  line: number | null,
) => ({ address, function: name, arguments: '', library, file, line });
