// The terminal form.
import { expect, test } from 'vitest';
import type { Verdict } from '../../rules/kit/verdict.ts';
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
  expect(text).not.toContain('some-rule: found');
  expect(lines({ isVerbose: true }).join('\n')).toContain('some-rule: found: it looped');
});
