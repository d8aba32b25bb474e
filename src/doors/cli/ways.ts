// The ways in, and the options each takes: what the command line is parsed by, and what `-h` prints.

export interface OptionUse {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  /** What stands for the value in help: `FILE`. */
  readonly value?: string;
  /** What the value can be. */
  readonly choices?: readonly string[];
  readonly help: string;
}

export const options = {
  json: { type: 'boolean', help: 'one JSON document instead of text' },
  verbose: { type: 'boolean', short: 'v', help: 'also each rule, and what it found' },
  input: { type: 'string', short: 'i', value: 'FILE', help: 'commands from a file, one a line' },
  out: { type: 'string', short: 'o', value: 'OUT', help: 'the file to write; none is overwritten' },
  'user-memory': { type: 'boolean', help: 'keep the memory of programs, too' },
  color: {
    type: 'string',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    help: 'auto, always or never; auto looks at the terminal and NO_COLOR',
  },
  suspect: {
    type: 'string',
    value: 'PID|MODULE',
    help: 'what speaks for and against that task or module',
  },
  known: { type: 'string', value: 'FILE', help: 'a file of known issues: which of them this is' },
  raw: { type: 'boolean', help: 'the file is raw physical memory, which nothing identifies' },
  crashrc: { type: 'boolean', help: 'also the commands of ~/.crashrc, before the first prompt' },
  seconds: { type: 'string', value: 'N', help: 'how long it is looked at; 5 when left out' },
  name: { type: 'string', short: 'p', value: 'NAME', help: 'the process of that name' },
  once: { type: 'boolean', help: 'the list is printed once, not renewed' },
  help: { type: 'boolean', short: 'h', help: 'this help' },
} as const satisfies Record<string, OptionUse>;

export type OptionName = keyof typeof options;

export interface Way {
  readonly synopsis: string;
  readonly summary: string;
  /** What its one operand can be, where it is neither a dump nor a command. */
  readonly words?: readonly string[];
  /** Paragraphs, without layout. */
  readonly about: readonly string[];
  readonly options: readonly OptionName[];
  readonly examples: readonly (readonly [line: string, shows: string])[];
}

