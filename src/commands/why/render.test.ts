// The terminal form.
import { expect, test } from 'vitest';
import type { Suspect, Verdict } from '../../rules/kit/verdict.ts';
import { renderVerdict } from './render.ts';

const verdict: Verdict = {
  schema: 'inquest.verdict/1',
  headline: 'Two programs took both CPUs and never let go, so that nothing else could run.',
  trigger: {
    kind: 'panic',
    detector: 'ipmi-watchdog',
    function: 'handler',
    module: 'driver',
    message: 'pre-timeout',
    cpu: 0,
    pid: 1,
    uptimeSeconds: 91.921,
    parameters: { timeout: 90 },
  },
  verdict: {
    where: 'user',
    kind: 'loop',
    title: 'starvation',
    rule: 'some-rule',
    confidence: 'proven',
  },
  signature: {
    text: 'v1:x86_64:user-loop:ipmi-watchdog:some-rule:evil',
    family: '0123456789abcdef',
    strict: 'fedcba9876543210',
    corrupt: false,
  },
  suspects: [
    {
      role: 'culprit',
      task: { pid: 1, tgid: 1, comm: 'ev\u001bil', task: '0xffff888000000001' },
      cpu: 0,
      object: null,
      function: null,
      why: 'it looped',
    },
  ],
  chain: [],
  cpus: [],
  evidence: [{ claim: 'it runs', command: 'ps 1', output: `PID: 1 ${'x'.repeat(200)}` }],
  exonerated: [
    { kind: 'function', name: 'f', reason: 'messenger', command: 'bt 1' },
    { kind: 'function', name: 'g', reason: 'messenger', command: 'bt 1' },
  ],
  doubts: ['one doubt'],
  next: [{ text: 'Look there.', command: 'bt 1' }],
  rules: [{ id: 'some-rule', fired: true, because: 'it looped' }],
};

const plain = { width: 60, isTerminal: false, isColoured: false, isVerbose: false };
const lines = (look: Partial<typeof plain> = {}) => [
  ...renderVerdict(verdict, { ...plain, ...look }),
];

test.each(['live', 'inquest slow'])('nothing stopped what %s looks at', (detector) => {
  const trigger = { ...verdict.trigger, kind: 'external' as const, detector, cpu: null };
  expect([...renderVerdict({ ...verdict, trigger }, plain)][1]).toBe(
    'verdict: user loop, starvation, proven (some-rule) · seen while the machine ran at 91.92 s',
  );
});

test('the answer is in the first two lines, whole where it is no terminal', () => {
  const [headline, summary] = lines();
  expect(headline).toBe(verdict.headline);
  expect(summary).toBe(
    'verdict: user loop, starvation, proven (some-rule) · trigger: panic by ipmi-watchdog on CPU 0 at 91.92 s',
  );
});

test('on a terminal no line is wider than it', () => {
  for (const width of [40, 60, 132])
    for (const line of lines({ isTerminal: true, width }))
      expect(line.length).toBeLessThanOrEqual(width);
});

test('nothing is coloured unless asked, and what a dump says never reaches the terminal raw', () => {
  const esc = String.fromCharCode(27);
  expect(lines().join('\n')).not.toContain(esc);
  const coloured = lines({ isColoured: true }).join('\n');
  expect(coloured).toContain(`${esc}[1m`);
  expect(coloured).toContain('ev\\x1bil');
});

test('the trigger stands in full below', () => {
  const text = lines({ width: 200 }).join('\n');
  expect(text).toContain('“pre-timeout”');
  expect(text).toContain('in handler [driver], while pid 1 had the CPU');
  expect(text).toContain('its settings: timeout 90');
});

test('those cleared for one reason stand in one line, and rules only where asked for', () => {
  const text = lines().join('\n');
  expect(text).toContain('function f, g: messenger');
  expect(text).not.toContain('Rules');
});

test('-v: the rule of the verdict, what others found beside it, why the rest is silent; the signature', () => {
  const rules = [
    { id: 'quiet', fired: false, because: 'nobody waited' },
    { id: 'other', fired: true, because: 'it was slow, too' },
    ...verdict.rules,
  ];
  const look = { ...plain, width: 100, isVerbose: true };
  const text = [...renderVerdict({ ...verdict, rules }, look)].join('\n');
  expect(text).toContain(
    '\nRules\n  - some-rule, the verdict: it looped\n  - other, beside it: it was slow, too\n  - quiet, silent: nobody waited\n',
  );
  expect(text).toContain('\n  - v1:x86_64:user-loop:ipmi-watchdog:some-rule:evil\n');
  expect(text).toContain('family 0123456789abcdef');
  expect(text).not.toContain('elsewhere it may be another');
});

const task = (pid: number, comm = `task${pid}`) => ({ pid, tgid: pid, comm, task: '0xffff1' });
const link = (pid: number, on: number | null, waitsFor = `lock ${pid}`) => ({
  task: task(pid),
  waitsFor,
  heldBy: on === null ? null : task(on),
});
const drawn = (about: Partial<Verdict>, width = 60) => {
  const all = [...renderVerdict({ ...verdict, ...about }, { ...plain, width })];
  const from = all.findIndex((line) => line === 'CPUs' || line === 'Who waits for whom');
  return from < 0 ? [] : all.slice(from + 1, all.indexOf('', from));
};

