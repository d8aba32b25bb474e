import { expect, test } from 'vitest';
import { beginsWithPushRbp, callTarget, endsInCall } from './call.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

test('a direct call’s target comes from its displacement, forwards and backwards', () => {
  expect(callTarget(0x1005n, bytes(0xe8, 0x10, 0, 0, 0))).toBe(0x1015n);
  expect(callTarget(0x1005n, bytes(0xe8, 0xf0, 0xff, 0xff, 0xff))).toBe(0xff5n);
  expect(callTarget(0x1005n, bytes(0xe9, 0x10, 0, 0, 0))).toBeUndefined();
});

test.each([
  ['call rel32', [0x90, 0x90, 0xe8, 1, 2, 3, 4], true],
  ['call *%rax', [0x90, 0x90, 0x90, 0x90, 0x90, 0xff, 0xd0], true],
  ['call *0x18(%rax)', [0x90, 0x90, 0x90, 0x90, 0xff, 0x50, 0x18], true],
  ['call *disp32(%rip)', [0x90, 0xff, 0x15, 1, 2, 3, 4], true],
  ['call *0x20(%rsp)', [0x90, 0x90, 0x90, 0xff, 0x54, 0x24, 0x20], true],
  ['call *table(,%rax,8)', [0xff, 0x14, 0xc5, 1, 2, 3, 4], true],
  ['jmp *%rax', [0x90, 0x90, 0x90, 0x90, 0x90, 0xff, 0xe0], false],
  ['nothing', [0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90], false],
  ['too few bytes', [0xff, 0xd0], false],
] as const)('%s before a return address', (_name, code, isCall) => {
  expect(endsInCall(bytes(...code))).toBe(isCall);
});

test('push %rbp is seen behind endbr64 and ftrace’s slot', () => {
  expect(beginsWithPushRbp(bytes(0x55))).toBe(true);
  expect(beginsWithPushRbp(bytes(0xf3, 0x0f, 0x1e, 0xfa, 0x0f, 0x1f, 0x44, 0, 0, 0x55))).toBe(true);
  expect(beginsWithPushRbp(bytes(0xe8, 0, 0, 0, 0, 0x55))).toBe(true);
  expect(beginsWithPushRbp(bytes(0x41, 0x57, 0x55))).toBe(false);
});
