// Which known issues a verdict is, and which it is not.
import { expect, test } from 'vitest';
import { suspect } from '../../rules/kit/define.ts';
import type { Suspect, Verdict } from '../../rules/kit/verdict.ts';
import { type KnownMatch, knownIssues } from './known.ts';

const culprit = suspect('culprit', '', {
  task: { pid: 7, tgid: 7, comm: 'mixer', task: '0xffff1' },
  object: { type: 'mutex', name: 'm_lock', address: '0xffff2', module: 'mixing' },
  function: { name: 'mix', module: 'mixing' },
});
const victim = suspect('victim', '', { function: { name: 'wait', module: 'waiting' } });

const verdict: Verdict = {
  schema: 'inquest.verdict/1',
  headline: '',
  trigger: {
    kind: 'panic',
    detector: 'hung-task',
    function: 'watchdog',
    module: null,
    message: null,
    cpu: 0,
    pid: 1,
    uptimeSeconds: 1,
    parameters: {},
  },
  verdict: {
    where: 'kernel',
    kind: 'deadlock',
    title: 'a ring',
    rule: 'kernel-deadlock',
    confidence: 'proven',
  },
  signature: { text: 'v1:text', family: 'aaaa', strict: 'bbbb', corrupt: false },
  suspects: [culprit, victim],
  chain: [],
  cpus: [],
  evidence: [],
  exonerated: [],
  doubts: [],
  next: [],
  rules: [],
};

const isKnown = (
  match: KnownMatch,
  release = '6.12.117+deb13-amd64',
  about: Partial<Verdict> = {},
) =>
  knownIssues(
    { schema: 'inquest.known/1', issues: [{ title: 't', match }] },
    { ...verdict, ...about },
    release,
  ).length === 1;

test.each<KnownMatch>([
  { signature: 'aaaa' },
  { signature: 'bbbb' },
  { signature: 'v1:text' },
  { signature: ['cccc', 'aaaa'] },
  { where: 'kernel', kind: ['loop', 'deadlock'] },
  { trigger: 'hung-task' },
  { rule: 'kernel-deadlock' },
  { function: 'mix', module: 'mixing', program: 'mixer' },
  { module: 'mixing' },
  { release: { from: '6.12' } },
  { release: { from: '6.12.117', before: '6.12.118' } },
  { release: { from: '5.4', before: '6.13' } },
])('%j matches', (match) => expect(isKnown(match)).toBe(true));

test.each<KnownMatch>([
  { signature: 'cccc' },
  { signature: 'aaa' },
  { kind: 'loop' },
  { where: 'kernel', kind: 'loop' },
  { trigger: 'panic' },
  { function: 'mix', module: 'waiting' },
  // Who only suffers is no mark of the fault.
  { function: 'wait' },
  { program: 'mix' },
  { release: { before: '6.12' } },
  { release: { before: '6.12.117' } },
  { release: { from: '6.12.118' } },
  // 9 is less than 12.
  { release: { before: '6.9' } },
])('%j does not', (match) => expect(isKnown(match)).toBe(false));

test('a release that cannot be read is in no range; what names none matches still', () => {
  expect(isKnown({ release: { from: '1' } }, '')).toBe(false);
  expect(isKnown({ kind: 'deadlock' }, '')).toBe(true);
});

test('where there is no detector the trigger is its kind; a lock has a module, too', () => {
  const trigger = { ...verdict.trigger, kind: 'sysrq', detector: 'none' } as const;
  expect(isKnown({ trigger: 'sysrq' }, '6', { trigger })).toBe(true);
  const holder: Suspect = { ...culprit, function: null };
  expect(isKnown({ module: 'mixing' }, '6', { suspects: [holder] })).toBe(true);
});

test('each is given with what is known of it, and what it matched by', () => {
  const found = knownIssues(
    {
      schema: 'inquest.known/1',
      issues: [
        { title: 'a', match: { kind: 'crash' } },
        {
          title: 'b',
          link: 'https://b',
          fixedIn: '6.13',
          match: { kind: 'deadlock', rule: 'kernel-deadlock' },
        },
        { title: 'c', match: { signature: 'aaaa' } },
      ],
    },
    verdict,
    '6.12',
  );
  expect(found).toEqual([
    { title: 'b', link: 'https://b', fixedIn: '6.13', by: 'kind, rule' },
    { title: 'c', link: null, fixedIn: null, by: 'signature' },
  ]);
});
