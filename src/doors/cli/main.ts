// The command line: `inquest WAY DUMP… [options] [-- CMD …]`.
import { existsSync } from 'node:fs';
import { commandNames } from '../../commands/kit/names.ts';
import { escapeText } from '../../print/escape.ts';
import { OpenError } from '../open.ts';
import { UsageError, wantsHelp } from './arguments.ts';
import { defectText } from './defect.ts';
import { similar } from './similar.ts';
import { systemError } from './system-error.ts';
import { isWay, type WayName, ways } from './ways.ts';

const loaders: Readonly<
  Record<WayName, () => Promise<{ run(words: readonly string[]): Promise<number> }>>
> = {
  shell: () => import('../shell/shell.ts'),
  why: () => import('./why.ts'),
  info: () => import('./info.ts'),
  run: () => import('./run.ts'),
  slim: () => import('./slim.ts'),
  slow: () => import('./slow.ts'),
  live: () => import('./live.ts'),
  completion: () => import('./completion.ts'),
};

/**
 * Runs one command line and sets the exit status: 0 done, 1 a command failed, 2 usage or not a dump.
 * ^C has no handler: the core is synchronous, and would not see it before the end. The default ends it at once.
 */
export async function main(words: readonly string[]): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', endOutput);
  try {
    process.exitCode = await dispatch(words);
  } catch (error) {
    process.exitCode = complain(error);
  }
}

/** @returns the exit status */
function complain(error: unknown): number {
  if (error instanceof OpenError || error instanceof UsageError) {
    process.stderr.write(`inquest: ${escapeText(error.message)}\n`);
    return 2;
  }
  if (isWriteFailure(error)) endOutput(error);
  process.stderr.write(`inquest: ${escapeText(defectText(error))}\n`);
  return 1;
}

/** A full disk: some streams throw it, others emit it. */
const isWriteFailure = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && error.syscall === 'write';

/** A reader that has seen enough (`| head`) closes the pipe: that is an end, not an error. */
function endOutput(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit(0);
  try {
    process.stderr.write(`inquest: the output cannot be written: ${systemError(error)}\n`);
  } catch {
    // Standard error is what cannot be written: nobody can be told.
  }
  process.exit(1);
}

async function dispatch(words: readonly string[]): Promise<number> {
  const [way, ...rest] = words;
  const { columns } = process.stdout;
  if (way === undefined) {
    const { programHelp } = await import('./help.ts');
    process.stderr.write(programHelp(process.stderr.columns));
    return 2;
  }
  if (way === '-h' || way === '--help') {
    const { programHelp } = await import('./help.ts');
    process.stdout.write(programHelp(columns));
    return 0;
  }
  // A dump alone: the shell.
  if (!isWay(way) && existsSync(way)) return dispatch(['shell', ...words]);
  if (!isWay(way)) throw new UsageError(notAWay(way));
  if (wantsHelp(rest)) {
    const { wayHelp } = await import('./help.ts');
    process.stdout.write(wayHelp(way, columns));
    return 0;
  }
  return (await loaders[way]()).run(rest);
}

/** What to write instead. */
function notAWay(word: string): string {
  if ((commandNames as readonly string[]).includes(word))
    return `"${word}" is a command; write: inquest run DUMP -- ${word}`;
  if (word.startsWith('-')) return `${word} stands before any way in; \`inquest -h\` shows them`;
  const meant = similar(word, Object.keys(ways));
  if (meant) return `unknown way "${word}"; did you mean ${meant}?`;
  return `"${word}": no such file, and an unknown way in; \`inquest -h\` shows them`;
}
