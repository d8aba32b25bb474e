// The addresses in kallsyms: one 32-bit word a symbol, in ascending order of what they stand for.
//
//   absolute per-CPU  a value ≥ 0 is the address itself (they come first), a negative one is
//                     relative_base − 1 − value: CONFIG_KALLSYMS_ABSOLUTE_PERCPU, up to 6.14, where SMP
//   from the base     relative_base + value, unsigned: without that option; it went in 6.15
//   from its place    &offsets[i] + value: no relative_base, 7.x
//
// kallsyms_sym_address, kernel/kallsyms.c (5.10, 6.12, 6.15, 7.2). The first two are told apart by the last
// symbol: it lies in the kernel image, whose addresses are always relative.
import { Fault } from '../bytes/fault.ts';
import { type Memory, PAGE_SIZE } from '../memory/memory.ts';
import { Region } from '../memory/region.ts';
import type { KallsymsTables } from './kallsyms-tables.ts';

type Form = 'absolute per-CPU' | 'from the base' | 'from its place';

export class Addresses {
  readonly #offsets: Region;
  /** Of the first in its page. */
  readonly #shift: number;
  readonly #count: number;
  readonly #form: Form;
  readonly #base: bigint;
  /** The first symbol whose address is not absolute. */
  readonly #firstRelative: number;

  private constructor(offsets: Region, shift: number, form: Form, base: bigint, count: number) {
    this.#offsets = offsets;
    this.#shift = shift;
    this.#count = count;
    this.#form = form;
    this.#base = base;
    this.#firstRelative = form === 'absolute per-CPU' ? this.#firstNegative() : 0;
  }

  static load(memory: Memory, { offsets, count, relativeBase }: KallsymsTables): Addresses | Fault {
    const region = Region.of(memory, offsets, count * 4);
    const last = region.u32((count - 1) * 4);
    if (last < 0) return region.fault ?? new Fault('implausible', offsets, 'kallsyms_offsets');
    const shift = Number(offsets & 0xfffn);
    if (relativeBase === undefined)
      return new Addresses(region, shift, 'from its place', offsets, count);
    const form = (last | 0) < 0 ? 'absolute per-CPU' : 'from the base';
    return new Addresses(region, shift, form, relativeBase, count);
  }

  /** The lowest address that is not absolute, and the highest. */
  get first(): bigint {
    return this.of(this.#firstRelative) ?? this.#base;
  }
  get last(): bigint {
    return this.of(this.#count - 1) ?? this.#base;
  }

  /** Undefined where it cannot be read. */
  of(index: number): bigint | undefined {
    const distance = this.#distance(index);
    if (distance === undefined) return undefined;
    return index < this.#firstRelative ? BigInt(distance) : this.#base + BigInt(distance);
  }

  areEqual(a: number, b: number): boolean {
    return a >= this.#firstRelative && this.#distance(a) === this.#distance(b);
  }

  /** The last symbol at or below an address, none of the absolute ones; undefined also where a hole hides it. */
  find(address: bigint): number | undefined {
    const distance = Number(BigInt.asIntN(64, address - this.#base));
    const above = this.#above(distance, this.#firstRelative, this.#count);
    return above !== undefined && above > this.#firstRelative ? above - 1 : undefined;
  }

  /** Bytes to the next different address; 0 when there is none, or it is not known. */
  sizeOf(index: number): number {
    const here = this.#distance(index);
    if (here === undefined) return 0;
    const limit = index < this.#firstRelative ? this.#firstRelative : this.#count;
    const next = index + 1 < limit ? this.#distance(index + 1) : undefined;
    if (next !== undefined && next !== here) return next - here;
    const above = this.#above(here, index + 1, limit);
    return above !== undefined && above < limit ? (this.#distance(above) ?? here) - here : 0;
  }

  /** The first of `[low, high)` that is beyond a distance, or `high`; undefined where a hole hides which. */
  #above(distance: number, low: number, high: number): number | undefined {
    while (low < high) {
      const middle = (low + high) >> 1;
      const there = this.#distance(middle);
      if (there === undefined) {
        // What lies on either side of a hole tells on which to go on, or that the answer is in it.
        const [before, after] = this.#around(middle);
        const left = before >= low ? this.#distance(before) : undefined;
        const right = after < high ? this.#distance(after) : undefined;
        if (right !== undefined && right <= distance) low = after + 1;
        else if (left !== undefined && left > distance) high = before;
        else return undefined;
      } else if (there <= distance) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The nearest entries on both sides of one that is missing: whole pages are. */
  #around(index: number): readonly [before: number, after: number] {
    const pageOf = (entry: number) => Math.floor((this.#shift + entry * 4) / PAGE_SIZE);
    const firstOf = (page: number) => Math.ceil((page * PAGE_SIZE - this.#shift) / 4);
    let [before, after] = [index, index];
    while (before >= 0 && this.#distance(before) === undefined)
      before = firstOf(pageOf(before)) - 1;
    while (after < this.#count && this.#distance(after) === undefined)
      after = firstOf(pageOf(after) + 1);
    return [before, after];
  }

  #distance(index: number): number | undefined {
    const word = this.#offsets.u32(index * 4);
    if (word < 0) return undefined;
    const value = word | 0;
    if (this.#form === 'from its place') return index * 4 + value;
    if (this.#form === 'from the base') return word;
    return value < 0 ? -1 - value : value;
  }

  #firstNegative(): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      const word = this.#offsets.u32(middle * 4);
      if (word >= 0 && (word | 0) >= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
