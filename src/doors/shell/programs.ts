// The programs that the shell starts: those a person wrote behind `|` or `!`, and the pager.
// They get answers on their standard input; nothing of a dump stands in a command line.
import { spawn } from 'node:child_process';

/** less ends by itself where one screen shows all, passes colours on and leaves the text on the screen. */
const LESS = 'FRX';
const DEFAULT_PAGER = 'if command -v less >/dev/null 2>&1; then exec less; else exec cat; fi';

/** What `sh` says of a program that it does not find. */
const NOT_FOUND = 127;

/**
 * Runs a line of the system shell.
 *
 * @param input what it reads; `terminal`: the person; `nothing`: an empty file
 * @returns its exit status; null when a signal ended it
 */
export function runProgram(
  program: string,
  input: { readonly text: string } | 'terminal' | 'nothing',
  environment: NodeJS.ProcessEnv = process.env,
): Promise<number | null> {
  const standardInput =
    typeof input === 'object' ? 'pipe' : input === 'terminal' ? 'inherit' : 'ignore';
  const child = spawn('/bin/sh', ['-c', program], {
    stdio: [standardInput, 'inherit', 'inherit'],
    env: environment,
  });
  // A program that has read enough closes the pipe.
  child.stdin?.on('error', () => {});
  if (typeof input === 'object') child.stdin?.end(input.text);
  return new Promise((resolve) => {
    child.on('error', () => resolve(NOT_FOUND));
    child.on('close', resolve);
  });
}

/** @returns whether it was shown */
export async function page(text: string): Promise<boolean> {
  const { PAGER: pager, LESS: less = LESS } = process.env;
  const program = pager?.trim() || DEFAULT_PAGER;
  return (await runProgram(program, { text }, { ...process.env, LESS: less })) !== NOT_FOUND;
}

/** Whether a text fills more than one screen. */
export function fillsScreen(text: string, rows: number, columns: number): boolean {
  let used = 1;
  for (const line of text.split('\n')) {
    used += Math.max(1, Math.ceil(line.length / columns));
    if (used > rows) return true;
  }
  return false;
}
