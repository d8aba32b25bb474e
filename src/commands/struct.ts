// `struct`: a struct's definition, or what it holds at an address.
import { defineCommand } from './kit/define.ts';
import { layoutOf } from './kit/layout.ts';
import { misused } from './kit/usage.ts';
import type { StructAnswer } from './struct/data.ts';
import { answerStruct, spellStruct, structOptions } from './struct/show.ts';

/** A definition, and what stands at each address asked for. */
export interface StructData extends StructAnswer {}

const struct = defineCommand({
  name: 'struct',
  summary: 'the definition of a struct, or what it holds at an address',
  operands: 'NAME[.MEMBER[,MEMBER]…] [ADDRESS | SYMBOL][:CPUS] [COUNT]',
  options: structOptions,
  details: [
    'NAME is a tag or a typedef, also one of a module. MEMBER may be one inside another as se.load.weight, or an element as pid_links[1]. CPUS is a list such as 0,2-3, or "a" for all: one struct of each, of a per-CPU variable or pointer.',
  ],
  examples: [
    ['struct list_head', 'its definition'],
    ['struct -o task_struct.comm', 'where a member lies'],
    ['struct task_struct.pid,comm init_task', 'two members at an address'],
  ],

  spell: spellStruct,

  run(context, options, operands) {
    const answer = answerStruct(context, 'struct', 'struct', options, operands);
    if (!answer) throw misused(struct);
    return answer satisfies StructData;
  },

  *render(data) {
    yield layoutOf(data);
  },
});

export default struct;
