// What `struct`, `union` and `*` answer.
import type { CJson } from '../../types/c-print.ts';

export interface StructMember {
  /** Empty for an anonymous struct or union. */
  readonly name: string;
  /** As C spells it. */
  readonly type: string;
  /** Bytes from the start. */
  readonly offset: number;
  /** Of a bit-field: its lowest bit from `offset`, and how many; null: none. */
  readonly bits: { readonly offset: number; readonly size: number } | null;
}

export interface StructValue {
  /** Of a per-CPU variable: whose copy. */
  readonly cpu: number | null;
  readonly address: string;
  /** All members by name, or those asked for by reference; null: only bytes or offsets were asked for. */
  readonly value: CJson;
}

export interface StructAnswer {
  /** `struct list_head` */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  readonly members: readonly StructMember[];
  /** None where no address was given. */
  readonly values: readonly StructValue[];
}
