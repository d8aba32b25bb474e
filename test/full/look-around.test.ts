// sym, dis, rd, vtop, pte, ptob, ptov, btop, eval, ascii and search beside crash's answers, command by command: equal, or
// different by one of the reasons that docs/differences.md names.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { runLine } from '../../src/commands/kit/run.ts';
import { newSession } from '../../src/commands/kit/session.ts';
import { openDump } from '../../src/doors/open.ts';
import { accountedFor, alike } from '../oracle/look-around.ts';

const folder = process.env.INQUEST_DUMPS ?? '';

/** How many lines are equal at least, of those that were asked. */
const dumps = [
  ['rt-loop', 385],
  ['rt-loop-510', 385],
  ['null-deref', 380],
  ['soft-lockup', 155],
] as const;

test.each(dumps)(
  '%s: at least %d answers are equal, and what differs is accounted for',
  async (name, least) => {
    const dump = await openDump([`${folder}/${name}/vmcore`]);
    const session = newSession();
    const asked = recorded(name, 'look-around');
    const unexplained: string[] = [];
    let equal = 0;
    for (const { command, text } of asked) {
      const answer = await runLine({ dump, session }, command);
      if (/^set /.test(command)) continue;
      const ours = answer.ok ? answer.text : answer.error.message;
      if (alike(dump, command, ours, text)) equal++;
      else if (!accountedFor(dump, command, ours, text))
        unexplained.push(`${command}\n${text}\n--- ours:\n${ours}`);
    }
    dump.close();
    expect(unexplained.map((one) => one.slice(0, 400))).toEqual([]);
    expect(equal).toBeGreaterThanOrEqual(least);
  },
);

/** A file of answers, each below its command, in the order in which they were asked. */
function recorded(dump: string, name: string): { command: string; text: string }[] {
  const crash = dump === 'soft-lockup' ? 'crash--no_modules' : 'crash';
  const file = new URL(`../../testdata/answers/${dump}/${crash}/${name}.txt.gz`, import.meta.url);
  const [, ...answers] = gunzipSync(readFileSync(file))
    .toString('utf8')
    .split(/^# crash: /m);
  return answers.map((answer) => {
    const end = answer.indexOf('\n');
    return { command: answer.slice(0, end), text: answer.slice(end + 1) };
  });
}
