// docs/compat.md: how many answers are equal, in tables.
import { type Compared, differences, kernels } from './comparison.ts';

const table = (rows: readonly (readonly (string | number)[])[]): string[] => {
  const [head = [], ...body] = rows.map((row) => `| ${row.join(' | ')} |`);
  return [head as string, `|${' --- |'.repeat(rows[0]?.length ?? 0)}`, ...body];
};

const equal = ({ outcome }: Compared): boolean => outcome === 'equal';
const different = ({ outcome }: Compared): boolean => outcome === undefined;

/** `equal / but for named differences / different` */
function counts(all: readonly Compared[]): string {
  const same = all.filter(equal).length;
  const unknown = all.filter(different).length;
  return all.length === 0 ? '–' : `${same} / ${all.length - same - unknown} / ${unknown}`;
}

/** What a line is counted under: its command, or that it has none. */
const COMMANDS =
  'sym dis rd struct union * p list tree whatis vtop eval pte ptob ptov btop ascii search'.split(
    ' ',
  );

function commandOf({ question }: Compared): string {
  const [word = ''] = question.split(' ');
  if (COMMANDS.includes(word)) return `\`${word}\``;
  return word.startsWith('*') ? '`*`' : 'a type, a variable or an unknown word alone';
}

/** @param compared every kernel's answers, in the order of `kernels` */
export function compatPage(compared: readonly (readonly Compared[])[]): string {
  const names = kernels.map(({ kernel }) => kernel);
  const commands = [
    ...COMMANDS.map((word) => `\`${word}\``),
    'a type, a variable or an unknown word alone',
  ];
  const perCommand = commands.map((command) => [
    command,
    ...compared.map((all) => counts(all.filter((one) => commandOf(one) === command))),
  ]);
  const met = differences
    .map(({ id, why }) => ({
      id,
      why,
      count: compared.map(
        (all) =>
          all.filter(({ outcome }) => typeof outcome === 'object' && outcome.id === id).length,
      ),
    }))
    .filter(({ count }) => count.some((n) => n > 0));
  return `${[
    '# Answers beside crash’s',
    '',
    '<!-- Made by `npm run compat`: not to be edited. test/full/compat.test.ts fails when it is not what a run gives. -->',
    '',
    'What inquest answers from the dump alone, line by line beside what crash 9.0.2 with the debug vmlinux answered (`testdata/answers`; 7.2 with',
    '`--no_modules`, as it opens only so). Each cell: **equal / equal but for a named difference / different**. Blanks at line ends, blank lines and',
    'the numbers of `p` do not count.',
    '',
    ...table([
      ['kernel', ...names],
      ['lines asked', ...compared.map((all) => all.length)],
      ['**all**', ...compared.map(counts)],
      ...perCommand,
    ]),
    '',
    '## The named differences',
    '',
    'Who is right stands behind each link.',
    '',
    ...table([
      ['name', 'what it is', ...names],
      ...met.map(({ id, why, count }) => [`[${id}](differences.md#${id})`, why, ...count]),
    ]),
  ].join('\n')}\n`;
}
