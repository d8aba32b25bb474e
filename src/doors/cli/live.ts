// `inquest live`: the same ways in, on the memory of the running kernel.
import { KCORE, kcoreObstacle } from '../../live/kcore.ts';
import { OpenError } from '../open.ts';
import { type Arguments, parse } from './arguments.ts';

/** @returns the exit status of `why`, `run` or the shell */
export async function run(words: readonly string[]): Promise<number> {
  const obstacle = kcoreObstacle();
  if (obstacle) throw new OpenError(obstacle);
  const { files, commands, ...given } = parse('live', [KCORE, ...words]);
  const all = [...files.slice(1), ...commands];
  const live: Arguments = { ...given, files: [KCORE], commands: all };
  if (all.length === 1 && all[0] === 'why')
    return (await import('./why.ts')).judge({ ...live, commands: [] });
  if (all.length > 0 || live.input !== undefined) return (await import('./run.ts')).answer(live);
  return (await import('../shell/shell.ts')).converse(live);
}
