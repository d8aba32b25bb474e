// The two headers of a kdump-compressed file. diskdump_mod.h (makedumpfile 1.7.8); offsets seen on real files.
//
//      0  char[8] "KDUMP   ", or "DISKDUMP" of its ancestor
//      8  s32 header_version · 12 char[6][65] utsname · 408 s64 seconds, s64 microseconds
//    424  u32 status · 428 s32 block_size · 432 s32 sub_hdr_size (blocks) · 436 u32 bitmap_blocks (both)
//    440  u32 max_mapnr · 444 u32 total_ram_blocks · 448 device_blocks · 452 written_blocks
//    456  u32 current_cpu · 460 s32 nr_cpus
//  block  the sub-header, of "KDUMP   " only:
//         v1    0 u64 phys_base · 8 s32 dump_level
//         v2   12 s32 split · 16 u64 start_pfn · 24 u64 end_pfn
//         v3   32 offset_vmcoreinfo · 40 size · v4  48 offset_note · 56 size · v5  64 offset_eraseinfo · 72 size
//         v6   80 u64 start_pfn_64 · 88 end_pfn_64 · 96 max_mapnr_64
//  (1 + sub_hdr_size) × block: bitmap 1 (memory exists), bitmap 2 (page is here), then 24-byte descriptors
//         { s64 offset; u32 size; u32 flags; u64 page_flags }, one for each bit of bitmap 2, in frame order
import type { FileOffset } from '../bytes/address.ts';
import { Cursor } from '../bytes/cursor.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { RandomAccessFile } from '../bytes/file.ts';
import type { DumpHeader, Note } from './format.ts';
import { readNotes } from './notes.ts';

export const BLOCK = 4096;
export const DESCRIPTOR = 24;

/** Bits of `status`, and of a page's `flags`. */
export const COMPRESSED = { zlib: 0x1, lzo: 0x2, snappy: 0x4, zstd: 0x20 } as const;
export const INCOMPLETE = 0x8;
export const EXCLUDED_VMEMMAP = 0x10;

/** The newest version whose fields are known. Fields were only ever appended. */
export const NEWEST_VERSION = 6;

const UTSNAME_FIELD = 65;

/** What one file says about itself, every count bounded by the file's own length. */
export interface KdumpHeader {
  readonly file: RandomAccessFile;
  readonly version: number;
  readonly status: number;
  readonly header: DumpHeader;
  readonly physBase: bigint | undefined;
  readonly isSplit: boolean;
  /** The frames whose descriptors are in this file: `[startPfn, endPfn)`. All of them, unless it is split. */
  readonly startPfn: number;
  readonly endPfn: number;
  /** Frames that the machine had, by the header and by the length of the bitmaps. */
  readonly maxPfn: number;
  readonly bitmap1: number;
  readonly bitmap2: number;
  /** Bytes of each. */
  readonly bitmapLength: number;
  readonly descriptors: number;
  readonly notes: readonly Note[];
}

export const signatures = ['KDUMP   ', 'DISKDUMP'];

/** Reads and checks both headers of one file. */
export function readHeader(file: RandomAccessFile): KdumpHeader | Fault {
  const bytes = file.read(0, Math.min(2 * BLOCK, file.size));
  if (isFault(bytes) || bytes.length < BLOCK)
    return new Fault('truncated', 0 as FileOffset, 'the file ends within its header: it was cut');
  const head = new Cursor(bytes);
  const wrong = refusal(head);
  if (wrong) return wrong;
  const hasSub = head.text(0, 8) === 'KDUMP   ' && i32(head, 432) > 0;
  const version = i32(head, 8);
  /** Fields of the sub-header that came with a version. */
  const since = (needs: number): boolean => hasSub && version >= needs;
  const layout = layoutOf(file, head, since(6) ? (head.size(BLOCK + 96) ?? 0) : u32(head, 440));
  if (isFault(layout)) return layout;
  const isSplit = since(2) && i32(head, BLOCK + 12) !== 0;
  const range = since(6) ? BLOCK + 80 : BLOCK + 16;
  return {
    file,
    version,
    status: u32(head, 424),
    header: headerFields(head, since(1)),
    physBase: since(1) ? head.u64(BLOCK) : undefined,
    isSplit,
    startPfn: isSplit ? (head.size(range) ?? 0) : 0,
    endPfn: isSplit ? (head.size(range + 8) ?? 0) : Number.MAX_SAFE_INTEGER,
    ...layout,
    notes: notesOf(file, head, since),
  };
}

