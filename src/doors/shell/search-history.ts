// ^R: the line becomes the last one of the history in which stands what was typed; again: the one before.
import type { Interface } from 'node:readline';

const END = { ctrl: true, name: 'e' };
const ERASE = { ctrl: true, name: 'u' };
const BELL = '\x07';

/** @param lines the history, the last first */
export function searchHistory(rl: Interface, lines: () => readonly string[]): void {
  let sought = '';
  let shown: string | undefined;
  let at = -1;
  process.stdin.on('keypress', (_, key?: { readonly ctrl: boolean; readonly name?: string }) => {
    if (!key?.ctrl || key.name !== 'r') return;
    if (rl.line !== shown) [sought, at] = [rl.line, -1];
    const next = lines().findIndex(
      (line, i) => i > at && line !== rl.line && line.includes(sought),
    );
    if (next < 0) {
      process.stdout.write(BELL);
      return;
    }
    [at, shown] = [next, lines()[next] as string];
    rl.write(null, END);
    rl.write(null, ERASE);
    rl.write(shown);
  });
}
