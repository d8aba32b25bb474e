// A C expression's tokens.
import { ExpressionError } from './error.ts';

export type Token =
  | { readonly kind: 'number'; readonly text: string; readonly at: number }
  | { readonly kind: 'name'; readonly text: string; readonly at: number }
  | {
      readonly kind: 'character' | 'string';
      readonly text: string;
      readonly bytes: readonly number[];
      readonly at: number;
    }
  | { readonly kind: 'history'; readonly text: string; readonly at: number }
  | { readonly kind: 'sign'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

const BLANKS = /[ \t\r\n]*/y;
const NUMBER = /0[xX]\w*|\.?\d(?:[eE][+-](?=\d)|[\w.])*/y;
const NAME = /[A-Za-z_]\w*/y;
const HISTORY = /\$\d*/y;
const SIGN = /->|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^~!<>()[\].,?:@]/y;
const QUOTED = /(['"])((?:[^\\\n]|\\[\s\S])*?)\1/y;

/**
 * Splits an expression. The last token is `end`.
 *
 * @throws ExpressionError at a character that is no C
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  for (;;) {
    at += match(BLANKS)?.[0].length ?? 0;
    if (at >= text.length) break;
    const token = next(match, at);
    if (!token) throw unexpected(text, at);
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ kind: 'end', text: '', at });
  return tokens;
}

function next(match: (pattern: RegExp) => RegExpExecArray | null, at: number): Token | undefined {
  const number = match(NUMBER)?.[0];
  if (number !== undefined) return { kind: 'number', text: number, at };
  const name = match(NAME)?.[0];
  if (name !== undefined) return { kind: 'name', text: name, at };
  const quoted = match(QUOTED);
  if (quoted) {
    const [text, quote, inner = ''] = quoted;
    const bytes = unescapeC(inner);
    return { kind: quote === "'" ? 'character' : 'string', text, bytes, at };
  }
  const history = match(HISTORY)?.[0];
  if (history !== undefined) return { kind: 'history', text: history, at };
  const sign = match(SIGN)?.[0];
  return sign === undefined ? undefined : { kind: 'sign', text: sign, at };
}

/** gdb's words for what is no C. */
export function unexpected(text: string, at: number): ExpressionError {
  const rest = text.slice(at);
  return new ExpressionError(
    'syntax',
    rest === ''
      ? 'A syntax error in expression, near the end of it.'
      : `A syntax error in expression, near \`${rest}'.`,
  );
}

const ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  e: 27,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
};

/** The bytes of a quoted text: UTF-8, and C's escapes. */
function unescapeC(text: string): number[] {
  const bytes: number[] = [];
  const parts = text.matchAll(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|([\s\S]))|([^\\]+)/g);
  for (const [, octal, hex, letter, plain] of parts) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 0xff);
    else if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (letter !== undefined) bytes.push(ESCAPES[letter] ?? letter.charCodeAt(0) & 0xff);
    else bytes.push(...new TextEncoder().encode(plain));
  }
  return bytes;
}
