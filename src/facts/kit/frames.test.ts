// Who broke in, and on whom.
import { expect, test } from 'vitest';
import { frame } from '../../../testkit/scene.ts';
import { baseName, interrupter, isUnasked, ownFrames, spell } from './frames.ts';

const stack = (...names: string[]) => ({
  frames: names.map((name) => frame(name)),
  isWhole: true,
  fromUser: true,
});
const names = (frames: readonly { function: string | null }[]) => frames.map((f) => f.function);

test('a name is told without the compiler’s suffixes', () => {
  expect(baseName('foo.isra.0.cold')).toBe('foo');
  expect(baseName('foo.constprop.12')).toBe('foo');
  expect(baseName('foo.part.0')).toBe('foo');
  expect(baseName('tasklet_action_common')).toBe('tasklet_action_common');
});

test('frames above the lowest interrupt are the interrupter’s, those below the task’s own', () => {
  const nested = stack(
    'exc_nmi',
    'asm_exc_nmi',
    'timer',
    'asm_sysvec_apic_timer_interrupt',
    'work',
    'ioctl',
  );
  expect(names(interrupter(nested))).toEqual([
    'exc_nmi',
    'asm_exc_nmi',
    'timer',
    'asm_sysvec_apic_timer_interrupt',
  ]);
  expect(names(ownFrames(nested))).toEqual(['work', 'ioctl']);
});

test('a page fault is the task’s own doing', () => {
  const own = stack('exc_page_fault', 'asm_exc_page_fault', 'driver_write');
  expect(interrupter(own)).toEqual([]);
  expect(ownFrames(own)).toHaveLength(3);
  expect(isUnasked(frame('asm_exc_page_fault'))).toBe(false);
});

test('a task in user mode has no frames of its own', () =>
  expect(ownFrames(stack('exc_nmi', 'asm_exc_nmi'))).toEqual([]));

test('a frame is spelt with its module', () => {
  expect(spell(frame('f', 'm'))).toBe('f [m]');
  expect(spell(frame('f', null, { function: null }))).toBe('0xffffffff81000010');
});
