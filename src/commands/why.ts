// `why`: why the machine stopped, with evidence that was looked at.
import { seen } from '../facts/kit/define.ts';
import { loadRules } from '../rules/index.ts';
import type { Verdict } from '../rules/kit/verdict.ts';
import { type Ask, CommandError, type Context, defineCommand } from './kit/define.ts';
import { renderVerdict } from './why/render.ts';
import { reachVerdict } from './why/verify.ts';

/** As a command prints it, whoever reads. */
const PLAIN = { width: 100, isTerminal: false, isColoured: false } as const;

export type WhyData = Verdict;

export default defineCommand({
  name: 'why',
  summary: 'why the machine hung, slowed down or crashed',
  options: { v: { type: 'boolean', help: 'also each rule that was tried, and what it found' } },
  details: [
    'Rules compare the facts of the dump: who ran, who waited and since when, what stopped the machine. The verdict is proven, likely, possible or undecided; each piece of evidence names the command that shows it, which was run and whose lines stand below it.',
    'What could not be examined stands under doubts. docs/rules/ explains each rule.',
  ],
  examples: [
    ['why', 'the verdict'],
    ['why -v', 'and what each rule found'],
  ],

  async prepare(context: Context, ask: Ask): Promise<void> {
    const { dump } = context;
    const outcome = await reachVerdict((fact) => seen(dump, fact), await loadRules(), ask);
    dump.memo(reachVerdict, () => outcome);
  },

  run({ dump }): WhyData {
    return dump.memo(reachVerdict, (): Awaited<ReturnType<typeof reachVerdict>> => {
      throw new CommandError('unsupported', 'why: cannot be used inside another command');
    }).verdict;
  },

  *render(verdict, { v }) {
    yield* renderVerdict(verdict, { ...PLAIN, isVerbose: v === true });
  },
});
