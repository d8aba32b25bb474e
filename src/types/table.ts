// The one type model, whatever it was read from: BTF now, DWARF later, a test's own.
import type { Fault } from '../bytes/fault.ts';

/** A type's number within its TypeTable. 0 is void. */
export type TypeId = number & { readonly __type?: 'type id' };

/** A member as its struct declares it. */
export interface Field {
  /** Empty for an anonymous struct or union. */
  readonly name: string;
  readonly type: TypeId;
  /** From the start of the struct. */
  readonly bitOffset: number;
  /** 0: not a bit-field. */
  readonly bitSize: number;
}

/** What a type number stands for; `size` is in bytes, `length` in elements. `kind` says which of these it is. */
export type Type =
  | { readonly kind: 'void' }
  | {
      readonly kind: 'int';
      readonly name: string;
      readonly size: number;
      readonly signed: boolean;
      readonly isBool: boolean;
      readonly isChar: boolean;
    }
  | { readonly kind: 'float'; readonly name: string; readonly size: number }
  | { readonly kind: 'pointer'; readonly to: TypeId }
  | { readonly kind: 'array'; readonly of: TypeId; readonly length: number }
  | {
      readonly kind: 'struct' | 'union';
      readonly name: string;
      readonly size: number;
      readonly fields: readonly Field[];
    }
  | {
      readonly kind: 'enum';
      readonly name: string;
      readonly size: number;
      readonly signed: boolean;
      readonly values: readonly { readonly name: string; readonly value: bigint }[];
    }
  | { readonly kind: 'forward'; readonly name: string; readonly of: 'struct' | 'union' }
  | { readonly kind: 'typedef'; readonly name: string; readonly to: TypeId }
  | {
      readonly kind: 'qualifier';
      readonly qualifier: 'const' | 'volatile' | 'restrict';
      readonly to: TypeId;
    }
  /** BTF's type tags (`address_space(1)`, user pointers): transparent. */
  | { readonly kind: 'tag'; readonly name: string; readonly to: TypeId }
  | {
      readonly kind: 'function';
      readonly returns: TypeId;
      readonly parameters: readonly { readonly name: string; readonly type: TypeId }[];
      readonly isVariadic: boolean;
    };

/** A member reached by a path, anonymous members looked through. */
export interface Member {
  /** Bytes from the start of the outermost struct. */
  readonly offset: number;
  readonly size: number;
  readonly type: TypeId;
  readonly signed: boolean;
  /** For a bit-field: bits from `offset`, and how many. */
  readonly bits: { readonly offset: number; readonly size: number } | undefined;
}

/** The kinds of type that can be found by name. */
export type TypeKind = 'struct' | 'union' | 'enum' | 'typedef' | 'int' | 'function';

/** The C types of the kernel, or of a module on top of them. */
export interface TypeTable {
  /** Why there are no types, or why not all: as far as they were read yet. Those found are good. */
  readonly fault: Fault | undefined;
  /** Reads them all. @returns why there are none, or not all; undefined when they are whole */
  verify(): Fault | undefined;
  /** @returns a `void` for a number that is no type */
  type(id: TypeId): Type;
  /** The first type of that kind and name. */
  find(kind: TypeKind, name: string): TypeId | undefined;
  /**
   * A member by struct (or union, or typedef of one) and dotted path: `member('task_struct', 'se.load')`,
   * an element of an array as `path[3]`. Undefined when this kernel has no such struct or member.
   */
  member(struct: string, path: string): Member | undefined;
  /** Bytes; by name, or by number. */
  sizeOf(type: string | TypeId): number | undefined;
  /** The value of an enumerator: `enumerator('mq_rq_state', 'MQ_RQ_IN_FLIGHT')`. */
  enumerator(enumName: string, name: string): number | undefined;
  /** Typedefs, qualifiers and tags taken off. */
  strip(id: TypeId): Type;
}
