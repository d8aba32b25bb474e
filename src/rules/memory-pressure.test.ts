// Programs that wait for memory: who wants so much of it.
import { testRule } from '../../testkit/rule-tester.ts';
import { byHand, panic, task } from '../../testkit/scene.ts';
import type { MemoryPressure } from '../facts/memory-pressure.ts';
import type { MemoryUse } from '../facts/memory-use.ts';
import rule from './memory-pressure.ts';

/** Of 50,000 pages; [pid, resident, in swap]. */
const memory = (
  processes: readonly (readonly [pid: number, resident: number, swapped: number])[],
  about: Partial<MemoryUse> = {},
): MemoryUse => ({
  totalPages: 50_000,
  freePages: 1_500,
  shares: [
    { kind: 'programs', pages: 38_000, counter: { name: 'NR', address: '0xff', value: 38_000 } },
    { kind: 'files', pages: 3_000, counter: null },
  ],
  processes: processes.map(([pid, residentPages, swappedPages]) => ({
    pid,
    residentPages,
    swappedPages,
    tablePages: 10,
  })),
  caches: [],
  tmpfs: [],
  ...about,
});
const pressure = (about: Partial<MemoryPressure> = {}): MemoryPressure => ({
  address: '0xffffffff82000000',
  updatedNs: 99e9,
  some10: 79,
  some60: 46,
  full10: 61,
  raw: [1, 2, 3],
  stalled: [
    { pid: 5, flags: 6 },
    { pid: 6, flags: 6 },
  ],
  ...about,
});
const tasks = [task(5), task(6), task(7), task(50, { comm: 'kswapd0', isKernelThread: true })];
const given = (use: MemoryUse | null, stalls: MemoryPressure | null = pressure()) => ({
  tasks,
  trigger: byHand(9),
  memory: use,
  pressure: stalls,
});
const one = memory([
  [6, 35_000, 30_000],
  [5, 500, 300],
]);

testRule(rule, {
  blames: [
    {
      when: 'one program wants more than there is',
      given: given(one),
      culprits: [6],
      victims: [5],
      confidence: 'likely',
      title: 'too little memory for what runs',
    },
    {
      when: 'two want more than there is together: neither is the culprit',
      given: given(
        memory([
          [5, 15_000, 20_000],
          [6, 23_000, 12_000],
        ]),
      ),
      culprits: [],
      confidence: 'likely',
    },
    {
      when: 'it waits, and others go on',
      given: given(one, pressure({ full10: 4 })),
      culprits: [6],
      confidence: 'possible',
    },
  ],
  troubles: [
    {
      when: 'something else stopped the machine',
      given: { ...given(one), trigger: panic({ detector: 'softlockup' }) },
    },
    {
      when: 'the machine has memory: a group’s limit is met',
      given: given({ ...one, freePages: 20_000 }),
    },
  ],
  doubts: [
    {
      when: 'what the memory is used for cannot be read',
      given: given(null),
      about: /cannot be read/,
    },
  ],
  silent: [
    { when: 'nobody waits for memory', given: given(null, null) },
    {
      when: 'a program once had to be put into swap, and all is well since',
      given: given(one, pressure({ some10: 35, some60: 9 })),
    },
    {
      when: 'none was left at all: that is another rule’s',
      given: { ...given(one), trigger: panic({ detector: 'oom' }) },
    },
  ],
});
