// ORC: the kernel's own table of how to find the caller from any instruction.
// arch/x86/include/asm/orc_types.h, arch/x86/kernel/unwind_orc.c (read at 5.10, 6.1, 6.12, 7.2).
//
//   __start_orc_unwind_ip … __stop_   one s32 an entry, relative to its own slot, ascending
//   __start_orc_unwind … __stop_      as many entries of 6 bytes: s16 sp_offset, s16 bp_offset, u16 bit-fields
//
// A module brings both tables with it; they are sorted when it is loaded.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import { modules } from '../kernel/module.ts';
import type { Dump } from '../types/dump.ts';
import type { Member } from '../types/table.ts';

/** What the caller's stack pointer or frame pointer is computed from. */
export type OrcBase =
  | 'undefined'
  | 'sp'
  | 'bp'
  | 'sp-indirect'
  | 'bp-indirect'
  | 'previous-sp'
  | 'ax'
  | 'dx'
  | 'di'
  | 'r10'
  | 'r13';

/** `call`: a return address; `regs`: a whole pt_regs; `iret`: only the part the CPU pushed. */
export type OrcKind = 'undefined' | 'end' | 'call' | 'regs' | 'iret';

export interface OrcEntry {
  readonly kind: OrcKind;
  readonly spBase: OrcBase;
  readonly spOffset: number;
  readonly bpBase: OrcBase;
  readonly bpOffset: number;
}

/** Register numbers up to 6.12, by value. arch/x86/include/asm/orc_types.h */
const OLD_BASES: readonly OrcBase[] = [
  'undefined',
  'previous-sp',
  'dx',
  'di',
  'bp',
  'sp',
  'r10',
  'r13',
  'bp-indirect',
  'sp-indirect',
];

/** The same in 7.2, where they follow the order of the instruction encoding. */
const NEW_BASES: readonly OrcBase[] = [
  'undefined',
  'ax',
  'dx',
  'sp',
  'bp',
  'di',
  'r10',
  'r13',
  'previous-sp',
  'sp-indirect',
  'bp-indirect',
];

const OLD_KINDS: readonly OrcKind[] = ['call', 'regs', 'iret'];
/** Since fb799447ae29 ("x86,objtool: Split UNWIND_HINT_EMPTY in two", v6.4). */
const NEW_KINDS: readonly OrcKind[] = ['undefined', 'end', 'call', 'regs', 'iret'];

/** Bytes of an entry. */
const ENTRY = 6;
/** More entries than any kernel has: a damaged pair of symbols must not make a search wander. */
const MAX_ENTRIES = 8_000_000;
/** Entries looked at to tell how registers are numbered. */
const SAMPLES = 512;

interface Table {
  readonly ips: VirtualAddress;
  readonly entries: VirtualAddress;
  readonly count: number;
  /** The text the table speaks of, from its first entry's on. */
  covers(pc: VirtualAddress): boolean;
}

interface Layout {
  readonly bases: readonly OrcBase[];
  readonly kinds: readonly OrcKind[];
  readonly spReg: BitField;
  readonly bpReg: BitField;
  readonly type: BitField;
  /** `end`, up to 6.3: with an undefined sp it is the end of the stack. */
  readonly end: BitField | undefined;
}

interface BitField {
  readonly shift: number;
  readonly mask: number;
}

/** The kernel's and its modules' tables, or undefined where the kernel was built without ORC. */
export class Orc {
  readonly #dump: Dump;
  readonly #layout: Layout;
  readonly #kernel: Table;
  #modules: readonly Table[] | undefined;
  readonly #found = new Map<VirtualAddress, OrcEntry | null>();

  private constructor(dump: Dump, layout: Layout, kernel: Table) {
    this.#dump = dump;
    this.#layout = layout;
    this.#kernel = kernel;
  }

  static of(dump: Dump): Orc | undefined {
    return dump.memo(Orc, () => {
      const kernel = kernelTable(dump);
      const layout = kernel && layoutOf(dump, kernel);
      return layout && new Orc(dump, layout, kernel);
    });
  }

