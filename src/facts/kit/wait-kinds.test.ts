import { expect, test } from 'vitest';
import { frame } from '../../../testkit/scene.ts';
import { placeOf } from './wait-kinds.ts';

const stack = (...names: string[]) => names.map((name) => frame(name));
const place = (...names: string[]) => {
  const { kind, waitsIn, calledBy } = placeOf(stack(...names));
  return [kind, waitsIn?.function, calledBy?.function];
};

// Stacks of Debian's kernels 6.12.118-rt, 6.12.117, 5.10.262 and 6.1.192; the last is a PI futex, the program's.
test.each([
  [
    [
      '__schedule',
      'rt_mutex_schedule',
      'rt_mutex_slowlock_block',
      '__rt_mutex_slowlock_locked',
      'rt_mutex_slowlock',
      'open',
    ],
    ['rt_mutex', 'rt_mutex_slowlock_block', 'open'],
  ],
  [
    ['__schedule', 'schedule', 'schedule_preempt_disabled', '__mutex_lock', 'parcelq_submit'],
    ['mutex', '__mutex_lock', 'parcelq_submit'],
  ],
  [
    ['__schedule', 'schedule', 'pipe_read', 'vfs_read'],
    ['other', 'pipe_read', 'vfs_read'],
  ],
  [
    [
      '__schedule',
      'schedule',
      'rt_mutex_slowlock_block',
      'rt_mutex_wait_proxy_lock',
      'futex_lock_pi',
      'do_futex',
    ],
    ['other', 'rt_mutex_slowlock_block', 'rt_mutex_wait_proxy_lock'],
  ],
])('%j', (names, expected) => {
  expect(place(...names)).toEqual(expected);
});
