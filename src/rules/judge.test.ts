// How findings are weighed.
import { expect, test } from 'vitest';
import {
  byHand,
  cpu,
  idleCpu,
  ipmi,
  lookAt,
  panic,
  running,
  task,
  waiting,
} from '../../testkit/scene.ts';
import { clock } from '../facts/clock.ts';
import { programWaits } from '../facts/program-waits.ts';
import { judge } from './judge.ts';
import {
  type AnyRule,
  type Blame,
  defineRule,
  doubt,
  exonerate,
  type Finding,
  see,
  suspect,
  type Trouble,
} from './kit/define.ts';
import requested from './requested.ts';

const rule = (id: string, ...found: Finding[]): AnyRule =>
  defineRule({
    id,
    title: id,
    needs: { clock },
    silence: 'nothing',
    *judge() {
      yield* found;
    },
  });

const blame = (about: Partial<Blame> = {}): Blame => ({
  says: 'blame',
  where: 'user',
  kind: 'loop',
  title: 'a loop',
  confidence: 'likely',
  headline: 'A loop.',
  because: 'it looped',
  suspects: [
    suspect('culprit', 'it looped', {
      task: { pid: 7, tgid: 7, comm: 'seven', task: '0xffff888000000007' },
      function: { name: 'f', module: 'm' },
    }),
  ],
  evidence: [see('it looped', 'bt 7', /f/)],
  next: [],
  doubts: [],
  ...about,
});

const trouble: Trouble = {
  says: 'trouble',
  title: '1 task asleep',
  headline: 'a task slept',
  because: 'it slept',
  suspects: [],
  evidence: [],
  next: [],
};

test('a blame alone stands as it is', () => {
  const { verdict } = judge([rule('a', blame({ confidence: 'proven' })), rule('b')], lookAt({}));
  expect(verdict.verdict).toMatchObject({ kind: 'loop', rule: 'a', confidence: 'proven' });
  expect(verdict.rules).toEqual([
    { id: 'a', fired: true, because: 'it looped' },
    { id: 'b', fired: false, because: 'nothing' },
  ]);
});

test('what could not be read makes a proven blame likely, and is a doubt', () => {
  const { verdict } = judge(
    [rule('a', blame({ confidence: 'proven' }))],
    lookAt({ holes: { clock: ['the clock is lost'] } }),
  );
  expect(verdict.verdict.confidence).toBe('likely');
  expect(verdict.doubts).toContain('the clock is lost');
});

test('two blames equally sure leave it undecided, both named as doubts, nobody a culprit', () => {
  const other = blame({ where: 'kernel', because: 'a lock was held' });
  const { verdict } = judge([rule('a', blame()), rule('b', other)], lookAt({}));
  expect(verdict.verdict).toMatchObject({
    where: 'none',
    kind: 'undecided',
    rule: null,
    confidence: null,
  });
  expect(verdict.doubts).toEqual(['a would blame: it looped', 'b would blame: a lock was held']);
  expect(verdict.suspects.filter(({ role }) => role === 'culprit')).toEqual([]);
});

test('the surer of two blames stands a step lower, the other is a doubt', () => {
  const { verdict } = judge(
    [
      rule('a', blame({ confidence: 'possible', because: 'maybe' })),
      rule('b', blame({ confidence: 'proven' })),
    ],
    lookAt({}),
  );
  expect(verdict.verdict).toMatchObject({ rule: 'b', confidence: 'likely' });
  expect(verdict.doubts).toContain('a blames otherwise: maybe');
});

test('trouble does not overrule a blame', () => {
  const { verdict } = judge([rule('a', blame()), rule('b', trouble)], lookAt({}));
  expect(verdict.verdict.rule).toBe('a');
});

const asked = {
  trigger: byHand(1),
  tasks: [running(1, 0, 0.01, { comm: 'operator' })],
  cpus: [cpu(0, 1, 0.01, { mode: 'kernel' }), idleCpu(1)],
};

test('a dump by hand of a machine with nothing wrong is requested', () => {
  const { verdict } = judge([requested, rule('b')], lookAt(asked));
  expect(verdict.verdict).toMatchObject({ where: 'none', kind: 'requested', confidence: 'likely' });
});

test('"nothing is wrong" is less sure where any rule could not look at something, and says what', () => {
  const blind = defineRule({ ...rule('b'), needs: { programWaits } });
  const holes = { 'program-waits': ['no pipe can be read'] };
  const { verdict } = judge([requested, blind], lookAt({ ...asked, holes }));
  expect(verdict.verdict).toMatchObject({ kind: 'requested', confidence: 'possible' });
  expect(verdict.doubts).toContain('no pipe can be read');
  expect(verdict.headline).toContain('Part of what would show a fault is not in the dump.');
});

