import { expect, test } from 'vitest';
import { holderInCall, writerIn } from './lock-word.ts';

const bytes = (...words: readonly number[]): Uint8Array =>
  new Uint8Array(Uint32Array.from(words).buffer);

// As in a dump of a 7.2 guest with glibc 2.42, whose inker (pid 180) holds it and typesetter sleeps on the word at 12.
const held = [3, 0, 1, 3, 0, 0, 0xb4, 0] as const;

test('a read-write lock that is taken for writing names the writer', () => {
  expect(writerIn(bytes(...held), 12)).toBe(180);
  expect(writerIn(bytes(3, 0, 3, 3, 0, 0, 0xb4, 0), 8)).toBe(180);
});

test.each([
  ['readers have it', [8, 0, 0, 3, 0, 0, 0, 0], 12],
  ['nobody sleeps on that word', held, 8],
  ['it names nobody', [3, 0, 1, 3, 0, 0, 0, 0], 12],
  ['something else is written where nothing is', [3, 0, 1, 3, 7, 0, 0xb4, 0], 12],
  ['memory of another kind', [3, 3, 3, 3, 3, 3, 3, 3], 12],
])('%s: none', (_, words, offset) => {
  expect(writerIn(bytes(...words), offset)).toBeUndefined();
});

test('a robust mutex is slept on with its owner’s number; an ordinary one is not', () => {
  expect(holderInCall(0x8000_009c)).toEqual({ tid: 156, from: 'call' });
  expect(holderInCall(2)).toBeUndefined();
  expect(holderInCall(0x8000_0000)).toBeUndefined();
});
