// What a person sees while something takes long: one line on standard error, rewritten; nothing when that is no
// terminal, or one that cannot rewrite a line.

export interface Progress {
  /** @param done of `all` steps, before this one */
  step(what: string, done: number, all: number): void;
  /** @param text what is going on, without a known end */
  show(text: string): void;
  /** Takes the line away, before anything else is printed. */
  clear(): void;
}

/** Nothing is shown before this: short work needs no line. */
const PATIENCE_MS = 400;

export function progress(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY || process.env.TERM === 'dumb')
    return { step: () => {}, show: () => {}, clear: () => {} };
  const start = performance.now();
  let isShown = false;
  const show = (line: string): void => {
    if (performance.now() - start < PATIENCE_MS) return;
    stream.write(`\r\x1b[K${line.slice(0, Math.max(10, (stream.columns || 80) - 1))}`);
    isShown = true;
  };
  return {
    step: (what, done, all) => show(`${what} (${done + 1} of ${all})`),
    show,
    clear() {
      if (isShown) stream.write('\r\x1b[K');
      isShown = false;
    },
  };
}
