// The commands, each loaded when it is first used.
import { expandAlias } from './kit/aliases.ts';
import type { AnyCommand } from './kit/define.ts';
import type { CommandName } from './kit/names.ts';

const loaders: Readonly<Record<CommandName | '*', () => Promise<{ default: AnyCommand }>>> = {
  bt: () => import('./bt.ts'),
  foreach: () => import('./foreach.ts'),
  help: () => import('./help.ts'),
  log: () => import('./log.ts'),
  mod: () => import('./mod.ts'),
  sys: () => import('./sys.ts'),
  runq: () => import('./runq.ts'),
  ps: () => import('./ps.ts'),
  set: () => import('./set.ts'),
  task: () => import('./task.ts'),
  why: () => import('./why.ts'),
  '*': () => import('./star.ts'),
  list: () => import('./list.ts'),
  p: () => import('./p.ts'),
  struct: () => import('./struct.ts'),
  tree: () => import('./tree.ts'),
  union: () => import('./union.ts'),
  whatis: () => import('./whatis.ts'),
  alias: () => import('./alias.ts'),
  exit: () => import('./exit.ts'),
  repeat: () => import('./repeat.ts'),
  ascii: () => import('./ascii.ts'),
  btop: () => import('./btop.ts'),
  dis: () => import('./dis.ts'),
  eval: () => import('./eval.ts'),
  pte: () => import('./pte.ts'),
  ptov: () => import('./ptov.ts'),
  ptob: () => import('./ptob.ts'),
  rd: () => import('./rd.ts'),
  search: () => import('./search.ts'),
  sym: () => import('./sym.ts'),
  vtop: () => import('./vtop.ts'),
};

/** A command by name or alias; undefined when there is none. */
export async function findCommand(name: string): Promise<AnyCommand | undefined> {
  const [known = name] = expandAlias([name]);
  const load = Object.hasOwn(loaders, known) ? loaders[known as CommandName | '*'] : undefined;
  return load && (await load()).default;
}
