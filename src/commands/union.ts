// `union`: a union's definition, or what it holds at an address.
import { defineCommand } from './kit/define.ts';
import { layoutOf } from './kit/layout.ts';
import { misused } from './kit/usage.ts';
import type { StructAnswer } from './struct/data.ts';
import { answerStruct, spellStruct, structOptions } from './struct/show.ts';

/** A definition, and what stands at each address asked for. */
export interface UnionData extends StructAnswer {}

const union = defineCommand({
  name: 'union',
  summary: 'the definition of a union, or what it holds at an address',
  operands: 'NAME[.MEMBER[,MEMBER]…] [ADDRESS | SYMBOL][:CPUS] [COUNT]',
  options: structOptions,
  details: [
    'NAME is a tag or a typedef, also one of a module. MEMBER may be one inside another as se.load.weight, or an element as pid_links[1]. CPUS is a list such as 0,2-3, or "a" for all: one struct of each, of a per-CPU variable or pointer.',
  ],
  examples: [['union -o sigval', 'its definition, with offsets']],

  spell: spellStruct,

  run(context, options, operands) {
    const answer = answerStruct(context, 'union', 'union', options, operands);
    if (!answer) throw misused(union);
    return answer satisfies UnionData;
  },

  *render(data) {
    yield layoutOf(data);
  },
});

export default union;
