// A terminal's window as tmux draws it: where every letter stands, whatever was written over.
import { spawnSync } from 'node:child_process';

const has = (program: string, option: string): boolean => spawnSync(program, [option]).status === 0;

export const hasWindows = has('tmux', '-V');

let made = 0;

export class Window {
  /** A server of its own: nobody else's sessions and settings. */
  readonly #server = `inquest-${process.pid}-${++made}`;

  constructor(
    program: readonly string[],
    size: { readonly columns: number; readonly rows: number; readonly env: NodeJS.ProcessEnv },
  ) {
    const { columns, rows, env } = size;
    const words = ['-f', '/dev/null', 'new-session', '-d', '-x', `${columns}`, '-y', `${rows}`];
    this.#tmux([...words, '--', ...program], env);
  }

  /** Without the blanks at the end of lines, and the empty lines below the last. */
  get screen(): string {
    return this.#tmux(['capture-pane', '-p'])
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd();
  }

  type(text: string): void {
    this.#tmux(['send-keys', '-l', '--', text]);
  }

  /** By tmux's names: `Enter`, `C-c`. */
  key(...names: readonly string[]): void {
    this.#tmux(['send-keys', ...names]);
  }

  resize(columns: number): void {
    this.#tmux(['resize-window', '-x', `${columns}`]);
  }

  async until(what: RegExp, ms = 30_000): Promise<void> {
    const end = performance.now() + ms;
    while (!what.test(this.screen)) {
      if (performance.now() > end) throw new Error(`not shown: ${what}; but:\n${this.screen}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  kill(): void {
    this.#tmux(['kill-server']);
  }

  #tmux(words: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
    return spawnSync('tmux', ['-L', this.#server, ...words], { encoding: 'utf8', env }).stdout;
  }
}
