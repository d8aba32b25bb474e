// A C expression as a tree. Brackets are in its shape only; print.ts puts them back where they are needed.

/** A type as an expression spells it: what it is of, and what is derived from it, in order. */
export interface TypeName {
  /** `struct NAME`, `union NAME`, `enum NAME`, or words that name an integer or a typedef. */
  readonly keyword: 'struct' | 'union' | 'enum' | undefined;
  readonly name: string;
  /** `char (*)[10]`: an array of 10, then a pointer to it. */
  readonly derived: readonly Derivation[];
}

export type Derivation =
  | { readonly kind: 'pointer' }
  | { readonly kind: 'array'; readonly length: number }
  | { readonly kind: 'function' };

export type UnaryOperator = '*' | '&' | '-' | '+' | '!' | '~';

export type BinaryOperator = (typeof binaryOperators)[number];

/** By precedence, the loosest first. `@` is gdb's: so many elements from here on. */
export const precedence = [
  [','],
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['<<', '>>'],
  ['@'],
  ['+', '-'],
  ['*', '/', '%'],
] as const;

export const binaryOperators = precedence.flat();

export type Expression =
  | {
      readonly kind: 'number';
      readonly value: bigint;
      /** Not in decimal digits: may be unsigned without a suffix. */
      readonly isDecimal: boolean;
      /** `u`, `l`, `ul`; `ll` is `l`. */
      readonly suffix: '' | 'u' | 'l' | 'ul';
    }
  | { readonly kind: 'float'; readonly value: number }
  /** One byte a character. */
  | { readonly kind: 'character'; readonly byte: number }
  | { readonly kind: 'string'; readonly bytes: readonly number[] }
  /** A variable, function, or enumerator. */
  | { readonly kind: 'name'; readonly name: string }
  /** A value printed before: `$3`; 0: the last, `$`. */
  | { readonly kind: 'history'; readonly number: number }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'conditional';
      readonly condition: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    }
  | {
      readonly kind: 'member';
      readonly operand: Expression;
      readonly name: string;
      readonly arrow: boolean;
    }
  | { readonly kind: 'index'; readonly operand: Expression; readonly index: Expression }
  | {
      readonly kind: 'call';
      readonly callee: Expression;
      readonly operands: readonly Expression[];
    }
  | { readonly kind: 'cast'; readonly type: TypeName; readonly operand: Expression }
  | { readonly kind: 'sizeof'; readonly operand: Expression }
  | { readonly kind: 'sizeofType'; readonly type: TypeName };
