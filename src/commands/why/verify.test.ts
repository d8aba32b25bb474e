// Evidence counts only when its command shows it.
import { expect, test } from 'vitest';
import { lookAt } from '../../../testkit/scene.ts';
import { clock } from '../../facts/clock.ts';
import { type Blame, defineRule, exonerate, type Finding, see } from '../../rules/kit/define.ts';
import { reachVerdict } from './verify.ts';

const blame: Blame = {
  says: 'blame',
  where: 'user',
  kind: 'loop',
  title: 'a loop',
  confidence: 'proven',
  headline: 'A loop.',
  because: 'it looped',
  suspects: [],
  evidence: [see('it runs', 'ps 7', /PID: 7/, /RU/), see('it waits for nothing', 'runq', /none/)],
  next: [],
  doubts: [],
};

const answers: Record<string, string> = {
  'ps 7': 'PID: 7 RU\nPID: 8 RU\nPID: 7 again\nRU last\n',
  runq: 'none\n',
};

async function verdictOf(given: Record<string, string>, ...found: Finding[]) {
  const rule = defineRule({
    id: 'a',
    title: 'a',
    needs: { clock },
    silence: 'nothing',
    *judge() {
      yield* found;
    },
  });
  const asked: string[] = [];
  const outcome = await reachVerdict(lookAt({}), [rule], async (line) => {
    asked.push(line);
    return given[line];
  });
  return { ...outcome, asked };
}

test('what a command shows stands as evidence, with the last line of each pattern, in their order', async () => {
  const { verdict } = await verdictOf(answers, blame);
  expect(verdict.evidence).toEqual([
    { claim: 'it runs', command: 'ps 7', output: 'PID: 7 again\nRU last' },
    { claim: 'it waits for nothing', command: 'runq', output: 'none' },
  ]);
  expect(verdict.verdict.confidence).toBe('proven');
  expect(verdict.doubts).toEqual([]);
});

test('what it does not show is withdrawn: less sure, and a doubt', async () => {
  const { verdict } = await verdictOf({ ...answers, runq: 'some\n' }, blame);
  expect(verdict.evidence.map(({ claim }) => claim)).toEqual(['it runs']);
  expect(verdict.verdict.confidence).toBe('likely');
  expect(verdict.doubts).toEqual(['“it waits for nothing” is withdrawn: “runq” does not show it']);
});

test('a command that has no answer shows nothing', async () => {
  const { verdict } = await verdictOf({ runq: 'none' }, blame);
  expect(verdict.doubts).toEqual(['“it runs” is withdrawn: “ps 7” has no answer']);
  expect(verdict.verdict.confidence).toBe('likely');
});

test('an exoneration is withdrawn where its command shows the opposite, or nothing', async () => {
  const clear = (name: string, command: string) =>
    exonerate('module', name, 'on no stack', command, new RegExp(`\\[${name}\\]`));
  const { verdict } = await verdictOf(
    { 'bt -a': '#1 f at 0 [m]\n' },
    clear('m', 'bt -a'),
    clear('n', 'bt -a'),
    clear('o', 'nosuch'),
  );
  expect(verdict.exonerated).toEqual([
    { kind: 'module', name: 'n', reason: 'on no stack', command: 'bt -a' },
  ]);
  expect(verdict.doubts).toHaveLength(2);
});

test('a command is run once, however much rests on it', async () => {
  const twice: Blame = { ...blame, evidence: [see('a', 'runq', /none/), see('b', 'runq', /none/)] };
  expect((await verdictOf(answers, twice)).asked).toEqual(['runq']);
});
