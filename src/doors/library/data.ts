// What each command's answer holds, for `run`: the same types that docs/schema is made from.
import type { AliasData } from '../../commands/alias.ts';
import type { AsciiData } from '../../commands/ascii.ts';
import type { BtData } from '../../commands/bt/data.ts';
import type { BtopData } from '../../commands/btop.ts';
import type { DisData } from '../../commands/dis.ts';
import type { EvalData } from '../../commands/eval.ts';
import type { ForeachData } from '../../commands/foreach.ts';
import type { HelpData } from '../../commands/help.ts';
import type { ListData } from '../../commands/list.ts';
import type { LogData } from '../../commands/log.ts';
import type { ModData } from '../../commands/mod.ts';
import type { PData } from '../../commands/p.ts';
import type { PsData } from '../../commands/ps.ts';
import type { PteData } from '../../commands/pte.ts';
import type { PtobData } from '../../commands/ptob.ts';
import type { PtovData } from '../../commands/ptov.ts';
import type { RdData } from '../../commands/rd/data.ts';
import type { RunqData } from '../../commands/runq.ts';
import type { SearchData } from '../../commands/search/data.ts';
import type { SetData } from '../../commands/set.ts';
import type { StructData } from '../../commands/struct.ts';
import type { SymData } from '../../commands/sym.ts';
import type { SysData } from '../../commands/sys.ts';
import type { TaskData } from '../../commands/task.ts';
import type { TreeData } from '../../commands/tree.ts';
import type { UnionData } from '../../commands/union.ts';
import type { VtopData } from '../../commands/vtop/data.ts';
import type { WhatisData } from '../../commands/whatis.ts';
import type { Verdict } from '../../rules/kit/verdict.ts';

/** By command, what `run` gives as `data`: docs/schema/command describes each. One that is missing here gives `unknown`. */
export interface CommandData {
  alias: AliasData;
  ascii: AsciiData;
  bt: BtData;
  btop: BtopData;
  dis: DisData;
  eval: EvalData;
  exit: null;
  foreach: ForeachData;
  help: HelpData;
  list: ListData;
  log: LogData;
  mod: ModData;
  p: PData;
  ps: PsData;
  pte: PteData;
  ptob: PtobData;
  ptov: PtovData;
  rd: RdData;
  repeat: null;
  runq: RunqData;
  search: SearchData;
  set: SetData;
  struct: StructData;
  sym: SymData;
  sys: SysData;
  task: TaskData;
  tree: TreeData;
  union: UnionData;
  vtop: VtopData;
  whatis: WhatisData;
  why: Verdict;
}

type FirstWord<Line extends string> = Line extends `${infer Word} ${string}` ? Word : Line;

/** What a command line's `data` is, where the line is known beforehand: `DataOf<'bt -a'>`. `-h` gives no data. */
export type DataOf<Line extends string> = Line extends `${string} -h`
  ? null
  : FirstWord<Line> extends keyof CommandData
    ? CommandData[FirstWord<Line>]
    : unknown;
