// Since when a CPU was kept. The figures are those of two real machines.
import { expect, test } from 'vitest';
import { heldSince, type Marks } from './since.ts';

const marks = (about: Partial<Marks>): Marks => ({
  arrivedNs: 88.704e9,
  startedNs: 28.653e9,
  stopperArrivedNs: 88.704e9,
  idleNs: 28.608e9,
  othersArrivedNs: [28.738e9, 20e9],
  queuedNs: [29.115e9, 32e9, 59.8e9],
  ...about,
});

test('an arrival right after the stopper says nothing: the newest sign of another, to the oldest waiter', () =>
  expect(heldSince(marks({}))).toEqual({ fromNs: 28.738e9, toNs: 29.115e9 }));

test('where no stopper ran the arrival is right', () =>
  expect(heldSince(marks({ arrivedNs: 19.521e9, stopperArrivedNs: 17.7e9 }))).toEqual({
    fromNs: 19.521e9,
    toNs: 19.521e9,
  }));

test('a task that ran later than the current one arrived ran elsewhere', () =>
  expect(heldSince(marks({ othersArrivedNs: [28.738e9, 90e9] })).fromNs).toBe(28.738e9));

test('a waiter from before counts for nothing, and without one the interval is open', () => {
  expect(heldSince(marks({ queuedNs: [10e9] })).toNs).toBeNull();
  expect(heldSince(marks({ queuedNs: [] })).toNs).toBeNull();
});

test('without marks the start of the task is the earliest', () =>
  expect(heldSince(marks({ othersArrivedNs: [], idleNs: null })).fromNs).toBe(28.653e9));
