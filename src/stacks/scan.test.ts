// The last resort on stacks made here: what is taken for a return address, and what is not.
import { expect, test } from 'vitest';
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault } from '../bytes/fault.ts';
import type { StackRange } from '../kernel/cpu-stacks.ts';
import type { Dump } from '../types/dump.ts';
import type { Stacks } from './memory.ts';
import { guessFrom } from './scan.ts';
import type { State, Step, Unwinder } from './state.ts';
import { codeWords } from './words.ts';

const LOW = 0xffffc90000010000n;
const CODE = 0xffffffff81000000n;
/** After a call, in a page of code that is `call rel32` at every multiple of 16. */
const afterCall = (n: number): bigint => CODE + BigInt(n * 16 + 5);

const stack: StackRange = { name: 'task', low: virtual(LOW), high: virtual(LOW + 8192n) };

/** A two-page stack with these words, by offset, and a page of code; every other page is absent. */
function stacksWith(words: Record<number, bigint>, absent: readonly bigint[] = []): Stacks {
  const pages = new Map<bigint, Uint8Array>();
  for (const page of [LOW, LOW + 4096n])
    if (!absent.includes(page)) pages.set(page, new Uint8Array(4096));
  for (const [offset, word] of Object.entries(words)) {
    const at = LOW + BigInt(offset);
    const page = pages.get(at & ~0xfffn);
    if (page) new DataView(page.buffer).setBigUint64(Number(at & 0xfffn), word, true);
  }
  const code = new Uint8Array(4096).fill(0x90);
  for (let at = 0; at < 4096; at += 16) code[at] = 0xe8;
  pages.set(CODE, code);
  const memo = new Map<unknown, unknown>();
  const dump = {
    memory: {
      read: (address: VirtualAddress, length: number) => {
        const page = pages.get(address & ~0xfffn);
        const from = Number(address & 0xfffn);
        return page ? page.subarray(from, from + length) : new Fault('unsaved', address);
      },
    },
    symbols: { isText: (at: bigint) => at >= CODE && at < CODE + 4096n },
    memo: (key: unknown, make: () => unknown) => {
      if (!memo.has(key)) memo.set(key, make());
      return memo.get(key);
    },
  } as unknown as Dump;
  return { dump, ranges: [stack], task: undefined };
}

/** Comes to the stack's end from these return addresses only, through one caller. */
const unwinder = (good: readonly bigint[]): Unwinder => ({
  step(state: State): Step {
    if (state.pc === CODE) return { to: 'end' };
    if (!good.includes(state.pc)) return { to: 'nowhere', reason: 'no way on' };
    const sp = virtual(state.sp + 64n);
    return { to: 'caller', state: { ...state, pc: virtual(CODE), sp, slot: sp } };
  },
});

test('the first word from which the whole rest follows begins the frames; all are guessed', () => {
  const stacks = stacksWith({ 256: afterCall(1), 512: afterCall(2), 768: afterCall(3) });
  const found = guessFrom(unwinder([afterCall(2), afterCall(3)]), stacks, stack, LOW);
  expect(found?.states.map((state) => state.pc)).toEqual([afterCall(2), CODE]);
  expect(found?.states[0]?.slot).toBe(LOW + 0x200n);
  expect(found?.states.every((state) => state.certainty === 'guessed')).toBe(true);
  expect(found?.end).toEqual({ at: 'end' });
});

test('where none leads to the end every candidate is listed, and it is said what they are', () => {
  const words = { 256: afterCall(1), 264: CODE + 9n, 512: afterCall(2), 520: 0x1234n };
  const found = guessFrom(unwinder([]), stacksWith(words), stack, LOW);
  // CODE + 9 is code, but not after a call.
  expect(found?.states.map((state) => state.pc)).toEqual([afterCall(1), afterCall(2)]);
  expect(found?.end).toMatchObject({ at: 'nowhere', reason: expect.stringContaining('words') });
});

test('nothing is looked at below where the frames are; an empty stack has no guess', () => {
  const stacks = stacksWith({ 256: afterCall(1), 512: afterCall(2) });
  const found = guessFrom(unwinder([]), stacks, stack, LOW + 0x180n);
  expect(found?.states.map((state) => state.pc)).toEqual([afterCall(2)]);
  expect(guessFrom(unwinder([]), stacksWith({}), stack, LOW)).toBeUndefined();
});

test('guesses are bounded', () => {
  const words = Object.fromEntries(
    Array.from({ length: 900 }, (_, i) => [i * 8, afterCall(i % 200)]),
  );
  expect(guessFrom(unwinder([]), stacksWith(words), stack, LOW)?.states).toHaveLength(64);
});

test('an absent page of a stack is passed over, and the words end where the stack does', () => {
  const { dump } = stacksWith({ 256: afterCall(1), 4352: afterCall(2) }, [LOW]);
  expect([...codeWords(dump, stack)].map(({ slot }) => slot)).toEqual([LOW + 0x1100n]);
  const cut = { ...stack, high: virtual(LOW + 0x1100n) };
  expect([...codeWords(dump, cut)]).toEqual([]);
});
