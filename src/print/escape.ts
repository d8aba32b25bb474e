// Text from a dump, made fit for a terminal.

/** C0, DEL, C1, and the characters that reorder or hide text (bidi, zero width, line separators). */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** The same without those that lay an answer out: a table has a newline in each row. */
const UNSAFE_IN_LINES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Every such character as `\x1b` or `\u202e`; nothing is dropped. Tabs and newlines too. */
export const escapeText = (text: string): string => text.replace(UNSAFE, visible);

/** As `escapeText`, for a whole answer: newlines and tabs are layout and stay. */
export const escapeLines = (text: string): string => text.replace(UNSAFE_IN_LINES, visible);

function visible(char: string): string {
  const code = char.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** A JSON document with a newline behind it; what a terminal would obey is written `\\u202e`, which is the same JSON. */
export const jsonText = (value: unknown, indent = 0): string =>
  `${JSON.stringify(value, null, indent).replace(UNSAFE, (char) =>
    char === '\n' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )}\n`;
