// Which function of a stack is said to go round.
import { expect, test } from 'vitest';
import type { FrameFact } from './frames.ts';
import { goingRound } from './going-round.ts';

const frame = (spelled: string): FrameFact => {
  const [name = '', module = null] = spelled.split('@');
  return {
    function: name || null,
    symbol: name || null,
    module,
    pc: '0x0',
    isCertain: true,
    isInterrupted: false,
  };
};

/** `f@driver` is of the module driver; one with a `*` has a loop; a `?` is code that is not understood. */
const found = (...stack: string[]): string | undefined => {
  const frames = stack.map((spelled) => frame(spelled.replace(/[*?]/, '')));
  const roundAt = (index: number) =>
    stack[index]?.includes('*')
      ? { jump: 8, target: 0 }
      : stack[index]?.includes('?')
        ? undefined
        : null;
  const { frame: at, round, inner } = goingRound(frames, roundAt) ?? {};
  return at && `${at.function}${round ? ' round' : ''}${inner ? ` over ${inner.function}` : ''}`;
};

test('the innermost with a loop', () =>
  expect(found('check@driver', 'walk@driver*', 'start@driver*')).toBe('walk round'));

test('a driver’s function is no helper, whatever it is called', () =>
  expect(found('strobe_flash@driver*', '__hrtimer_run_queues*')).toBe('strobe_flash round'));

test('helpers of the kernel are passed over', () =>
  expect(found('delay_tsc*', '__const_udelay', 'wait_ready@driver*')).toBe('wait_ready round'));

test('what a driver calls over and over is not what goes round', () => {
  expect(found('mutex_trylock', 'poll@driver*', 'vfs_ioctl*')).toBe('poll round');
  expect(found('kmalloc_slow*', 'fill@driver*')).toBe('fill round over kmalloc_slow');
});

test('the kernel’s own loop, where the driver that called it has none', () =>
  expect(found('rbtree_walk', 'find_extent*', 'once@driver')).toBe('find_extent round'));

test('a driver far above has a loop, as many have', () =>
  expect(found('rbtree_walk*', 'a', 'b', 'c', 'write_all@driver*')).toBe('rbtree_walk round'));

test('a driver’s function without a loop is not passed over for what called it', () =>
  expect(found('again@driver', '__hrtimer_run_queues*')).toBe('again'));

test('where code is not understood, the driver’s own function', () => {
  expect(found('mutex_trylock?', 'poll@driver*')).toBe('poll');
  expect(found('walk?', 'vfs_ioctl*')).toBe('walk');
});

test('nothing without a name', () => expect(found('', '')).toBeUndefined());
