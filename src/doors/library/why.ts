// The library's way to the verdict: what `inquest why --json` prints.
import { reachVerdict } from '../../commands/why/verify.ts';
import { seen } from '../../facts/kit/define.ts';
import { loadRules } from '../../rules/index.ts';
import type { Verdict } from '../../rules/kit/verdict.ts';
import type { Dump } from '../../types/dump.ts';
import { run } from './run.ts';

/**
 * Why the machine stopped: the document of `inquest why --json`. Each piece of evidence was run as the command it
 * names, on this dump. When the evidence does not suffice, `verdict.kind` is `undecided`, and `doubts` says what
 * could not be examined.
 *
 * @example
 * ```js
 * const { verdict, suspects } = await why(dump);
 * console.log(verdict.title, verdict.confidence); // real-time starvation proven
 * console.log(suspects[0].role, suspects[0].task?.comm); // culprit loop.sh
 * ```
 */
export async function why(dump: Dump): Promise<Verdict> {
  const { verdict } = await reachVerdict(
    (fact) => seen(dump, fact),
    await loadRules(),
    async (line) => {
      const answer = await run(dump, line);
      return answer.ok ? answer.text : undefined;
    },
  );
  return verdict;
}
