// What `-h` prints: of the program, and of each way in.
import { wrap } from '../../commands/kit/usage.ts';
import { type OptionName, type OptionUse, options, type Way, type WayName, ways } from './ways.ts';

/** Lines longer than this are hard to read. */
const WIDEST = 100;
/** Below this two columns are no help: what a thing does stands under it. */
const NARROW = 60;
/** What a longer term means stands under it. */
const LONG_TERM = 44;

type Row = readonly [term: string, meaning: string];

/** @param columns of the terminal; undefined: none */
export function programHelp(columns?: number): string {
  const rows = Object.values(ways).map((way): Row => [`inquest ${way.synopsis}`, way.summary]);
  return page(columns, [
    ['inquest: opens a Linux kernel crash dump from nothing but the dump.'],
    ['Usage:', ...rows],
    ['Several DUMPs are the parts of one split dump. `inquest why -h` and so on show the options.'],
    [
      'Examples:',
      ['inquest why vmcore', 'why the machine stopped'],
      ['inquest info vmcore', 'what this file is'],
      ["inquest run vmcore -- log 'bt -a'", "the kernel's messages, and the stack of each CPU"],
    ],
  ]);
}

export function wayHelp(name: WayName, columns?: number): string {
  const way: Way = ways[name];
  return page(columns, [
    ['Usage:', [`inquest ${way.synopsis}`, '']],
    [`${name}: ${way.summary}.`],
    ...way.about.map((paragraph) => [paragraph]),
    ['Options:', ...way.options.map((option): Row => [written(option), options[option].help])],
    ['Examples:', ...way.examples],
  ]);
}

/** `-i, --input FILE` */
function written(name: OptionName): string {
  const use: OptionUse = options[name];
  const short = use.short ? `-${use.short}, ` : '';
  return `${short}--${name}${use.value ? ` ${use.value}` : ''}`;
}

/** Blocks with a blank line between: paragraphs, and rows in two columns. */
function page(columns: number | undefined, blocks: readonly (readonly (string | Row)[])[]): string {
  const width = Math.max(20, Math.min(columns ?? WIDEST, WIDEST));
  const text = blocks.map((block) => {
    const rows = block.filter((part): part is Row => typeof part !== 'string');
    const terms = rows.map(([left]) => left.length).filter((length) => length <= LONG_TERM);
    const term = Math.max(0, ...terms);
    return block.flatMap((part) =>
      typeof part === 'string' ? wrap(part, width) : rowLines(part, term, width),
    );
  });
  return `${text.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function rowLines([left, right]: Row, term: number, width: number): string[] {
  if (width < NARROW) return [...hanging(left, width), ...indented(right, 6, width)];
  if (right === '') return [`  ${left}`];
  const head = `  ${left}`;
  if (left.length > term) return [head, ...indented(right, term + 4, width)];
  const [first = '', ...more] = indented(right, term + 4, width);
  return [head + first.slice(head.length), ...more];
}

const indented = (text: string, columns: number, width: number): string[] =>
  wrap(text, width - columns).map((line) => ' '.repeat(columns) + line);

/** What does not fit goes on below, a little further in. */
const hanging = (text: string, width: number): string[] =>
  wrap(text, width - 4).map((line, i) => (i === 0 ? `  ${line}` : `    ${line}`));
