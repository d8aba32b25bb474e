// `*`: short for `struct` and `union`.
import { defineCommand } from './kit/define.ts';
import { layoutOf } from './kit/layout.ts';
import { misused } from './kit/usage.ts';
import { answerStruct, spellStruct, structOptions } from './struct/show.ts';

const star = defineCommand({
  name: '*',
  summary: 'short for struct and union',
  operands: 'NAME[.MEMBER[,MEMBER]…] [ADDRESS | SYMBOL][:CPUS] [COUNT]',
  options: structOptions,
  details: ['The blank behind it may be left out: *list_head.'],
  examples: [['*list_head.next init_task', 'a member at an address']],

  spell: spellStruct,

  run(context, options, operands) {
    const answer = answerStruct(context, '*', undefined, options, operands);
    if (!answer) throw misused(star);
    return answer;
  },

  *render(data) {
    yield layoutOf(data);
  },
});

export default star;
