// C expressions, as gdb understands them: tokens to a tree.
import type { BinaryOperator, Derivation, Expression, TypeName, UnaryOperator } from './ast.ts';
import { precedence } from './ast.ts';
import { ExpressionError } from './error.ts';
import { type Token, tokenize, unexpected } from './lexer.ts';

/** Deeper than anyone writes; the parser calls itself. */
const MAX_DEPTH = 200;

const TAGS: readonly string[] = ['struct', 'union', 'enum'];
const QUALIFIERS: readonly string[] = ['const', 'volatile', 'restrict', '__restrict', '__user'];
const INTEGERS: readonly string[] = [
  'void',
  'char',
  'short',
  'int',
  'long',
  'signed',
  'unsigned',
  'float',
  'double',
  '_Bool',
];
const UNARY: readonly string[] = ['*', '&', '-', '+', '!', '~'];

/**
 * Parses an expression.
 *
 * @param isTypeName whether a word that is no keyword names a type: `(pid_t)1` is a cast, `(pid)(1)` a call
 * @throws ExpressionError when it is none
 */
export function parseExpression(text: string, isTypeName: (name: string) => boolean): Expression {
  const parser = new Parser(text, isTypeName);
  const expression = parser.expression();
  parser.end();
  return expression;
}

/**
 * Parses a type: `struct page *`, `unsigned long`, `char (*)[16]`.
 *
 * @throws ExpressionError when it is none
 */
