// Lines laid out for a width, escaped before they are coloured: what a dump says reaches no terminal raw.
import { escapeText } from '../../print/escape.ts';
import { wrap } from '../kit/usage.ts';

export interface Look {
  /** Columns to lay out for. */
  readonly width: number;
  /** A terminal: the first two lines are wrapped, too; elsewhere they stay whole, for who reads only them. */
  readonly isTerminal: boolean;
  readonly isColoured: boolean;
  /** Also the rules that were tried, and the signature. */
  readonly isVerbose: boolean;
}

/** Narrower than this nothing can be laid out; text then runs over. */
const LEAST_WIDTH = 40;

/** SGR codes: what a terminal makes of them is its own choice of colours. */
const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Style = keyof typeof STYLES;

const ITEM = '  - ';
const COMMAND = '      ';
const OUTPUT = '        ';

export class Page {
  readonly width: number;
  readonly #isTerminal: boolean;
  readonly #isColoured: boolean;

  constructor({ width, isTerminal, isColoured }: Look) {
    this.width = Math.max(width, LEAST_WIDTH);
    this.#isTerminal = isTerminal;
    this.#isColoured = isColoured;
  }

  *head(text: string, style: Style): Generator<string> {
    if (this.#isTerminal)
      for (const line of this.#broken(text, this.width)) yield this.#style(line, style);
    else yield this.#style(escapeText(text), style);
  }

  *heading(text: string): Generator<string> {
    yield '';
    yield this.#style(text, 'bold');
  }

  /** @param lead its first word or words, in a style of their own */
  *item(text: string, lead = '', style?: Style): Generator<string> {
    const whole = lead === '' ? text : `${lead}: ${text}`;
    for (const [i, line] of this.#broken(whole, this.width - ITEM.length).entries()) {
      const indent = i === 0 ? ITEM : ' '.repeat(ITEM.length);
      const shown = escapeText(lead);
      const isLed = i === 0 && style !== undefined && line.startsWith(shown);
      yield indent + (isLed ? this.#style(shown, style) + line.slice(shown.length) : line);
    }
  }

  command(command: string): string {
    return `${COMMAND}${this.#style(`> ${escapeText(command)}`, 'cyan')}`;
  }

  /** A command's own line: cut rather than wrapped, its columns mean something. */
  output(line: string): string {
    return `${OUTPUT}${this.#style(this.#cut(line, this.width - OUTPUT.length), 'dim')}`;
  }

  /** A line of a drawing, cut where it is too long. */
  drawn(line: string, style?: Style): string {
    return this.#style(this.#cut(line, this.width), style);
  }

  #cut(line: string, room: number): string {
    const text = escapeText(line.replaceAll('\t', ' ').trimEnd());
    return text.length > room ? `${text.slice(0, room - 1)}…` : text;
  }

  /** Words laid into lines; one that is longer than a line is broken. */
  #broken(text: string, room: number): string[] {
    return wrap(escapeText(text), room).flatMap((line) =>
      line.length <= room ? [line] : (line.match(new RegExp(`.{1,${room}}`, 'gu')) ?? []),
    );
  }

  #style(text: string, style: Style | undefined): string {
    return this.#isColoured && style ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
  }
}
