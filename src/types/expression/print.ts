// An expression as text again: what was parsed parses to the same.
import { quoteChar, quoteString } from '../c-print/text.ts';
import { type Expression, precedence, type TypeName } from './ast.ts';

const UNARY = precedence.length;
const POSTFIX = UNARY + 1;
const CONDITIONAL = 0.5;

/** With the brackets it needs. */
export function printExpression(expression: Expression): string {
  return print(expression, 0);
}

/** @param level how tightly what stands around it binds: looser things are put in brackets */
function print(expression: Expression, level: number): string {
  const [own, text] = spell(expression);
  return own < level ? `(${text})` : text;
}

function spell(expression: Expression): [level: number, text: string] {
  switch (expression.kind) {
    case 'number': {
      const digits = expression.isDecimal
        ? `${expression.value}`
        : `0x${expression.value.toString(16)}`;
      // In brackets before a point, which would be taken for its own.
      return [UNARY, `${digits}${expression.suffix}`];
    }
    case 'float':
      return [UNARY, floatText(expression.value)];
    case 'character':
      return [POSTFIX, quoteChar(expression.byte)];
    case 'string':
      return [POSTFIX, quoteString(Uint8Array.from(expression.bytes))];
    case 'name':
      return [POSTFIX, expression.name];
    case 'history':
      return [POSTFIX, expression.number === 0 ? '$' : `$${expression.number}`];
    case 'unary':
      // A blank keeps `- -1` and `& &x` apart.
      return [UNARY, `${expression.operator} ${print(expression.operand, UNARY)}`];
    case 'cast':
      return [UNARY, `(${printTypeName(expression.type)})${print(expression.operand, UNARY)}`];
    case 'sizeof':
      // A cast behind it would be taken for the type it is of.
      return [
        UNARY,
        `sizeof ${print(expression.operand, expression.operand.kind === 'cast' ? POSTFIX : UNARY)}`,
      ];
    case 'sizeofType':
      return [UNARY, `sizeof(${printTypeName(expression.type)})`];
    case 'binary': {
      const own = levelOf(expression.operator);
      const left = print(expression.left, own === 0 ? 0 : own);
      const right = print(expression.right, own === 0 ? CONDITIONAL : own + 1);
      return [own, `${left} ${expression.operator} ${right}`];
    }
    case 'conditional': {
      const { condition, yes, no } = expression;
      return [CONDITIONAL, `${print(condition, 1)} ? ${print(yes, 0)} : ${print(no, CONDITIONAL)}`];
    }
    case 'member':
      return [
        POSTFIX,
        `${print(expression.operand, POSTFIX)}${expression.arrow ? '->' : '.'}${expression.name}`,
      ];
    case 'index':
      return [POSTFIX, `${print(expression.operand, POSTFIX)}[${print(expression.index, 0)}]`];
    case 'call': {
      const operands = expression.operands.map((operand) => print(operand, CONDITIONAL));
      return [POSTFIX, `${print(expression.callee, POSTFIX)}(${operands.join(', ')})`];
    }
  }
}

const levelOf = (operator: string): number =>
  precedence.findIndex((operators: readonly string[]) => operators.includes(operator));

/** With a point or an exponent: a plain number is an integer. */
function floatText(value: number): string {
  const text = `${value}`;
  return /[.e]/.test(text) ? text.replace('e+', 'e') : `${text}.0`;
}

/** `struct page *`, `char (*)[16]` */
export function printTypeName({ keyword, name, derived }: TypeName): string {
  let declarator = '';
  let wasPointer = false;
  for (const { kind, ...more } of [...derived].reverse()) {
    if (kind === 'pointer') declarator = `*${declarator}`;
    else {
      if (wasPointer) declarator = `(${declarator})`;
      declarator +=
        kind === 'function' ? '()' : `[${'length' in more && more.length > 0 ? more.length : ''}]`;
    }
    wasPointer = kind === 'pointer';
  }
  const base = keyword ? `${keyword} ${name}` : name;
  return declarator === '' ? base : `${base} ${declarator}`;
}
