// gdb's machine interface: one record of a line, as plain data. Grammar: "GDB/MI Output Syntax" of gdb's manual.

export type MiValue = string | MiValue[] | { [name: string]: MiValue };

export interface MiRecord {
  /** The number in front of the command that it answers; null: it answers none. */
  readonly token: number | null;
  /** `^` an answer, `*` and `=` news. */
  readonly sort: '^' | '*' | '=';
  /** `done`, `error`, `stopped`. */
  readonly name: string;
  readonly values: Readonly<Record<string, MiValue>>;
}

/** Undefined: text for a person, a prompt, or no record. */
export function parseMi(line: string): MiRecord | undefined {
  const [head, token, sort, name] = /^(\d*)([\^*=])([a-z-]+)/.exec(line) ?? [];
  if (head === undefined || name === undefined) return undefined;
  const reader = new Reader(line, head.length);
  return {
    token: token ? Number(token) : null,
    sort: sort as MiRecord['sort'],
    name,
    values: reader.members(''),
  };
}

/** Deeper than any answer that is asked for. */
const DEEPEST = 40;

class Reader {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  /** `name=value,…` up to a closing bracket. */
  members(close: string, depth = 0): Record<string, MiValue> {
    const found: Record<string, MiValue> = {};
    while (this.#at < this.#text.length && !this.#take(close)) {
      this.#take(',');
      const name = this.#name();
      if (name === undefined) break;
      found[name] = this.#value(depth);
    }
    return found;
  }

  #take(char: string): boolean {
    if (char === '' || this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #name(): string | undefined {
    const equals = this.#text.indexOf('=', this.#at);
    if (equals < 0) return undefined;
    const name = this.#text.slice(this.#at, equals);
    if (!/^[\w-]+$/.test(name)) return undefined;
    this.#at = equals + 1;
    return name;
  }

  #value(depth: number): MiValue {
    if (depth > DEEPEST) {
      this.#at = this.#text.length;
      return '';
    }
    if (this.#take('"')) return this.#string();
    if (this.#take('{')) return this.members('}', depth + 1);
    if (this.#take('[')) return this.#list(depth + 1);
    this.#at = this.#text.length;
    return '';
  }

  /** Values, or `name=value` of which the names say nothing more. */
  #list(depth: number): MiValue[] {
    const found: MiValue[] = [];
    while (this.#at < this.#text.length && !this.#take(']')) {
      if (this.#take(',')) continue;
      const char = this.#text[this.#at] ?? '';
      if (!'"{['.includes(char) && this.#name() === undefined) break;
      found.push(this.#value(depth));
    }
    return found;
  }

  #string(): string {
    let text = '';
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at];
      if (char === '"') {
        this.#at++;
        break;
      }
      if (char === '\\') {
        this.#at++;
        const next = this.#text[this.#at] ?? '';
        text += { n: '\n', t: '\t', r: '\r' }[next] ?? next;
      } else text += char;
    }
    return text;
  }
}

export const asList = (value: MiValue | undefined): MiValue[] =>
  Array.isArray(value) ? value : [];

export const asRecord = (value: MiValue | undefined): Record<string, MiValue> =>
  typeof value === 'object' && !Array.isArray(value) ? value : {};

export const asText = (value: MiValue | undefined): string =>
  typeof value === 'string' ? value : '';
