// The man page, made from what `-h` and `help` print: the ways in, their options, the commands.
// man(7) of mandoc and groff: macros that both know.
import { wrap } from '../../commands/kit/usage.ts';
import type { DeclaredCommand } from './completion/declared.ts';
import { type OptionName, type OptionUse, options, type Way, ways } from './ways.ts';

/** mandoc complains of source lines beyond 80 columns; the marks come on top. */
const WIDTH = 70;

export function manPage(commands: readonly DeclaredCommand[], version: string): string {
  const lines = [
    '.\\" Made by `npm run man`.',
    `.TH INQUEST 1 "" "inquest ${version}" "User Commands"`,
    ...section('NAME', [
      'inquest \\- opens a Linux kernel crash dump, and says why the machine stopped',
    ]),
    ...section('SYNOPSIS', synopses()),
    ...section('DESCRIPTION', paragraphs(DESCRIPTION)),
    ...section('FIRST STEPS', [...paragraphs(FIRST_STEPS.before), ...RECIPES.flatMap(recipe)]),
    ...section('WAYS IN', Object.values(ways).flatMap(wayLines)),
    ...section('OPTIONS', optionNames.flatMap(optionLines)),
    ...section('COMMANDS', [
      ...paragraphs([
        'Of the shell, of `run` and of `live`. `help CMD` has the options and examples of each.',
      ]),
      ...commands.flatMap(({ name, summary }) => entry(bold(name), [`${summary}.`])),
    ]),
    ...section(
      'EXIT STATUS',
      EXIT_STATUS.flatMap(([status, text]) => entry(bold(status), [text])),
    ),
    ...section(
      'ENVIRONMENT',
      ENVIRONMENT.flatMap(([name, text]) => entry(bold(name), [text])),
    ),
    ...section(
      'FILES',
      FILES.flatMap(([path, text]) => entry(italic(path), [text])),
    ),
    ...section('SEE ALSO', ['.BR crash (8),', '.BR makedumpfile (8),', '.BR kdump (8)']),
  ];
  return `${lines.join('\n')}\n`;
}

const DESCRIPTION: readonly string[] = [
  '`inquest` opens the memory dump of a Linux server that hung or crashed (a vmcore) from nothing but the dump: no vmlinux, no debug symbols. It says in a sentence why the machine stopped, with evidence that can be run again, and answers the commands of `crash`.',
  'DUMP is a file of kdump (makedumpfile), of /proc/vmcore, of QEMU’s dump-guest-memory, or raw memory. Several DUMPs are the parts of one split dump.',
];

const FIRST_STEPS = {
  before: [
    '`inquest DUMP` opens the shell. There `why` says why the machine stopped, and `help` lists the commands; `help ps` explains one, with examples. What follows is typed at its prompt; words in capitals stand for what you know, or what was printed before.',
  ],
};

/** What newcomers ask first: each line is a command, in which words in capitals stand for what is known. */
export const RECIPES: readonly (readonly [
  question: string,
  lines: readonly string[],
  hint: string,
])[] = [
  [
    'Who has been waiting for long, and where in the kernel',
    ['ps -m', 'foreach UN bt'],
    'UN is the state of tasks that wait and cannot be killed. The functions at the top of a stack say what kind of thing a task waits for: `__mutex_lock` for a mutex, `io_schedule` for a disk.',
  ],
  [
    'Who holds a mutex',
    ['sym LOCK', 'struct -x mutex.owner LOCK', 'eval COUNTER & ~7', 'ps TASK'],
    'LOCK is its name or its address. Its owner is the address of a task, the last three bits of which are flags: `eval` takes them off, and `ps` says which task lies there. 0: nobody holds it.',
  ],
  [
    'What a structure holds, and a pointer in it',
    ['whatis struct TYPE', 'struct TYPE ADDRESS', 'p ((struct TYPE *)ADDRESS)->MEMBER'],
    'TAB completes types and members.',
  ],
  [
    'What a task was doing, and what it printed',
    ['set PID', 'bt -f', 'log -T'],
    'From `set` on, commands that name no task are about that one.',
  ],
];

