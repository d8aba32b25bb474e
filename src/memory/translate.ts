// One walker for every machine's page tables.
import type { PagingForm } from '../arch/paging.ts';
import { type PhysicalAddress, physical, type VirtualAddress } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';

/** One step of a translation, kept so that `vtop` can show the way. */
export interface Step {
  readonly level: string;
  readonly at: PhysicalAddress;
  readonly entry: bigint;
}

/** Where a virtual address lies, and the page tables that say so. */
export interface Translation {
  readonly at: PhysicalAddress;
  /** Bytes that one entry at the level where the walk ended maps: 4 KiB, or a huge page. */
  readonly span: number;
  readonly steps: readonly Step[];
}

/**
 * Walks page tables from `root` to the byte `address` maps to.
 *
 * @param readEntry one 8-byte entry; handed in, so that a test needs no dump
 */
export function translate(
  form: PagingForm,
  root: PhysicalAddress,
  address: VirtualAddress,
  readEntry: (at: PhysicalAddress) => bigint | Fault,
): Translation | Fault {
  if (!form.isCanonical(address)) return new Fault('non-canonical', address);
  const steps: Step[] = [];
  let shift = form.fields.reduce((a, b) => a + b);
  let table = root;
  for (let level = form.levels.length - 1; level >= 0; level--) {
    const width = form.fields[level + 1] ?? 0;
    shift -= width;
    const index = Number(BigInt.asUintN(width, address >> BigInt(shift)));
    const at = physical(table + index * 8);
    const word = readEntry(at);
    if (isFault(word)) return new Fault(word.reason, address, `page table ${form.levels[level]}`);
    steps.push({ level: form.levels[level] ?? '?', at, entry: word });
    const span = 2 ** shift;
    const entry = form.decode(word, level, span);
    if (entry === 'absent')
      return new Fault('unmapped', address, `${form.levels[level]} not present`);
    if ('page' in entry)
      return { at: physical(entry.page + Number(BigInt.asUintN(shift, address))), span, steps };
    table = entry.table;
  }
  return new Fault('unmapped', address, 'page tables end without a page');
}
