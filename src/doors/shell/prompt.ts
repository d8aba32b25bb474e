// The terminal: lines with history and completion while the prompt stands; the terminal's own habits while a
// command runs, so that ^C is a signal and programs get the keys.
import { createInterface, type Interface, moveCursor } from 'node:readline';
import { History, MOST_LINES } from './history.ts';
import { completeOutside } from './outside.ts';
import type { Completion } from './protocol.ts';
import { searchHistory } from './search-history.ts';

const TEXT = 'inquest> ';

/** A window of emacs, say: it edits lines itself. */
const IS_CAPABLE = process.env.TERM !== 'dumb';

export interface Prompt {
  /** The next line; undefined: ^D, or the end of the input. */
  next(): Promise<string | undefined>;
  /** Writes a remark: above the line that is being typed, or before the next prompt. */
  remark(text: string): void;
  /** ^C, as a signal: what is typed, and lines that were typed ahead, are forgotten. */
  drop(): void;
  close(): void;
}

/** What a terminal needs of the shell. */
export interface PromptOwner {
  readonly isColoured: boolean;
  complete(text: string): Promise<Completion>;
  /** ^C came before the terminal knew that a command runs. */
  interrupted(): void;
}

export function terminalPrompt(owner: PromptOwner): Prompt {
  const history = new History(process.env);
  const { stdin, stdout } = process;
  let typedAhead: string[] = [];
  let past = history.lines;
  const remarks: string[] = [];
  let waiting: ((line: string | undefined) => void) | undefined;
  let isClosed = false;
  const rl = createInterface({
    input: stdin,
    output: stdout,
    terminal: IS_CAPABLE,
    prompt: owner.isColoured ? `\x1b[1m${TEXT}\x1b[0m` : TEXT,
    history: [...past],
    historySize: MOST_LINES,
    removeHistoryDuplicates: true,
    completer: (text: string, answer: (error: null, result: Completion) => void) => {
      const outside = completeOutside(text);
      if (outside) answer(null, outside);
      else
        owner.complete(text).then(
          (completion) => answer(null, completion),
          () => answer(null, [[], text]),
        );
    },
  } as unknown as Parameters<typeof createInterface>[0]);
  rl.on('line', (line) => {
    history.add(line);
    // Pasted text has several lines.
    if (waiting) answer(line);
    else typedAhead.push(line);
  });
  rl.on('close', () => {
    isClosed = true;
    if (waiting) stdout.write('\n');
    answer(undefined);
  });
  rl.on('SIGINT', () => {
    if (waiting) dropLine(rl);
    // In one breath with the line: what it asks for has yet to begin.
    else setImmediate(() => owner.interrupted());
  });
  rl.on('history', (lines) => {
    past = lines;
  });
  if (IS_CAPABLE) searchHistory(rl, () => past);
  // After ^Z at the prompt, in the foreground again: readline paused itself.
  rl.on('SIGCONT', () => rl.prompt(true));
  hold(rl);

  function answer(line: string | undefined): void {
    const resolve = waiting;
    waiting = undefined;
    if (!isClosed) hold(rl);
    resolve?.(line);
  }

  return {
    next() {
      const line = typedAhead.shift();
      if (line !== undefined || isClosed) return Promise.resolve(line);
      for (const text of remarks.splice(0)) stdout.write(text);
      return new Promise((resolve) => {
        waiting = resolve;
        take(rl);
      });
    },
    remark(text) {
      if (waiting) writeAbove(rl, text);
      else remarks.push(text);
    },
    drop() {
      typedAhead = [];
      if (waiting) dropLine(rl);
    },
    close() {
      rl.close();
      if (history.failure)
        process.stderr.write(`WARNING: the history is not kept: ${history.failure}\n`);
    },
  };
}

/** Keys go to the programs that run, and ^C is a signal. */
function hold(rl: Interface): void {
  rl.pause();
  if (process.stdin.isRaw) process.stdin.setRawMode(false);
}

function take(rl: Interface): void {
  if (IS_CAPABLE) process.stdin.setRawMode(true);
  rl.prompt();
}

/** Readline goes up the rows that its line filled before it writes it anew: they are given to it below the text. */
function writeAbove(rl: Interface, text: string): void {
  if (!IS_CAPABLE) {
    process.stdout.write(`\n${text}`);
    rl.prompt();
    return;
  }
  const { rows } = rl.getCursorPos();
  moveCursor(process.stdout, 0, -rows);
  process.stdout.write(`\r\x1b[J${text}${'\n'.repeat(rows)}`);
  rl.prompt(true);
}

/** ^C at the prompt: the line is left, as in every shell. */
function dropLine(rl: Interface): void {
  if (!IS_CAPABLE) {
    process.stdout.write('\n');
    rl.prompt();
    return;
  }
  rl.write(null, { ctrl: true, name: 'e' });
  process.stdout.write(`^C\n${'\n'.repeat(rl.getCursorPos().rows)}`);
  rl.write(null, { ctrl: true, name: 'u' });
}

/** Lines of a pipe or a file: neither prompt nor history. */
export function plainInput(): Prompt {
  const rl = createInterface({ input: process.stdin, terminal: false });
  const lines = rl[Symbol.asyncIterator]();
  return {
    async next() {
      const { done, value } = await lines.next();
      return done ? undefined : value;
    },
    remark() {},
    drop() {},
    close: () => rl.close(),
  };
}
