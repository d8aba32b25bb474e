// The lines that were typed, kept across runs: $XDG_STATE_HOME/inquest/history, one a line, the last at the end.
// https://specifications.freedesktop.org/basedir/latest/
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemError } from '../cli/system-error.ts';

/** Lines that are kept. */
export const MOST_LINES = 1000;
/** A longer line was pasted: nobody looks for it. */
const LONGEST = 4096;

export class History {
  readonly #path: string | undefined;
  /** The last first, as readline takes them. */
  readonly lines: readonly string[];
  #failure: string | undefined;

  /** @param environment where XDG_STATE_HOME and HOME stand; without both nothing is kept */
  constructor(environment: Readonly<Record<string, string | undefined>>) {
    const { XDG_STATE_HOME: state, HOME: home } = environment;
    const folder = state?.startsWith('/') ? state : home && join(home, '.local', 'state');
    this.#path = folder && join(folder, 'inquest', 'history');
    this.lines = this.#read();
  }

  /** Why it could not be kept; undefined: it was. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Added at the end at once: other sessions add theirs, and none is lost when this one dies. */
  add(line: string): void {
    if (line.trim() === '' || line.length > LONGEST || line.includes('\n')) return;
    this.#try((path) => appendFileSync(path, `${line}\n`, { mode: 0o600 }));
  }

  #read(): string[] {
    let text = '';
    try {
      text = this.#path ? readFileSync(this.#path, 'utf8') : '';
    } catch {
      // The first run, or a file that cannot be read: adding to it will say so.
    }
    const all = text.split('\n').filter((line) => line !== '' && line.length <= LONGEST);
    const lines = [...new Set(all.reverse())].slice(0, MOST_LINES);
    if (all.length > 2 * MOST_LINES)
      this.#try((path) => {
        const shorter = `${path}.${process.pid}`;
        writeFileSync(shorter, `${[...lines].reverse().join('\n')}\n`, { mode: 0o600 });
        renameSync(shorter, path);
      });
    return lines;
  }

  #try(write: (path: string) => void): void {
    if (!this.#path || this.#failure) return;
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      write(this.#path);
    } catch (error) {
      this.#failure = `${this.#path}: ${systemError(error)}`;
    }
  }
}
