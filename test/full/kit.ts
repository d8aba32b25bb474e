// What the tests on whole dumps are written with.
import { type Answer, runLine } from '../../src/commands/kit/run.ts';
import { newSession } from '../../src/commands/kit/session.ts';
import { openDump } from '../../src/doors/open.ts';

const folder = process.env.INQUEST_DUMPS ?? '';

/** A whole dump's answers to these commands, in turn, by one session. */
export async function answers(name: string, ...lines: readonly string[]): Promise<Answer[]> {
  const dump = await openDump([`${folder}/${name}/vmcore`]);
  const session = newSession();
  const given: Answer[] = [];
  for (const line of lines) given.push(await runLine({ dump, session }, line));
  dump.close();
  return given;
}

/** Their texts; of a command that failed what it was refused with, as a line. */
export const ask = async (name: string, ...lines: readonly string[]): Promise<string[]> =>
  (await answers(name, ...lines)).map((a) => (a.ok ? a.text : `${a.error.message}\n`));

/** The data of one command's answer. */
export async function dataOf(name: string, line: string): Promise<unknown> {
  const [answer] = await answers(name, line);
  if (!answer?.ok) throw new Error(`${name}: ${line}: ${answer?.error.message}`);
  return answer.data;
}