export const ways = {
  shell: {
    synopsis: 'DUMP… [-i FILE]',
    summary: 'commands at a prompt, or from standard input',
    about: [
      '`help` lists the commands, `help ps` explains one. TAB completes commands, options, symbols, types, members, PIDs and names of tasks; the history is kept from one session to the next, and ^R finds in it what holds the letters typed.',
      'CMD | PROGRAM sends an answer to a program, CMD > FILE writes it (over what was there), CMD >> FILE adds it; !PROGRAM runs one. < FILE runs the commands of a file. To compare, write parentheses: p (a > b).',
      'On a terminal a long answer goes to $PAGER, or to less; `set scroll off` does without. ^C ends a command, never the shell; ^D leaves it.',
      'First run ~/.inquestrc, then ./.inquestrc, which may neither start programs nor write files, then FILE.',
    ],
    options: ['input', 'crashrc', 'color', 'raw', 'help'],
    examples: [
      ['inquest vmcore', 'the shell'],
      ['inquest vmcore < script', 'the commands of a file, without a prompt'],
    ],
  },
  why: {
    synopsis: 'why DUMP… [--json] [-v] [--suspect PID|MODULE] [--known FILE]',
    summary: 'why the machine stopped, with evidence',
    about: [
      'The first line is for everybody; the evidence below it names commands that show the same in this dump.',
      'Where the evidence does not suffice the verdict is `undecided`, with what was found.',
      'FILE is JSON: docs/known-issues.md says how it is written.',
    ],
    options: ['json', 'verbose', 'suspect', 'known', 'color', 'raw', 'help'],
    examples: [
      ['inquest why vmcore', 'the verdict'],
      ['inquest why vmcore -v', 'with every rule that was asked, and the signature'],
      ['inquest why vmcore --suspect e1000', 'whether that driver has a part in it'],
      ['inquest why vmcore --known issues.json', 'and whether it is known'],
    ],
  },
  info: {
    synopsis: 'info DUMP… [--json]',
    summary: 'what this file is',
    about: ['Its format, what was left out when it was written, and what is damaged.'],
    options: ['json', 'color', 'raw', 'help'],
    examples: [['inquest info vmcore', 'what this file is, and what is missing in it']],
  },
  run: {
    synopsis: 'run DUMP… [--json] -- CMD …',
    summary: "crash's commands, each one argument",
    about: [
      'Each CMD holds a whole command line, in quotes where it has blanks. `help` lists the commands, `help ps` explains one.',
    ],
    options: ['json', 'input', 'color', 'raw', 'help'],
    examples: [
      ["inquest run vmcore -- log 'bt -a'", 'the log, and the stack of each CPU'],
      ['inquest run vmcore -- help', 'which commands there are'],
      ["inquest run vmcore --json -- 'ps -u'", 'the user tasks, for a program'],
    ],
  },
  slim: {
    synopsis: 'slim DUMP… -o OUT [CMD …]',
    summary: 'the smallest dump that still answers these',
    about: [
      'Runs `why` and the commands, or those that a support engineer would run, and writes the pages they needed.',
      'The memory of programs is left out.',
    ],
    options: ['out', 'user-memory', 'color', 'raw', 'help'],
    examples: [
      ['inquest slim vmcore -o small', 'a dump for a ticket'],
      ["inquest slim vmcore -o small ps 'bt -a'", 'one that answers these two, and why'],
    ],
  },
  live: {
    synopsis: 'live [CMD …]',
    summary: 'the same, on the running kernel',
    about: [
      'Reads /proc/kcore, as root. Without CMD the shell; `inquest live why` judges the running machine. Nothing is written.',
      'What a command shows was read while the machine went on: a list that changed meanwhile ends where it was torn, and says so.',
    ],
    options: ['json', 'verbose', 'input', 'color', 'help'],
    examples: [
      ["inquest live ps 'bt 1'", 'the tasks, and the stack of one'],
      ['inquest live why', 'whether something hangs, and why'],
    ],
  },
  slow: {
    synopsis: 'slow [PID | -p NAME] [--seconds N] [--json]',
    summary: 'why a process is too slow, or which one is worth a look',
    about: [
      'Looks at every thread in /proc 20 times a second and says which it is: looping, waiting (for what, for whom), slow again and again, starved, throttled, short of memory, stopped, or healthy.',
      'Then looks closer, and only where that points: user stacks (gdb or eu-stack), timed system calls (strace), the kernel’s side, the device or the holder. It changes nothing, stops a process for parts of a second at most, and says what it cost.',
      'Without PID: the processes worth a look, renewed on a terminal.',
    ],
    options: ['seconds', 'name', 'once', 'json', 'verbose', 'color', 'help'],
    examples: [
      ['inquest slow 4711', 'why that process is slow'],
      ['inquest slow -p postgres --seconds 10', 'by name, and longer'],
      ['inquest slow --once', 'which processes are worth a look'],
    ],
  },
  completion: {
    synopsis: 'completion bash|zsh|fish',
    summary: 'a script by which your shell completes inquest',
    words: ['bash', 'zsh', 'fish'],
    about: [
      'For bash write `source <(inquest completion bash)` into ~/.bashrc; for zsh `source <(inquest completion zsh)` into ~/.zshrc, behind compinit; for fish `inquest completion fish | source` into ~/.config/fish/config.fish.',
    ],
    options: ['help'],
    examples: [['inquest completion bash', 'the script for bash']],
  },
} as const satisfies Record<string, Way>;

export type WayName = keyof typeof ways;

export const isWay = (word: string): word is WayName => Object.hasOwn(ways, word);
