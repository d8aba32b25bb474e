// ORC entries as each kernel packs them, from tables made here.
import { describe, expect, test } from 'vitest';
import { virtual } from '../bytes/address.ts';
import { Fault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import type { Member } from '../types/table.ts';
import { Orc, type OrcEntry } from './orc.ts';

const IPS = 0xffffffff82000000n;
const ENTRIES = 0xffffffff83000000n;
const TEXT = 0xffffffff81000000n;

/** One instruction's entry: its third word and both offsets. */
interface Packed {
  readonly spOffset: number;
  readonly bpOffset: number;
  readonly word: number;
}

/** A dump that holds nothing but a kernel's ORC table and the members of `struct orc_entry`. */
function dumpWith(
  packed: readonly Packed[],
  members: Record<string, [bit: number, size: number]>,
): Dump {
  const ips = new DataView(new ArrayBuffer(packed.length * 4));
  const entries = new DataView(new ArrayBuffer(packed.length * 6));
  for (const [i, { spOffset, bpOffset, word }] of packed.entries()) {
    const at = IPS + BigInt(i * 4);
    ips.setInt32(i * 4, Number(TEXT + BigInt(i * 16) - at), true);
    entries.setInt16(i * 6, spOffset, true);
    entries.setInt16(i * 6 + 2, bpOffset, true);
    entries.setUint16(i * 6 + 4, word, true);
  }
  const symbols: Record<string, bigint> = {
    __start_orc_unwind_ip: IPS,
    __stop_orc_unwind_ip: IPS + BigInt(ips.byteLength),
    __start_orc_unwind: ENTRIES,
  };
  const read = (address: bigint, length: number) => {
    const [view, base] = address >= ENTRIES ? [entries, ENTRIES] : [ips, IPS];
    const from = Number(address - base);
    if (from < 0 || from + length > view.byteLength) return new Fault('unsaved', virtual(address));
    return new Uint8Array(view.buffer, from, length);
  };
  const memo = new Map<unknown, unknown>();
  const fake = {
    symbol: (name: string) => symbols[name] ?? new Fault('no-symbol', undefined, name),
    symbols: { kernel: { covers: (pc: bigint) => pc >= TEXT && pc < IPS } },
    memory: {
      read,
      i32: (address: bigint) => {
        const bytes = read(address, 4);
        return bytes instanceof Fault
          ? bytes
          : new DataView(bytes.buffer, bytes.byteOffset, 4).getInt32(0, true);
      },
    },
    types: {
      member: (_struct: string, name: string): Member | undefined => {
        const bits = members[name];
        // BTF gives a bit-field the offset of the unit that holds it, and the bits within.
        return (
          bits &&
          ({
            offset: 4,
            size: 2,
            signed: false,
            bits: { offset: bits[0], size: bits[1] },
          } as unknown as Member)
        );
      },
    },
    memo: (key: unknown, make: () => unknown) => {
      if (!memo.has(key)) memo.set(key, make());
      return memo.get(key);
    },
  };
  return fake as unknown as Dump;
}

const lookUp = (dump: Dump, index: number): OrcEntry | undefined =>
  Orc.of(dump)?.at(virtual(TEXT + BigInt(index * 16 + 3)));

/** Enough ordinary entries that what is most frequent tells the numbering. */
const many = (word: number): Packed[] =>
  Array.from({ length: 64 }, (_, i) => ({ spOffset: 8 + i * 8, bpOffset: -16, word }));

/** arch/x86/include/asm/orc_types.h of each release; sp_reg and bp_reg fill the low byte in all. */
const layouts = {
  '5.10 to 6.2: type of two bits, end': {
    members: { sp_reg: [0, 4], bp_reg: [4, 4], type: [8, 2], end: [10, 1] },
    // sp 5, bp previous-sp 1, CALL 0
    call: 0x0015,
    regs: 0x0105,
    iret: 0x0205,
    end: 0x0400,
    undefined: 0x0000,
  },
  '6.3: signal beside end': {
    members: { sp_reg: [0, 4], bp_reg: [4, 4], type: [8, 2], signal: [10, 1], end: [11, 1] },
    call: 0x0015,
    regs: 0x0505,
    iret: 0x0605,
    end: 0x0800,
    undefined: 0x0000,
  },
  '6.4 to 6.12: type of three bits, signal': {
    members: { sp_reg: [0, 4], bp_reg: [4, 4], type: [8, 3], signal: [11, 1] },
    call: 0x0215,
    regs: 0x0b05,
    iret: 0x0c05,
    end: 0x0100,
    undefined: 0x0000,
  },
  '7.2: registers numbered otherwise': {
    members: { sp_reg: [0, 4], bp_reg: [4, 4], type: [8, 3], signal: [11, 1] },
    // sp 3, bp previous-sp 8
    call: 0x0283,
    regs: 0x0b03,
    iret: 0x0c03,
    end: 0x0100,
    undefined: 0x0000,
  },
} as const;

describe.each(Object.entries(layouts))('%s', (_name, layout) => {
  const members = layout.members as unknown as Record<string, [number, number]>;
  const kinds = ['call', 'regs', 'iret', 'end', 'undefined'] as const;
  const special = kinds.map((kind) => ({ spOffset: 40, bpOffset: -24, word: layout[kind] }));
  const packed = [...many(layout.call), ...special];

  test.each(kinds)('%s', (kind) => {
    const entry = lookUp(dumpWith(packed, members), 64 + kinds.indexOf(kind));
    expect(entry).toMatchObject({ kind, spOffset: 40, bpOffset: -24 });
    if (kind !== 'end' && kind !== 'undefined') expect(entry?.spBase).toBe('sp');
    if (kind === 'call') expect(entry?.bpBase).toBe('previous-sp');
  });

  test('without type information the table itself tells', () => {
    const isMiddle = 'end' in members && 'signal' in members;
    // 6.3's layout alone cannot be told from the others' without types.
    if (isMiddle) return;
    const entry = lookUp(dumpWith(packed, {}), 3);
    expect(entry).toMatchObject({ kind: 'call', spBase: 'sp', spOffset: 32 });
  });
});

test('an instruction belongs to the last entry at or before it; before the first there is none', () => {
  const members = { sp_reg: [0, 4], bp_reg: [4, 4], type: [8, 3], signal: [11, 1] } as Record<
    string,
    [number, number]
  >;
  const dump = dumpWith(many(0x0215), members);
  expect(Orc.of(dump)?.at(virtual(TEXT + 16n))?.spOffset).toBe(16);
  expect(Orc.of(dump)?.at(virtual(TEXT + 15n))?.spOffset).toBe(8);
  expect(Orc.of(dump)?.at(virtual(TEXT - 1n))).toBeUndefined();
});
