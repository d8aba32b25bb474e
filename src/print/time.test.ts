import { describe, expect, test } from 'vitest';
import { calendar, duration, preciseDuration } from './time.ts';

test('durations have days only where there are any', () => {
  expect(duration(91.99)).toBe('00:01:31');
  expect(duration(2 * 86_400 + 3602)).toBe('2 days, 01:00:02');
  expect(duration(-1)).toBe('00:00:00');
});

test('precise durations always have days, and cut below a millisecond', () => {
  expect(preciseDuration(3_215_755_380)).toBe('0 00:00:03.215');
  expect(preciseDuration(86_400e9 * 3 + 1e6)).toBe('3 00:00:00.001');
});

describe('calendar', () => {
  test.each([
    ['UTC', 'Mon Nov 23 11:18:40 UTC 2026'],
    ['Europe/Berlin', 'Mon Nov 23 12:18:40 CET 2026'],
    ['America/New_York', 'Mon Nov 23 06:18:40 EST 2026'],
    ['Asia/Kathmandu', 'Mon Nov 23 17:03:40 +0545 2026'],
  ])('names the zone: %s', (name, expected) => {
    expect(calendar(1_795_432_720, name)).toBe(expected);
  });

  test('pads the day as ctime does, and takes what is no date', () => {
    expect(calendar(0, 'UTC')).toBe('Thu Jan  1 00:00:00 UTC 1970');
    expect(calendar(1e300)).toBe('1e+300');
  });

  test('takes a shorter way to the same text where the zone is UTC', () => {
    for (const seconds of [0, 1_795_432_720, 951_782_400, 4_102_444_799])
      if (new Date().getTimezoneOffset() === 0)
        expect(calendar(seconds)).toBe(calendar(seconds, 'UTC'));
  });
});
