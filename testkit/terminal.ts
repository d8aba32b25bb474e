// A person at a terminal: types keys, and waits for what is to be seen.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const PTY = fileURLToPath(new URL('terminal.py', import.meta.url));

/** Python makes the terminal: Node.js has none. */
export const hasTerminals = spawnSync('python3', ['--version']).status === 0;

export interface TerminalOptions {
  readonly rows?: number;
  readonly columns?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

export class Terminal {
  readonly #program: ChildProcess;
  readonly #ended: Promise<number | null>;
  /** All that was shown, with its control sequences. */
  raw = '';
  #from = 0;

  constructor(program: string, words: readonly string[], options: TerminalOptions = {}) {
    const { rows = 24, columns = 80, env = process.env, cwd } = options;
    const size = [`${rows}`, `${columns}`];
    this.#program = spawn('python3', [PTY, ...size, program, ...words], { env, cwd });
    this.#program.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.raw += text;
    });
    this.#program.stderr?.on('data', (text: Buffer) => {
      this.raw += text;
    });
    this.#ended = new Promise((resolve) => this.#program.on('close', resolve));
  }

  /** As a person reads it: without control sequences, lines end with `\n`. */
  get text(): string {
    return stripVTControlCharacters(this.raw).replaceAll('\r', '');
  }

  type(keys: string): void {
    this.#program.stdin?.write(keys);
  }

  /**
   * Waits until it is shown, behind what was waited for before.
   *
   * @returns what was shown up to there
   */
  async until(what: string | RegExp, ms = 30_000): Promise<string> {
    const end = performance.now() + ms;
    for (;;) {
      const text = this.text.slice(this.#from);
      const at = typeof what === 'string' ? text.indexOf(what) : text.search(what);
      if (at >= 0) {
        const length = typeof what === 'string' ? what.length : (what.exec(text)?.[0].length ?? 0);
        this.#from += at + length;
        return text.slice(0, at + length);
      }
      if (performance.now() > end || this.#program.exitCode !== null)
        throw new Error(`not shown: ${what}; but:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** What the program has cost so far; NaN where there is no /proc. */
  cpuSeconds(): number {
    try {
      const pty = this.#program.pid;
      const [child] = readFileSync(`/proc/${pty}/task/${pty}/children`, 'utf8').split(' ');
      const stat = readFileSync(`/proc/${child}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      // proc(5): utime and stime in ticks, a hundredth of a second wherever Node.js runs.
      return (Number(stat[11]) + Number(stat[12])) / 100;
    } catch {
      return Number.NaN;
    }
  }

  /** @returns the exit status */
  ended(): Promise<number | null> {
    return this.#ended;
  }

  kill(): void {
    this.#program.kill();
  }
}
