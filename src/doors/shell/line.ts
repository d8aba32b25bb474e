// A line as it was typed: a command, and where its answer goes.

/** Where an answer goes. */
export type Destination =
  | { readonly kind: 'screen' }
  | { readonly kind: 'nowhere' }
  /** To a program: what stands behind the bar is the system shell's. */
  | { readonly kind: 'pipe'; readonly program: string }
  | { readonly kind: 'file'; readonly path: string; readonly isAppended: boolean };

export type Line =
  | { readonly kind: 'nothing' }
  /** `< FILE`: its lines are commands. */
  | { readonly kind: 'script'; readonly path: string }
  /** `!ls` or `| ls`: a program; `!` alone: an interactive shell. */
  | { readonly kind: 'program'; readonly program: string }
  | { readonly kind: 'command'; readonly text: string; readonly to: Destination }
  | { readonly kind: 'malformed'; readonly message: string };

/**
 * `|`, `>` and `>>` direct where they stand outside of quotes, parentheses, braces and brackets; `->` and `>=` are C.
 * So `p (a > b)` compares, and `p a > b` writes a file, as in crash.
 */
export function parseLine(typed: string, home: string | undefined): Line {
  const line = typed.trim();
  if (line === '' || /^(?:#|\/\/)/.test(line)) return { kind: 'nothing' };
  if (/^[!|]/.test(line)) return { kind: 'program', program: line.slice(1).trim() };
  if (line.startsWith('<')) return fromFile(line.slice(1), home);
  const at = directionAt(line);
  if (at < 0) return { kind: 'command', text: line, to: { kind: 'screen' } };
  const text = line.slice(0, at).trim();
  const to = line[at] === '|' ? toProgram(line.slice(at + 1)) : toFile(line.slice(at + 1), home);
  if (typeof to === 'string') return { kind: 'malformed', message: to };
  if (text === '')
    return { kind: 'malformed', message: `no command before "${line[at]}" whose answer it takes` };
  return { kind: 'command', text, to };
}

/** Whether a line starts a program, writes a file or reads one; or makes an alias that could. */
export const reachesOut = (line: Line): boolean =>
  line.kind === 'program' ||
  line.kind === 'script' ||
  (line.kind === 'command' &&
    (line.to.kind !== 'screen' || (isAlias(line) && SIGNS.test(line.text))));

const SIGNS = /[|<>!]/;

export const isAlias = ({ text }: Line & { kind: 'command' }): boolean => /^alias\s/.test(text);

/** Where the `|` or `>` that directs stands; -1: there is none. */
export function directionAt(line: string): number {
  let depth = 0;
  for (let i = 0; i < line.length; i++) {
    const char = line[i] as string;
    if (char === "'" || char === '"') {
      const end = line.indexOf(char, i + 1);
      if (end > 0) i = end;
    } else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth = Math.max(0, depth - 1);
    else if (depth === 0 && (char === '|' || (char === '>' && isDirection(line, i)))) return i;
  }
  return -1;
}

const isDirection = (line: string, at: number): boolean =>
  line[at - 1] !== '-' && line[at + 1] !== '=';

function toProgram(text: string): Destination | string {
  const program = text.trim();
  return program === '' ? 'no program behind "|"' : { kind: 'pipe', program };
}

function fromFile(text: string, home: string | undefined): Line {
  const path = fileName(text, home);
  if (path !== undefined) return { kind: 'script', path };
  return { kind: 'malformed', message: 'one file of commands stands behind "<"' };
}

function toFile(text: string, home: string | undefined): Destination | string {
  const isAppended = text.startsWith('>');
  const sign = isAppended ? '>>' : '>';
  const name = text.slice(isAppended ? 1 : 0).trim();
  const path = fileName(name, home);
  if (path !== undefined) return { kind: 'file', path, isAppended };
  return name === ''
    ? `no file behind "${sign}"`
    : `one file name stands behind "${sign}", in quotes where it has blanks; to compare, write parentheses: p (a > b)`;
}

/** One name, in quotes where it has blanks; `~` is the home folder. */
function fileName(text: string, home: string | undefined): string | undefined {
  const [, plain, single, double] =
    /^(?:([^\s'"|>]+)|'([^']+)'|"([^"]+)")$/.exec(text.trim()) ?? [];
  return plain && home ? plain.replace(/^~(?=\/|$)/, home) : (single ?? double ?? plain);
}
