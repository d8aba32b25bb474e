// Where answers go: the screen, a pager, a program, a file.
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { escapeLines } from '../../print/escape.ts';
import { systemError } from '../cli/system-error.ts';
import { warningLines } from '../cli/warning-lines.ts';
import type { Destination } from './line.ts';
import { fillsScreen, page, runProgram } from './programs.ts';
import type { RunReply } from './protocol.ts';

export interface Screen {
  /** A person looks at it, and types. */
  readonly isTerminal: boolean;
  readonly isColoured: boolean;
  /** Standard error may go elsewhere. */
  readonly areErrorsColoured: boolean;
}

export interface Delivery {
  /** Whether all went well. */
  readonly went: boolean;
  readonly wasPaged: boolean;
}

export async function deliver(
  { ok, text, warnings, kept }: RunReply,
  to: Destination,
  screen: Screen,
  dumps: readonly string[],
): Promise<Delivery> {
  if (!ok) complain(escapeLines(text.trimEnd()), screen);
  const wasPaged = ok && to.kind === 'screen' && (await show(text, kept.pages === true));
  const failure = ok ? await send(text, to, dumps) : undefined;
  if (failure !== undefined) complain(failure, screen);
  for (const line of warningLines(warnings)) process.stderr.write(`${line}\n`);
  return { went: ok && failure === undefined, wasPaged };
}

export function complain(text: string, { areErrorsColoured }: Screen): void {
  process.stderr.write(areErrorsColoured ? `\x1b[31m${text}\x1b[0m\n` : `${text}\n`);
}

/** @returns why it could not be sent */
async function send(
  text: string,
  to: Destination,
  dumps: readonly string[],
): Promise<string | undefined> {
  if (to.kind === 'file') return writeFile(text, to.path, to.isAppended, dumps);
  if (to.kind === 'pipe') await runProgram(to.program, { text });
  return undefined;
}

/** On the screen; where it does not fit, in a pager. @returns whether it was one */
async function show(text: string, pages: boolean): Promise<boolean> {
  const { rows = 24, columns = 80 } = process.stdout;
  if (pages && fillsScreen(text, rows, columns) && (await page(text))) return true;
  if (!process.stdout.write(text))
    await new Promise((resolve) => process.stdout.once('drain', resolve));
  return false;
}

/** As in every shell, `>` replaces a file; never a dump that is open. */
function writeFile(
  text: string,
  path: string,
  isAppended: boolean,
  dumps: readonly string[],
): string | undefined {
  if (dumps.some((dump) => isSameFile(dump, path)))
    return `${path}: is the dump; give another name`;
  try {
    const file = openSync(path, isAppended ? 'a' : 'w', 0o600);
    try {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    } finally {
      closeSync(file);
    }
    return undefined;
  } catch (error) {
    return `${path}: ${systemError(error)}`;
  }
}

function isSameFile(one: string, other: string): boolean {
  const stats = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  const [a, b] = stats;
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