test('"nothing is wrong" has the doubts of every rule', () => {
  const { verdict } = judge([requested, rule('b', doubt('it warned once'))], lookAt(asked));
  expect(verdict.verdict.kind).toBe('requested');
  expect(verdict.doubts).toContain('it warned once');
});

test('any trouble makes a dump by hand undecided, whoever asked for it', () => {
  const { verdict } = judge([requested, rule('b', trouble)], lookAt(asked));
  expect(verdict.verdict.kind).toBe('undecided');
  expect(verdict.headline).toBe(
    'The dump was asked for by hand (sysrq c, by operator (pid 1)); a task slept. Whose fault that is, is undecided.',
  );
  expect(verdict.suspects.map(({ role, task }) => [role, task?.pid])).toEqual([['trigger', 1]]);
});

test('a blame beats "requested": an operator asks for a dump of a machine that hangs', () => {
  const { verdict } = judge([requested, rule('b', blame())], lookAt(asked));
  expect(verdict.verdict.rule).toBe('b');
});

test('nothing found is undecided, and says what stopped the machine', () => {
  const { verdict, holes } = judge([rule('a')], lookAt({ trigger: ipmi({ pid: null }) }));
  expect(verdict.verdict.kind).toBe('undecided');
  expect(verdict.headline).toMatch(/^The hardware watchdog .* Why is undecided/);
  expect(holes).toEqual([]);
});

test('a dump taken from outside of a machine that ran has no "why"', () => {
  const { verdict } = judge(
    [rule('a')],
    lookAt({ trigger: panic({ kind: 'external', pid: null, cpu: null }) }),
  );
  expect(verdict.headline).toBe(
    'The dump was taken from outside: the kernel did not panic; nothing wrong that this tool looks for was found.',
  );
});

test('what the dump lacks is told apart from what nobody looks for', () => {
  const { holes } = judge([rule('a')], lookAt({ holes: { trigger: ['no stack'] } }));
  expect(holes).toEqual(['no stack']);
});

test('whoever is to blame is not cleared by another rule; the rest are, once', () => {
  const clear = (name: string) => exonerate('module', name, 'it only looked so', 'bt -a');
  const { exonerated } = judge(
    [rule('a', blame()), rule('b', clear('m'), clear('n')), rule('c', clear('n'))],
    lookAt({}),
  );
  expect(exonerated.map(({ name }) => name)).toEqual(['n']);
});

test('a doubt of the rule that blames is told with it', () => {
  const { verdict } = judge([rule('a', blame(), doubt('another CPU may loop'))], lookAt({}));
  expect(verdict.doubts).toEqual(['another CPU may loop']);
});

test('the idle task of the CPU that panicked is found by its CPU, and is no suspect', () => {
  const idle = [0, 1].map((n) => task(0, { isIdle: true, runningOn: n, comm: `swapper/${n}` }));
  const { verdict } = judge(
    [rule('a')],
    lookAt({ tasks: [...idle, waiting(3, 0, 1)], trigger: panic({ pid: 0 }) }),
  );
  expect(verdict.suspects).toEqual([]);
});

test('a rule that is silent says what it could not look at; "requested" that was not upheld says so', () => {
  const asked = { trigger: byHand(1), tasks: [task(1)], holes: { clock: ['the clock is lost'] } };
  const { verdict } = judge([requested, rule('a', blame()), rule('b')], lookAt(asked));
  expect(verdict.rules).toEqual([
    { id: 'requested', fired: false, because: 'set aside, since other rules found something' },
    { id: 'a', fired: true, because: 'it looped' },
    {
      id: 'b',
      fired: false,
      because: 'nothing, as far as that can be read (the clock is lost)',
    },
  ]);
});

test('the chain of the blame that stands is the verdict’s, and the signature says whether all was read', () => {
  const named = { pid: 7, tgid: 7, comm: 'seven', task: '0xffff888000000007' };
  const chain = [{ task: named, waitsFor: 'a lock', heldBy: null }];
  const { verdict } = judge(
    [rule('a', blame({ chain })), rule('b', blame({ confidence: 'possible' }))],
    lookAt({}),
  );
  expect(verdict.chain).toEqual(chain);
  expect(verdict.signature.corrupt).toBe(false);
  const lost = judge([rule('a', blame())], lookAt({ holes: { clock: ['the clock is lost'] } }));
  expect(lost.verdict.signature.corrupt).toBe(true);
  expect(lost.verdict.signature.family).toBe(verdict.signature.family);
});
