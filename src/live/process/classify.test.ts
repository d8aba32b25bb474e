// The table of state × CPU × call, on samples made by hand: what real processes of a test seldom show.
import { expect, test } from 'vitest';
import { classify, type ThreadClass } from './classify.ts';
import { parseStat, parseSyscall } from './stat.ts';
import type { ThreadSamples, Wait } from './thread.ts';
import { waitsFor } from './waits.ts';

const thread = (known: Partial<ThreadSamples>): ThreadSamples => ({
  tid: 7,
  comm: 'x',
  samples: 100,
  states: { S: 100 },
  lastState: 'S',
  wallMs: 5000,
  runMs: 0,
  delayMs: 0,
  slices: 0,
  userMs: 0,
  systemMs: 0,
  majorFaults: 0,
  minorFaults: 0,
  cpu: 0,
  nice: 0,
  priority: 20,
  policy: 0,
  rtPriority: 0,
  waits: [],
  movedBytes: 0,
  asleepMs: null,
  isGone: false,
  ...known,
});

const wait = (known: Partial<Wait>): Wait => ({
  state: 'S',
  call: null,
  isOutside: false,
  wchan: '',
  samples: 100,
  ...known,
});

const call = (number: number, ...words: string[]) => ({
  number,
  arguments: [...words, '0x0', '0x0', '0x0', '0x0', '0x0', '0x0'].slice(0, 6),
});

const classOf = (known: Partial<ThreadSamples>, throttled = 0): ThreadClass =>
  classify(thread(known), throttled, (one) => waitsFor(one, undefined)).class;

const running = { states: { R: 100 }, lastState: 'R' } as const;

test.each<[string, Partial<ThreadSamples>, ThreadClass, number?]>([
  ['all its time in its own code', { ...running, runMs: 4900, userMs: 4900 }, 'user-loop'],
  [
    'the kernel is busy to find room for each page that the disk brings',
    {
      states: { R: 70, D: 30 },
      lastState: 'D',
      runMs: 1700,
      delayMs: 2000,
      userMs: 30,
      systemMs: 1670,
      majorFaults: 40_000,
    },
    'faulting',
  ],
  [
    'pages come back from compressed memory: nothing sleeps for them',
    { ...running, runMs: 4900, userMs: 900, systemMs: 4000, majorFaults: 40_000 },
    'faulting',
  ],
  [
    'it computes, and needs a page from the disk now and then',
    { ...running, runMs: 4200, userMs: 4100, systemMs: 100, majorFaults: 400 },
    'user-loop',
  ],
  ['in the kernel', { ...running, runMs: 4900, userMs: 900, systemMs: 4000 }, 'kernel-loop'],
  [
    'what it computes goes somewhere',
    { ...running, runMs: 4900, userMs: 4900, movedBytes: 1 },
    'busy',
  ],
  ['ready, and not let', { ...running, runMs: 100, userMs: 100, delayMs: 4900 }, 'starved'],
  // The kernel adds a delay only when it is over.
  ['ready all the time, and never let', { ...running, runMs: 0 }, 'starved'],
  [
    'a sleeper that waits for a CPU each time it wakes',
    {
      states: { S: 86, R: 14 },
      slices: 900,
      runMs: 150,
      delayMs: 2000,
      waits: [wait({ call: call(1), wchan: 'anon_pipe_write' })],
    },
    'slow-steps',
  ],
  [
    'held back by its group',
    { ...running, runMs: 500, userMs: 500, delayMs: 4500 },
    'throttled',
    0.9,
  ],
  [
    'its memory comes back page by page',
    {
      states: { D: 80, R: 20 },
      lastState: 'D',
      majorFaults: 900,
      runMs: 100,
      waits: [wait({ state: 'D', isOutside: true })],
    },
    'faulting',
  ],
  [
    'one wait in the kernel',
    { states: { D: 100 }, lastState: 'D', waits: [wait({ state: 'D', call: call(1) })] },
    'kernel-wait',
  ],
  [
    'the same again and again',
    {
      states: { D: 100 },
      lastState: 'D',
      slices: 12,
      waits: [wait({ state: 'D', call: call(1) })],
    },
    'slow-steps',
  ],
  ['held by a debugger', { states: { t: 100 }, lastState: 't' }, 'traced'],
  ['ended before', { states: { Z: 100 }, lastState: 'Z' }, 'zombie'],
  ['ended meanwhile, and nobody has asked', { states: { S: 50, Z: 50 }, lastState: 'Z' }, 'gone'],
  ['an event loop', { waits: [wait({ call: call(232) })] }, 'idle'],
  [
    'an event loop with much to do',
    { runMs: 2000, userMs: 2000, waits: [wait({ call: call(232) })] },
    'busy',
  ],
])('%s', (_what, known, expected, throttled = 0) => {
  expect(classOf(known, throttled)).toBe(expected);
});

test.each<[string, Partial<Wait>, string]>([
  ['a call', { call: call(61) }, 'child'],
  ['the kernel function, where the call may not be read', { wchan: 'futex_wait_queue' }, 'futex'],
  ['the open of a FIFO', { call: call(257), wchan: 'wait_for_partner' }, 'fifo'],
  ['fcntl that waits for a lock', { call: call(72, '0x3', '0x7') }, 'file-lock'],
  ['a restarted poll', { call: call(219), wchan: 'poll_schedule_timeout' }, 'events'],
  ['nothing that can be seen', {}, 'unknown'],
])('what a sleep is for: %s', (_what, known, expected) => {
  expect(waitsFor(wait(known), undefined)).toBe(expected);
});

test('a name may hold what a line is parted by', () => {
  const stat = parseStat('7 (a) R (b) S 1 7 7 0 -1 4194304 1 0 2 0 30 40 0 0 20 5 1 0 99 0 0 0');
  expect(stat).toMatchObject({
    comm: 'a) R (b',
    state: 'S',
    ppid: 1,
    majorFaults: 2,
    userTicks: 30,
    nice: 5,
  });
  expect(parseStat('')).toBeUndefined();
});

test('a call, no call, running', () => {
  expect(parseSyscall('1 0x1 0x55 0x200 0x0 0x0 0x0 0x7ffe 0x7f00\n')).toMatchObject({ number: 1 });
  expect(parseSyscall('-1 0x7ffe 0x7f00\n')).toBe('none');
  expect(parseSyscall('running\n')).toBe('running');
});