test('a ring is drawn as one, with those behind it', () => {
  expect(drawn({ chain: [link(1, 2), link(2, 1), link(3, 2), link(4, 3)] })).toEqual([
    '  ┌─▶ task1 (pid 1)',
    '  │     │ waits for lock 1, held by',
    '  │     ▼',
    '  │   task2 (pid 2)',
    '  │     │ waits for lock 2, held by',
    '  └─────┘',
    '  behind task2 (pid 2)',
    '  └─ task3 (pid 3) waits for lock 3',
    '     └─ task4 (pid 4) waits for lock 4',
  ]);
});

test('a chain ends at who holds what all wait for, or at a lock that nobody holds', () => {
  expect(drawn({ chain: [link(1, 9), link(2, 9), link(3, 1), link(4, null)] })).toEqual([
    '  task9 (pid 9)',
    '  ├─ task1 (pid 1) waits for lock 1',
    '  │  └─ task3 (pid 3) waits for lock 3',
    '  └─ task2 (pid 2) waits for lock 2',
    '  lock 4, held by nobody that is known',
    '  └─ task4 (pid 4)',
  ]);
});

test('what does not fit in one line stands in two', () => {
  const chain = [
    link(1, 2, 'the lock on a file with a long name'),
    link(2, 1),
    link(3, 1, `x${'y'.repeat(30)}`),
  ];
  expect(drawn({ chain }, 44)).toEqual([
    '  ┌─▶ task1 (pid 1)',
    '  │     │ waits for the lock on a file with…',
    '  │     │ held by',
    '  │     ▼',
    '  │   task2 (pid 2)',
    '  │     │ waits for lock 2, held by',
    '  └─────┘',
    '  behind task1 (pid 1)',
    '  └─ task3 (pid 3)',
    `       waits for x${'y'.repeat(25)}…`,
  ]);
});

test('of many who wait for one, some are drawn; a task that waits for itself is a ring of one', () => {
  const many = Array.from({ length: 20 }, (_, i) => link(i + 1, 99));
  expect(drawn({ chain: many }).at(-1)).toBe('  └─ and 12 more');
  expect(drawn({ chain: [link(1, 1)] })).toHaveLength(3);
});

const onCpu = (cpu: number, sinceSeconds: number, waitingSinceSeconds: number | null) => ({
  cpu,
  task: task(cpu + 1, 'loop'),
  mode: 'user' as const,
  sinceSeconds,
  waiting: waitingSinceSeconds === null ? 0 : 3,
  waitingSinceSeconds,
});
const trigger = { ...verdict.trigger, uptimeSeconds: 60 };
const idle = { cpu: 1, task: null, mode: 'idle' as const, sinceSeconds: null, waiting: 0 };

test('a line for each CPU, when one was kept while others waited', () => {
  const cpus = [onCpu(0, 20, 40), { ...idle, waitingSinceSeconds: null }];
  expect(drawn({ cpus, trigger }, 60)).toEqual([
    `  0 ${'·'.repeat(16)}${'━'.repeat(16)}${'█'.repeat(16)}`,
    '    loop (pid 1), user mode since 20.0 s; 3 waited',
    `  1 ${'·'.repeat(48)}`,
    '    idle',
    '    0.0 s                                     60.0 s',
    '    █ kept while others waited  ━ kept  · before, or idle',
  ]);
  expect(drawn({ cpus, trigger }, 100)[0]).toMatch(/█ {2}loop \(pid 1\), user mode since 20.0 s/);
});

test('no drawing where nobody waited for long', () => {
  expect(drawn({ cpus: [onCpu(0, 20, 59.5)], trigger })).toEqual([]);
  expect(drawn({ cpus: [onCpu(0, 20, null)], trigger })).toEqual([]);
});

test('of many CPUs those that were kept are drawn', () => {
  const cpus = Array.from({ length: 64 }, (_, i) =>
    i % 8 === 7 ? onCpu(i, 20, 30) : { ...idle, cpu: i, waitingSinceSeconds: null },
  );
  const lines = drawn({ cpus, trigger }, 100);
  expect(lines.filter((line) => line.includes('loop'))).toHaveLength(8);
  expect(lines).toContain('  and 48 CPUs more');
});

test('of many who only suffered, ten stand there', () => {
  const victim = { ...verdict.suspects[0], role: 'victim', why: 'it waited' } as Suspect;
  const text = [
    ...renderVerdict({ ...verdict, suspects: Array.from({ length: 12 }, () => victim) }, plain),
  ].join('\n');
  expect(text.match(/- victim/g)).toHaveLength(10);
  expect(text).toContain('and 2 victims more');
});

test('a word longer than the terminal is broken, and drawings are cut', () => {
  const wide = { headline: 'x'.repeat(300), chain: [link(1, 2, 'y'.repeat(300)), link(2, 1)] };
  for (const line of renderVerdict({ ...verdict, ...wide }, { ...plain, isTerminal: true }))
    expect(line.length).toBeLessThanOrEqual(60);
});