  /** The entry that holds at an instruction; undefined where no table speaks of it. */
  at(pc: VirtualAddress): OrcEntry | undefined {
    let entry = this.#found.get(pc);
    if (entry === undefined) {
      const table = this.#tableOf(pc);
      entry = (table && this.#search(table, pc)) ?? null;
      this.#found.set(pc, entry);
    }
    return entry ?? undefined;
  }

  #tableOf(pc: VirtualAddress): Table | undefined {
    if (this.#dump.symbols.kernel.covers(pc)) return this.#kernel;
    this.#modules ??= moduleTables(this.#dump);
    return this.#modules.find((table) => table.covers(pc));
  }

  /** The last entry at or below pc: of several at one place the others are terminators of what lies before. */
  #search(table: Table, pc: VirtualAddress): OrcEntry | undefined {
    const memory = this.#dump.memory;
    const wanted = Number(BigInt.asIntN(64, pc - table.ips));
    let low = 0;
    let high = table.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      const offset = memory.i32(virtual(table.ips + BigInt(middle * 4)));
      if (isFault(offset)) return undefined;
      if (middle * 4 + offset <= wanted) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? undefined : readEntry(this.#dump, this.#layout, table, low - 1);
  }
}

function readEntry(dump: Dump, layout: Layout, table: Table, index: number): OrcEntry | undefined {
  const at = virtual(table.entries + BigInt(index * ENTRY));
  const bytes = dump.memory.read(at, ENTRY);
  if (isFault(bytes)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, ENTRY);
  const word = view.getUint16(4, true);
  const field = ({ shift, mask }: BitField): number => (word >> shift) & mask;
  const spBase = layout.bases[field(layout.spReg)] ?? 'undefined';
  const ended = layout.end !== undefined && spBase === 'undefined';
  const kind: OrcKind = !ended
    ? (layout.kinds[field(layout.type)] ?? 'undefined')
    : field(layout.end) === 1
      ? 'end'
      : 'undefined';
  return {
    kind,
    spBase,
    spOffset: view.getInt16(0, true),
    bpBase: layout.bases[field(layout.bpReg)] ?? 'undefined',
    bpOffset: view.getInt16(2, true),
  };
}

function kernelTable(dump: Dump): Table | undefined {
  const ips = dump.symbol('__start_orc_unwind_ip');
  const ipsEnd = dump.symbol('__stop_orc_unwind_ip');
  const entries = dump.symbol('__start_orc_unwind');
  if (isFault(ips) || isFault(ipsEnd) || isFault(entries)) return undefined;
  const count = Number(BigInt.asIntN(64, ipsEnd - ips) / 4n);
  if (count <= 0 || count > MAX_ENTRIES) return undefined;
  return { ips, entries, count, covers: (pc) => dump.symbols.kernel.covers(pc) };
}

function moduleTables(dump: Dump): Table[] {
  const tables: Table[] = [];
  for (const module of modules(dump)) {
    const orc = module.orc;
    if (!orc || orc.count > MAX_ENTRIES) continue;
    const text = module.regions.filter((region) => region.kind.endsWith('text'));
    tables.push({
      ...orc,
      covers: (pc) => text.some((r) => pc >= r.base && pc < r.base + BigInt(r.size)),
    });
  }
  return tables;
}

/** How this kernel packs an entry. Its type information tells; without that, the table itself. */
function layoutOf(dump: Dump, table: Table): Layout {
  const member = (name: string): BitField | undefined =>
    bitField(dump.types.member('orc_entry', name));
  const end = member('end');
  const signal = member('signal');
  const sampled = sample(dump, table);
  const isOld = end !== undefined || (signal === undefined && looksOld(sampled));
  return {
    spReg: member('sp_reg') ?? { shift: 0, mask: 15 },
    bpReg: member('bp_reg') ?? { shift: 4, mask: 15 },
    type: member('type') ?? { shift: 8, mask: isOld ? 3 : 7 },
    kinds: isOld ? OLD_KINDS : NEW_KINDS,
    // The struct's last member before it was `signal`: two bits of type, then (since 5.8) `end`.
    end: isOld ? (end ?? { shift: 10, mask: 1 }) : undefined,
    bases: basesOf(sampled),
  };
}

/** Position of a bit-field within the third u16 of an entry. */
function bitField(member: Member | undefined): BitField | undefined {
  if (!member?.bits) return undefined;
  const shift = (member.offset - 4) * 8 + member.bits.offset;
  return shift < 0 || shift > 15 ? undefined : { shift, mask: (1 << member.bits.size) - 1 };
}

/** The third u16 of entries from all over the table. */
function sample(dump: Dump, table: Table): number[] {
  const words: number[] = [];
  // Runs of neighbours from a few places: every place is another page of the dump.
  const places = 8;
  for (let place = 0; place < places; place++) {
    const first = Math.floor((table.count * (place + 0.5)) / places);
    const length = Math.min(SAMPLES / places, table.count - first);
    const at = virtual(table.entries + BigInt(first * ENTRY));
    const bytes = dump.memory.read(at, length * ENTRY);
    if (isFault(bytes)) continue;
    for (let i = 0; i < length; i++)
      words.push((bytes[i * ENTRY + 4] as number) | ((bytes[i * ENTRY + 5] as number) << 8));
  }
  return words;
}

/** Nearly every entry counts from the stack pointer: its number is the one that is seen most. */
function basesOf(words: readonly number[]): readonly OrcBase[] {
  const seen = new Array<number>(16).fill(0);
  for (const word of words) seen[word & 15] = (seen[word & 15] as number) + 1;
  return (seen[NEW_BASES.indexOf('sp')] as number) > (seen[OLD_BASES.indexOf('sp')] as number)
    ? NEW_BASES
    : OLD_BASES;
}

/** CALL, by far the most frequent type, is 0 in the old numbering and 2 in the new one. */
function looksOld(words: readonly number[]): boolean {
  const calls = words.filter((word) => ((word >> 8) & 7) === 0).length;
  return calls * 2 > words.length;
}