export function parseTypeName(text: string, isTypeName: (name: string) => boolean): TypeName {
  const parser = new Parser(text, isTypeName);
  const type = parser.typeName();
  parser.end();
  return type;
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #isTypeName: (name: string) => boolean;
  #next = 0;
  #depth = 0;

  constructor(text: string, isTypeName: (name: string) => boolean) {
    this.#text = text;
    this.#tokens = tokenize(text);
    this.#isTypeName = isTypeName;
  }

  expression(): Expression {
    return this.#nested(() => this.#binary(0));
  }

  end(): void {
    if (this.#token.kind !== 'end') throw this.#unexpected();
  }

  get #token(): Token {
    return this.#tokens[this.#next] as Token;
  }

  #unexpected(): ExpressionError {
    return unexpected(this.#text, this.#token.at);
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH)
      throw new ExpressionError('syntax', 'The expression is nested too deep.');
    const result = parse();
    this.#depth--;
    return result;
  }

  /** Takes a sign if it is next. */
  #takes(sign: string): boolean {
    const token = this.#token;
    if (token.kind !== 'sign' || token.text !== sign) return false;
    this.#next++;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#takes(sign)) throw this.#unexpected();
  }

  #binary(level: number): Expression {
    const operators: readonly string[] | undefined = precedence[level];
    if (!operators) return this.#unary();
    // A conditional binds closer than a comma, and looser than anything else.
    const tighter = () => (level === 0 ? this.#conditional() : this.#binary(level + 1));
    let left = tighter();
    for (let long = 0; ; long++) {
      const token = this.#token;
      if (token.kind !== 'sign' || !operators.includes(token.text)) return left;
      if (long > MAX_DEPTH) throw new ExpressionError('syntax', 'The expression is too long.');
      this.#next++;
      left = { kind: 'binary', operator: token.text as BinaryOperator, left, right: tighter() };
    }
  }

  #conditional(): Expression {
    const condition = this.#binary(1);
    if (!this.#takes('?')) return condition;
    const yes = this.expression();
    this.#expect(':');
    const no = this.#nested(() => this.#conditional());
    return { kind: 'conditional', condition, yes, no };
  }

  #unary(): Expression {
    const token = this.#token;
    if (token.kind === 'sign' && UNARY.includes(token.text)) {
      this.#next++;
      const operand = this.#nested(() => this.#unary());
      return { kind: 'unary', operator: token.text as UnaryOperator, operand };
    }
    if (token.kind === 'name' && token.text === 'sizeof') {
      this.#next++;
      return this.#sizeof();
    }
    if (token.text === '(' && this.#startsType(1)) {
      this.#next++;
      const type = this.typeName();
      this.#expect(')');
      const operand = this.#nested(() => this.#unary());
      return { kind: 'cast', type, operand };
    }
    return this.#postfix();
  }

  #sizeof(): Expression {
    if (this.#token.text !== '(' || !this.#startsType(1))
      return { kind: 'sizeof', operand: this.#nested(() => this.#unary()) };
    this.#next++;
    const type = this.typeName();
    this.#expect(')');
    return { kind: 'sizeofType', type };
  }

  #postfix(): Expression {
    let operand = this.#primary();
    for (let long = 0; ; long++) {
      if (long > MAX_DEPTH) throw new ExpressionError('syntax', 'The expression is too long.');
      if (this.#takes('[')) {
        const index = this.expression();
        this.#expect(']');
        operand = { kind: 'index', operand, index };
      } else if (this.#takes('('))
        operand = { kind: 'call', callee: operand, operands: this.#operands() };
      else if (this.#token.text === '.' || this.#token.text === '->') {
        const arrow = this.#token.text === '->';
        this.#next++;
        operand = { kind: 'member', operand, name: this.#name(), arrow };
      } else return operand;
    }
  }

  #operands(): Expression[] {
    const operands: Expression[] = [];
    if (this.#takes(')')) return operands;
    do operands.push(this.#nested(() => this.#conditional()));
    while (this.#takes(','));
    this.#expect(')');
    return operands;
  }

  #name(): string {
    const token = this.#token;
    if (token.kind !== 'name') throw this.#unexpected();
    this.#next++;
    return token.text;
  }

  #primary(): Expression {
    const token = this.#token;
    this.#next++;
    switch (token.kind) {
      case 'number':
        return numberOf(token.text);
      case 'name':
        if (!isKeyword(token.text)) return { kind: 'name', name: token.text };
        break;
      case 'string':
        return { kind: 'string', bytes: token.bytes };
      case 'character':
        if (token.bytes.length === 1) return { kind: 'character', byte: token.bytes[0] ?? 0 };
        break;
      case 'history':
        return { kind: 'history', number: Number(token.text.slice(1)) };
      default:
        if (token.text !== '(') break;
        {
          const inner = this.expression();
          this.#expect(')');
          return inner;
        }
    }
    this.#next--;
    throw this.#unexpected();
  }

  /** Whether the token `ahead` begins a type. */
  #startsType(ahead: number): boolean {
    const token = this.#tokens[this.#next + ahead];
    return (
      token?.kind === 'name' &&
      token.text !== 'sizeof' &&
      (isKeyword(token.text) || this.#isTypeName(token.text))
    );
  }

  typeName(): TypeName {
    const { keyword, name } = this.#baseType();
    const derived = this.#nested(() => this.#abstract());
    return { keyword, name, derived };
  }

  #baseType(): Pick<TypeName, 'keyword' | 'name'> {
    this.#qualifiers();
    const first = this.#token;
    if (first.kind !== 'name') throw this.#unexpected();
    this.#next++;
    if (TAGS.includes(first.text)) {
      const name = this.#name();
      this.#qualifiers();
      return { keyword: first.text as 'struct' | 'union' | 'enum', name };
    }
    const words = [first.text];
    if (INTEGERS.includes(first.text))
      for (;;) {
        this.#qualifiers();
        const token = this.#token;
        if (token.kind !== 'name' || !INTEGERS.includes(token.text)) break;
        words.push(token.text);
        this.#next++;
      }
    else if (!this.#isTypeName(first.text)) {
      this.#next--;
      throw this.#unexpected();
    }
    this.#qualifiers();
    return { keyword: undefined, name: integerName(words) };
  }

  #qualifiers(): void {
    while (this.#token.kind === 'name' && QUALIFIERS.includes(this.#token.text)) this.#next++;
  }

  /** A declarator without a name: `*`, `(*)[10]`, `(*)(int)`. The nearest to the base comes first. */
  #abstract(): Derivation[] {
    const pointers: Derivation[] = [];
    while (this.#takes('*')) {
      this.#qualifiers();
      pointers.push({ kind: 'pointer' });
    }
    let inner: Derivation[] = [];
    const ahead = this.#tokens[this.#next + 1];
    if (this.#token.text === '(' && (ahead?.text === '*' || ahead?.text === '(')) {
      this.#next++;
      inner = this.#nested(() => this.#abstract());
      this.#expect(')');
    }
    const suffixes: Derivation[] = [];
    for (;;) {
      if (this.#takes('[')) suffixes.push(this.#arrayLength());
      else if (this.#token.text === '(') {
        this.#next++;
        this.#parameters();
        suffixes.push({ kind: 'function' });
      } else break;
    }
    return [...pointers, ...suffixes.reverse(), ...inner];
  }

  #arrayLength(): Derivation {
    const token = this.#token;
    if (this.#takes(']')) return { kind: 'array', length: 0 };
    const length = token.kind === 'number' ? numberOf(token.text) : undefined;
    if (length?.kind !== 'number' || length.value >= 1n << 32n) throw this.#unexpected();
    this.#next++;
    this.#expect(']');
    return { kind: 'array', length: Number(length.value) };
  }

  /** What a function takes does not matter to a pointer to it. */
  #parameters(): void {
    if (this.#takes(')')) return;
    do this.typeName();
    while (this.#takes(','));
    this.#expect(')');
  }
}

const isKeyword = (word: string): boolean =>
  TAGS.includes(word) || QUALIFIERS.includes(word) || INTEGERS.includes(word) || word === 'sizeof';

/** `long unsigned` → `unsigned long`: one spelling, gdb's. */
function integerName(words: readonly string[]): string {
  const has = (word: string): boolean => words.includes(word);
  if (words.length === 1 && !has('signed'))
    return words[0] === 'unsigned' ? 'unsigned int' : `${words[0]}`;
  const longs = words.filter((word) => word === 'long').length;
  const size = has('char')
    ? 'char'
    : has('short')
      ? 'short'
      : longs > 1
        ? 'long long'
        : longs === 1
          ? has('double')
            ? 'long double'
            : 'long'
          : 'int';
  if (has('unsigned')) return size === 'short' ? 'unsigned short' : `unsigned ${size}`;
  return has('signed') && size === 'char' ? 'signed char' : size;
}

function numberOf(text: string): Expression {
  const integer = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9]\d*)([uUlL]*)$/.exec(text);
  if (!integer) {
    const real = /^(\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d{1,3})?$/.test(text)
      ? Number(text)
      : Number.NaN;
    if (Number.isNaN(real)) throw new ExpressionError('syntax', `Invalid number "${text}".`);
    return { kind: 'float', value: real };
  }
  const [, digits = '0', letters = ''] = integer;
  const suffix = letters.toLowerCase().replace('ll', 'l');
  if (!['', 'u', 'l', 'ul', 'lu'].includes(suffix))
    throw new ExpressionError('syntax', `Invalid number "${text}".`);
  const isOctal = /^0[0-7]/.test(digits);
  const value = digits.length > 80 ? 1n << 64n : BigInt(isOctal ? `0o${digits.slice(1)}` : digits);
  if (value >> 64n !== 0n) throw new ExpressionError('syntax', 'Numeric constant too large.');
  return {
    kind: 'number',
    value,
    isDecimal: /^[1-9]/.test(digits),
    suffix: (suffix === 'lu' ? 'ul' : suffix) as '' | 'u' | 'l' | 'ul',
  };
}