/** Why this is no file for us, in a sentence. */
function refusal(head: Cursor): Fault | undefined {
  const machine = head.text(12 + 4 * UTSNAME_FIELD, UTSNAME_FIELD);
  if (machine !== '' && machine !== 'x86_64')
    return new Fault(
      'corrupt',
      undefined,
      `a kdump of another machine (${JSON.stringify(machine)}); only x86_64 can be read`,
    );
  const version = i32(head, 8);
  if (version < 0 || version > 0xff)
    return new Fault('corrupt', 8 as FileOffset, `header_version ${version}; 1 to 6 are known`);
  const block = i32(head, 428);
  if (block === BLOCK) return undefined;
  return new Fault(
    'corrupt',
    428 as FileOffset,
    `pages of ${block} bytes; x86_64 has pages of 4096: a damaged header, or a dump of another machine`,
  );
}

type Layout = Pick<KdumpHeader, 'maxPfn' | 'bitmap1' | 'bitmap2' | 'bitmapLength' | 'descriptors'>;

function layoutOf(file: RandomAccessFile, head: Cursor, maxMapnr: number): Layout | Fault {
  const subBlocks = i32(head, 432);
  const start = (1 + Math.max(0, subBlocks)) * BLOCK;
  const length = u32(head, 436) * BLOCK;
  if (subBlocks < 0 || start + length > file.size)
    return new Fault(
      'truncated',
      432 as FileOffset,
      `its page index should end at ${start + length}, and the file has ${file.size} bytes: it was cut, or its header is damaged`,
    );
  // The ancestor's full dumps have one bitmap for both. diskdump.c, dump_is_partial (crash 9).
  const needed = Math.ceil(Math.ceil(maxMapnr / 8) / BLOCK) * BLOCK;
  const hasBoth = length >= 2 * needed || head.text(0, 8) === 'KDUMP   ';
  const bitmapLength = hasBoth ? length / 2 : length;
  return {
    maxPfn: Math.min(maxMapnr, bitmapLength * 8),
    bitmap1: start,
    bitmap2: hasBoth ? start + bitmapLength : start,
    bitmapLength,
    descriptors: start + length,
  };
}

function headerFields(head: Cursor, hasLevel: boolean): DumpHeader {
  const uts = (index: number): string => head.text(12 + index * UTSNAME_FIELD, UTSNAME_FIELD);
  return {
    sysname: uts(0),
    nodename: uts(1),
    release: uts(2),
    version: uts(3),
    machine: uts(4),
    domainname: uts(5),
    timestampSeconds: head.size(408) ?? 0,
    timestampMicroseconds: head.size(416) ?? 0,
    currentCpu: u32(head, 456),
    cpus: Math.max(0, i32(head, 460)),
    dumpLevel: hasLevel ? i32(head, BLOCK + 8) : 0,
  };
}

function notesOf(
  file: RandomAccessFile,
  head: Cursor,
  since: (version: number) => boolean,
): Note[] {
  const offset = (at: number): number => head.size(BLOCK + at) ?? 0;
  const notes = since(4) ? readNotes(file, offset(48), offset(56)) : [];
  if (!since(3) || notes.some((note) => note.name === 'VMCOREINFO')) return notes;
  const size = offset(40);
  const desc = size === 0 || size > MAX_VMCOREINFO ? undefined : file.read(offset(32), size);
  if (desc && !isFault(desc)) notes.push({ name: 'VMCOREINFO', type: 0, desc });
  return notes;
}

/** The kernel's own limit is a page. */
const MAX_VMCOREINFO = 1 << 20;

// The first block is there, so its fields are.
const u32 = (head: Cursor, at: number): number => head.u32(at) ?? 0;
const i32 = (head: Cursor, at: number): number => head.i32(at) ?? 0;

/** The header's word for how pages are compressed. */
export function compressionOf(status: number): string {
  const names = Object.entries(COMPRESSED).filter(([, bit]) => (status & bit) !== 0);
  return names.map(([name]) => name).join(' and ') || 'none';
}