const EXIT_STATUS: readonly (readonly [string, string])[] = [
  ['0', 'Done.'],
  [
    '1',
    'A command failed, or the verdict could not be reached because the dump lacks what it needs.',
  ],
  ['2', 'The command line is malformed, or the file cannot be opened as a dump.'],
];

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  [
    'PAGER',
    'What shows long answers at a terminal; if not set, `less`, with the options of LESS or `FRX`.',
  ],
  ['NO_COLOR', 'If set and not empty, nothing is coloured.'],
  ['XDG_STATE_HOME', 'The folder of the history; if not set, ~/.local/state.'],
];

const FILES: readonly (readonly [string, string])[] = [
  ['~/.inquestrc', 'Commands that the shell runs first.'],
  [
    './.inquestrc',
    'The same, of the current folder. It may neither start programs nor write files.',
  ],
  ['~/.crashrc', 'The same, of crash; only with `--crashrc`.'],
  ['$XDG_STATE_HOME/inquest/history', 'What was typed, for the next session.'],
];

const optionNames = Object.keys(options) as OptionName[];

const synopses = (): string[] =>
  Object.values(ways).flatMap(({ synopsis }, i) => [
    ...(i === 0 ? [] : ['.br']),
    `${bold('inquest')} ${escaped(synopsis)}`,
  ]);

function wayLines({ synopsis, summary, about, examples }: Way): string[] {
  return [
    `.SS ${escaped(`inquest ${synopsis}`)}`,
    ...afterTitle(paragraphs([`${capital(summary)}.`, ...about])),
    ...examples.flatMap(([line, shows]) => entry(bold(line), [shows])),
  ];
}

/** With the ways in that take it, unless all do. */
function optionLines(name: OptionName): string[] {
  const { short, value, help }: OptionUse = options[name];
  const spelled = [...(short ? [`-${short}`] : []), `--${name}`].map(bold).join(', ');
  const head = value ? `${spelled} ${italic(value)}` : spelled;
  const taking = Object.entries(ways as Record<string, Way>).filter(([, way]) =>
    way.options.includes(name),
  );
  const isEverywhere = taking.length === Object.keys(ways).length;
  const where = taking.map(([way]) => (way === 'shell' ? 'the shell' : way)).join(', ');
  return entry(head, [`${help}${isEverywhere ? '' : ` (${where})`}.`]);
}

function recipe([question, lines, hint]: (typeof RECIPES)[number]): string[] {
  const typed = lines.flatMap((line, i) => [...(i === 0 ? [] : ['.br']), bold(line)]);
  return ['.TP', `${escaped(question)}:`, ...typed, '.br', ...wrapped(hint)];
}

const section = (title: string, lines: readonly string[]): string[] => [
  `.SH "${title}"`,
  ...afterTitle(lines),
];

/** A paragraph begins there anyway. */
const afterTitle = (lines: readonly string[]): readonly string[] =>
  lines[0] === '.PP' ? lines.slice(1) : lines;

const capital = (text: string): string => text.replace(/^\w/, (letter) => letter.toUpperCase());

const paragraphs = (texts: readonly string[]): string[] =>
  texts.flatMap((text) => ['.PP', ...wrapped(text)]);

/** @param head already marked up */
const entry = (head: string, texts: readonly string[]): string[] => [
  '.TP',
  head,
  ...texts.flatMap(wrapped),
];

/** What stands between backticks is bold. */
const wrapped = (text: string): string[] =>
  wrap(escaped(text), WIDTH)
    .join('\n')
    .replace(/`([^`]*)`/g, (_, code: string) => `\\fB${code}\\fR`)
    .split('\n')
    .map((line) => line.replace(/^[.']/, '\\&$&'));

const bold = (text: string): string => `\\fB${escaped(text)}\\fR`;
const italic = (text: string): string => `\\fI${escaped(text)}\\fR`;

/** groff_char(7): what prints as it is typed, so that it can be copied. */
const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  '~': '\\(ti',
  '^': '\\(ha',
  "'": '\\(aq',
  '’': '\\(cq',
  '…': '...',
};

const escaped = (text: string): string =>
  text.replace(/[\\\-~^'’…]/g, (char) => SPECIAL[char] ?? char);
