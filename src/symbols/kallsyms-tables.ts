// Where kallsyms lies: what whoever opens a dump finds out, and the readers of each table need.
import type { VirtualAddress } from '../bytes/address.ts';

/** Where the tables lie: from VMCOREINFO's keys, or found by their shape. */
export interface KallsymsTables {
  readonly names: VirtualAddress;
  readonly count: number;
  readonly tokenTable: VirtualAddress;
  readonly tokenIndex: VirtualAddress;
  readonly offsets: VirtualAddress;
  /** Undefined: offsets are relative to their own slots. */
  readonly relativeBase: bigint | undefined;
  /** Where known: VMCOREINFO does not tell. */
  readonly markers?: VirtualAddress;
}
