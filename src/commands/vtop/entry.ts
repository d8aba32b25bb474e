// A page-table entry of x86-64: its frame, its flags, its line. arch/x86/include/asm/pgtable_types.h (6.12)
import type { PagingForm } from '../../arch/paging.ts';
import { hex } from '../../print/hex.ts';

export interface PteData {
  readonly entry: string;
  /** The page's physical address; null where there is none. */
  readonly physical: string | null;
  /** `PRESENT`, `RW`, …; empty when nothing is mapped. */
  readonly flags: readonly string[];
  /** Of a page that was swapped out: the number of its swap area, and its page there; null otherwise. */
  readonly swapType: number | null;
  readonly swapOffset: string | null;
}

const PRESENT = 0;
const PROTNONE = 8;

const FLAGS: readonly (readonly [bit: number, name: string])[] = [
  [PRESENT, 'PRESENT'],
  [1, 'RW'],
  [2, 'USER'],
  [3, 'PWT'],
  [4, 'PCD'],
  [5, 'ACCESSED'],
  [6, 'DIRTY'],
  [7, 'PSE'],
  [8, 'GLOBAL'],
  [63, 'NX'],
];

const isSet = (entry: bigint, bit: number): boolean => ((entry >> BigInt(bit)) & 1n) === 1n;

/** @param span bytes that the entry maps */
export function pteData(form: PagingForm, entry: bigint, span = 4096): PteData {
  const none = { entry: hex(entry), physical: null, flags: [], swapType: null, swapOffset: null };
  if (entry === 0n) return { ...none, physical: '0x0' };
  const isNone = !isSet(entry, PRESENT) && isSet(entry, PROTNONE);
  if (!isSet(entry, PRESENT) && !isNone) return { ...none, ...swapOf(entry) };
  const decoded = form.decode(entry, span > 4096 ? 1 : 0, span);
  const page = decoded !== 'absent' && 'page' in decoded ? decoded.page : 0;
  const flags = FLAGS.filter(([bit]) => isSet(entry, bit)).map(([, name]) => name);
  return { ...none, physical: hex(BigInt(page)), flags: isNone ? ['PROTNONE', ...flags] : flags };
}

/** __swp_type() and __swp_offset(), arch/x86/include/asm/pgtable_64.h (since v4.19, inverted for L1TF). */
function swapOf(entry: bigint): Pick<PteData, 'swapType' | 'swapOffset'> {
  const offset = BigInt.asUintN(64, ~entry << 5n) >> 14n;
  return { swapType: Number(entry >> 59n), swapOffset: hex(offset) };
}

/** crash's two lines. */
export function pteLines({ entry, physical, flags, swapType, swapOffset }: PteData): string[] {
  const digits = entry.slice(2);
  const width = Math.max(3, digits.length);
  if (physical === null)
    return [
      `${centred('PTE', width)}  ${centred('SWAP', 8)}  OFFSET`,
      `${value(digits, width)}  ${value(`${swapType}`, 8)}  ${swapOffset?.slice(2)}`,
    ];
  const at = physical.slice(2);
  const room = Math.max(8, at.length);
  const words = flags.length > 0 ? flags.join('|') : 'no mapping';
  return [
    `${centred('PTE', width)}  ${centred('PHYSICAL', room)}  FLAGS`,
    `${value(digits, width)}  ${value(at, room)}  (${words})`,
  ];
}

/** A title: an odd blank behind it. */
const centred = (text: string, width: number): string =>
  text.padStart(text.length + Math.floor((width - text.length) / 2)).padEnd(width);

/** A value: an odd blank before it. */
const value = (text: string, width: number): string =>
  text.padStart(text.length + Math.ceil((width - text.length) / 2)).padEnd(width);
