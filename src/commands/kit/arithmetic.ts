// Arithmetic on 64-bit words as crash's arguments have it: `eval`, and operands in brackets.
//
//   numbers: decimal; hexadecimal with 0x or with a digit a-f; k, m and g behind them are 2^10, 2^20, 2^30
//   symbols: their addresses; operators as in C: * / % + - << >> & ^ | and unary - ~, with brackets

export type Resolve = (name: string) => bigint | undefined;

const PRECEDENCE: Readonly<Record<string, number>> = {
  ...{ '*': 6, '/': 6, '%': 6 },
  ...{ '+': 5, '-': 5 },
  ...{ '<<': 4, '>>': 4 },
  ...{ '&': 3, '^': 2, '|': 1 },
};

const TOKEN = /\s*(<<|>>|[-+*/%&^|~()]|[A-Za-z0-9_.$]+)/y;
/** More than anyone types: bounds the recursion. */
const MAX_DEPTH = 100;

/**
 * The value of an expression, modulo 2^64.
 *
 * @param radix of digits without 0x and without a letter
 * @returns undefined when it is none, divides by zero, or has an unknown name
 */
export function evaluate(text: string, resolve: Resolve, radix: 10 | 16 = 10): bigint | undefined {
  const tokens = tokensOf(text);
  if (!tokens) return undefined;
  const parser = new Parser(tokens, resolve, radix);
  const value = parser.expression(0, 0);
  return parser.isAtEnd ? value : undefined;
}

/** One number, without operators; undefined when it is none. */
export function numberOf(word: string, radix: 10 | 16 = 10): bigint | undefined {
  const [, prefix, digits = '', unit] = /^(0x)?([0-9a-f]+)([kmg])?$/i.exec(word) ?? [];
  if (digits === '') return undefined;
  const isHex = prefix !== undefined || radix === 16 || /[a-f]/i.test(digits);
  const value = BigInt(isHex ? `0x${digits}` : digits);
  const shift = unit ? { k: 10n, m: 20n, g: 30n }[unit.toLowerCase() as 'k' | 'm' | 'g'] : 0n;
  // What does not fit is as large as fits, as strtoull() has it.
  const limited = value > MAX ? MAX : value;
  return BigInt.asUintN(64, limited << shift);
}

const MAX = (1n << 64n) - 1n;

function tokensOf(text: string): string[] | undefined {
  const tokens: string[] = [];
  const trimmed = text.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed);
    if (!match) return undefined;
    tokens.push(match[1] as string);
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly string[];
  readonly #resolve: Resolve;
  readonly #radix: 10 | 16;
  #at = 0;

  constructor(tokens: readonly string[], resolve: Resolve, radix: 10 | 16) {
    this.#tokens = tokens;
    this.#resolve = resolve;
    this.#radix = radix;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** Operators that bind tighter than `above`. */
  expression(above: number, depth: number): bigint | undefined {
    let left = this.#unary(depth);
    while (left !== undefined) {
      const operator = this.#tokens[this.#at] ?? '';
      const precedence = PRECEDENCE[operator] ?? 0;
      if (precedence <= above) break;
      this.#at++;
      const right = this.expression(precedence, depth + 1);
      left = right === undefined ? undefined : applied(operator, left, right);
    }
    return left;
  }

  #unary(depth: number): bigint | undefined {
    if (depth > MAX_DEPTH) return undefined;
    const token = this.#tokens[this.#at++];
    if (token === undefined) return undefined;
    if (token === '-' || token === '~') {
      const value = this.#unary(depth + 1);
      return value === undefined ? value : BigInt.asUintN(64, token === '-' ? -value : ~value);
    }
    if (token === '(') {
      const value = this.expression(0, depth + 1);
      return this.#tokens[this.#at++] === ')' ? value : undefined;
    }
    if (!/^[A-Za-z0-9_.$]/.test(token)) return undefined;
    return this.#resolve(token) ?? numberOf(token, this.#radix);
  }
}

function applied(operator: string, left: bigint, right: bigint): bigint | undefined {
  if ((operator === '/' || operator === '%') && right === 0n) return undefined;
  return BigInt.asUintN(64, operations[operator]?.(left, right) ?? 0n);
}

const operations: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '<<': (a, b) => (b > 63n ? 0n : a << b),
  '>>': (a, b) => (b > 63n ? 0n : a >> b),
  '&': (a, b) => a & b,
  '^': (a, b) => a ^ b,
  '|': (a, b) => a | b,
};
