// What values say of themselves that were taken for pointers.
import { expect, test } from 'vitest';
import { badPointer } from './bad-pointer.ts';

test.each([
  [0n, 0x28n, { is: 'null' }],
  [0x18n, -8n, { is: 'null' }],
  [0xfffffffffffffff4n, 0x10n, { is: 'error', code: -12 }],
  [0x6b6b6b6b6b6b6b6bn, 0x10n, { is: 'freed', pattern: '0x6b' }],
  // The last eight bytes of a freed object.
  [0xa56b6b6b6b6b6b6bn, 0n, { is: 'freed', pattern: '0x6b' }],
  [0x5a5a5a5a5a5a5a5an, 8n, { is: 'fresh', pattern: '0x5a' }],
  [0xccccccccccccccccn, 0n, { is: 'guard', pattern: '0xcc' }],
  [0xdead000000000100n, 0x10n, { is: 'list', which: 'next' }],
  [0xdead000000000122n, 0n, { is: 'list', which: 'prev' }],
  // From a list entry to the object around it.
  [0xdead0000000000e8n, 0x30n, { is: 'list', which: null }],
  [0x6320656874206f74n, 4n, { is: 'text', text: 'to the c' }],
  [0x0000006874206f74n, 4n, { is: 'text', text: 'to th' }],
  [0x00007fff12345678n, 0n, { is: 'user' }],
  [0x0123456789abcdefn, 0n, { is: 'no-address' }],
  [0xffffc90000123000n, 0n, { is: 'unmapped' }],
] as const)('%x + %x', (pointer, reach, expected) =>
  expect(badPointer(pointer, reach, false)).toEqual(expected),
);

test('where memory is, it is not for that', () =>
  expect(badPointer(0xffffffff82000000n, 0n, true)).toEqual({ is: 'protected' }));
