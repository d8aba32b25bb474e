// No memory was left: who had it.
import { expect, test } from 'vitest';
import { findings, testRule } from '../../testkit/rule-tester.ts';
import { panic, task } from '../../testkit/scene.ts';
import type { MemoryShare, MemoryUse } from '../facts/memory-use.ts';
import type { Blame } from './kit/define.ts';
import rule from './memory-exhausted.ts';

/** Of 100,000 pages. */
const memory = (
  shares: Partial<Record<MemoryShare['kind'], number>>,
  about: Partial<MemoryUse> = {},
): MemoryUse => ({
  totalPages: 100_000,
  freePages: 1_000,
  shares: Object.entries(shares)
    .map(([kind, pages]) => ({
      kind: kind as MemoryShare['kind'],
      pages,
      counter: { name: 'NR', address: '0xffffffff82000000', value: pages },
    }))
    .sort((a, b) => b.pages - a.pages),
  processes: [],
  caches: [],
  tmpfs: [],
  ...about,
});
const process = (pid: number, residentPages: number, tablePages = 10) => ({
  pid,
  residentPages,
  swappedPages: 0,
  tablePages,
});
const given = (use: MemoryUse | null) => ({
  trigger: panic({ detector: 'oom', pid: 5 }),
  tasks: [
    task(5),
    task(6),
    ...[11, 12, 13].map((pid) => task(pid, { comm: 'worker' })),
    task(20, { comm: 'server' }),
  ],
  memory: use,
});
const blamed = (use: MemoryUse): Blame =>
  findings(rule, given(use)).find((found) => found.says === 'blame') as Blame;

testRule(rule, {
  blames: [
    {
      when: 'one program has it',
      given: given(
        memory({ programs: 80_000 }, { processes: [process(6, 75_000), process(5, 90)] }),
      ),
      confidence: 'likely',
      culprits: [6],
      title: 'out of memory: a program took it',
    },
    {
      when: 'many processes of one name have it together',
      given: given(
        memory(
          { programs: 80_000 },
          { processes: [process(20, 26_000), ...[11, 12, 13].map((pid) => process(pid, 18_000))] },
        ),
      ),
      confidence: 'likely',
      culprits: [11, 12, 13],
    },
    {
      when: 'many programs have it: none stands out',
      given: given(
        memory(
          { programs: 80_000 },
          { processes: [process(20, 30_000), process(6, 28_000), process(5, 22_000)] },
        ),
      ),
      confidence: 'possible',
      culprits: [],
    },
    {
      when: 'page tables have it',
      given: given(
        memory(
          { tables: 60_000, programs: 20_000 },
          { processes: [process(20, 15_000, 100), process(6, 500, 59_000)] },
        ),
      ),
      confidence: 'likely',
      culprits: [6],
    },
    {
      when: 'nothing stands out',
      given: given(
        memory({ programs: 30_000, objects: 29_000 }, { processes: [process(6, 29_000)] }),
      ),
      confidence: 'possible',
    },
    {
      when: 'it is counted nowhere',
      given: given(memory({ other: 80_000 })),
      confidence: 'possible',
      title: 'out of memory: pages that are counted nowhere',
    },
  ],
  exonerates: [
    {
      when: 'the program that asked last has little',
      given: given(memory({ programs: 80_000 }, { processes: [process(6, 75_000)] })),
      names: ['program-5 (pid 5)'],
    },
    {
      when: 'the program that asked last is the one that has it',
      given: given(memory({ programs: 80_000 }, { processes: [process(5, 75_000)] })),
      names: [],
    },
    {
      when: 'files in a tmpfs have it: the one that asked may have written them',
      given: given(
        memory(
          { shared: 80_000 },
          { tmpfs: [{ address: '0xffff888001000000', path: '/run', pages: 80_000 }] },
        ),
      ),
      names: [],
    },
  ],
  doubts: [
    {
      when: 'much of the memory was free: another limit was met',
      given: given(memory({ programs: 40_000 }, { freePages: 50_000 })),
      about: /limit of a group/,
    },
    { when: 'the counters cannot be read', given: given(null), about: /cannot be read/ },
  ],
  silent: [
    {
      when: 'the kernel stopped for another reason',
      given: { ...given(memory({ programs: 80_000 })), trigger: panic() },
    },
  ],
});

test('files in a tmpfs belong to no program', () => {
  const tmpfs = [{ address: '0xffff888001000000', path: '/run/spool', pages: 70_000 }];
  const { where, suspects, headline } = blamed(memory({ shared: 75_000 }, { tmpfs }));
  expect(where).toBe('user');
  expect(headline).toContain('files in /run/spool, which lie in memory (tmpfs)');
  expect(suspects[0]).toMatchObject({ role: 'culprit', object: { name: 'tmpfs /run/spool' } });
});

test('what the kernel itself keeps is no program’s', () => {
  const cache = { address: '0xffff888002000000', node: '0xffff888002001000', slabs: 9_000 };
  const caches = [{ name: 'kmalloc-1k', pages: 72_000, ...cache }];
  const { where, suspects, title } = blamed(memory({ objects: 75_000 }, { caches }));
  expect([where, title]).toEqual([
    'kernel',
    'out of memory: objects of the kernel took it (kmalloc-1k)',
  ]);
  expect(suspects.map(({ role }) => role)).toEqual(['culprit', 'trigger']);
  expect(suspects[0]?.object).toMatchObject({ type: 'kmem_cache', name: 'kmalloc-1k' });
});
