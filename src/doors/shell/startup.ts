// What runs before the first prompt: `.inquestrc`, `~/.crashrc` when asked for, and `-i FILE`.
import { readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../cli/arguments.ts';
import { systemError } from '../cli/system-error.ts';

export interface Script {
  readonly path: string;
  readonly lines: readonly string[];
  /**
   * Whether it may start programs and write files. One that lies in the current folder may not: it may have come
   * with the dump.
   */
  readonly isTrusted: boolean;
  /** Whether it only sets things up: what `alias` made is not told. */
  readonly isSetup: boolean;
}

/** @throws UsageError when a file that was asked for cannot be read */
export function scripts(crashrc: boolean, input: string | undefined): Script[] {
  const home = homedir();
  const own = script(join(home, '.inquestrc'), true);
  const here = isSamePlace(home, '.') ? undefined : script('.inquestrc', false);
  return [
    ...(own ? [own] : []),
    ...(here ? [here] : []),
    ...(crashrc ? [{ ...wanted(join(home, '.crashrc'), '--crashrc'), isSetup: true }] : []),
    ...(input === undefined ? [] : [wanted(input, `-i ${input}`)]),
  ];
}

function script(path: string, isTrusted: boolean): Script | undefined {
  try {
    return { path, lines: readFileSync(path, 'utf8').split('\n'), isTrusted, isSetup: true };
  } catch {
    // Most people have none.
    return undefined;
  }
}

/** @throws UsageError when it cannot be read */
export function wanted(path: string, option: string): Script {
  try {
    return { path, lines: readFileSync(path, 'utf8').split('\n'), isTrusted: true, isSetup: false };
  } catch (error) {
    const what = `${option}: ${systemError(error)}`;
    throw new UsageError(`${what}; give a file with one command a line`);
  }
}

function isSamePlace(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}
