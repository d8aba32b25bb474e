// Why something could not be read, as a value.
import type { FileOffset, PhysicalAddress, VirtualAddress } from './address.ts';

/** Why something could not be read. The reason also tells which space `at` is in. */
export type FaultReason =
  /** file: it ends before the bytes do */
  | 'truncated'
  /** file: stored bytes do not decompress, or deny their header */
  | 'corrupt'
  /** physical: makedumpfile left the page out on purpose */
  | 'excluded'
  /** physical: the dump never covered this range */
  | 'unsaved'
  /** virtual: the page tables say there is nothing here */
  | 'unmapped'
  /** virtual: no such address on this CPU */
  | 'non-canonical'
  /** this kernel's struct has no such member */
  | 'no-member'
  /** this kernel has no such symbol */
  | 'no-symbol'
  /** this kernel's type information has no such type */
  | 'no-type'
  /** the bytes are there, and cannot be what they should be */
  | 'implausible';

/** A read that failed, as a value. Returned, never thrown: a dump with holes is a normal dump. */
export class Fault {
  readonly reason: FaultReason;
  /** Where, in the space that the reason tells; undefined: no one place. */
  readonly at: VirtualAddress | PhysicalAddress | FileOffset | undefined;
  /** What the reason is about: a name, a path; may be empty. */
  readonly detail: string;

  constructor(
    reason: FaultReason,
    at: VirtualAddress | PhysicalAddress | FileOffset | undefined,
    detail = '',
  ) {
    this.reason = reason;
    this.at = at;
    this.detail = detail;
  }

  /** What a table shows in the place of the value. */
  toString(): string {
    const where = this.at === undefined ? this.detail : this.at.toString(16);
    return `(${this.reason} ${where})`;
  }

  /** A sentence for a list of warnings. */
  explain(): string {
    const at = this.at === undefined ? '' : ` at ${this.at.toString(16)}`;
    return `${meaning[this.reason]}${at}${this.detail ? ` (${this.detail})` : ''}`;
  }
}

const meaning: Record<FaultReason, string> = {
  truncated: 'beyond the end of the truncated file',
  corrupt: 'stored bytes are damaged',
  excluded: 'page excluded when the dump was written',
  unsaved: 'page was never written to the dump',
  unmapped: 'address is not mapped',
  'non-canonical': 'no such address on this CPU',
  'no-member': 'this kernel has no such member',
  'no-symbol': 'this kernel has no such symbol',
  'no-type': "no such type in the kernel's type information",
  implausible: 'value is implausible',
};

/**
 * Whether a value is a Fault, as each value that was read may be.
 *
 * @example
 * ```js
 * const word = dump.memory.u64(virtual(0x10n));
 * console.log(isFault(word) ? word.reason : word); // unmapped
 * ```
 */
export const isFault = (x: unknown): x is Fault => x instanceof Fault;
