// kdump-compressed dumps: what makedumpfile writes. diskdump_mod.h (makedumpfile 1.7.8); seen on real files.
//
//      0  char[8] "KDUMP   " · 8 s32 header_version · 12 char[6][65] utsname · 408 timestamp
//    424  u32 status (1 zlib, 2 lzo, 4 snappy, 0x20 zstd, 8 incomplete) · 428 s32 block_size
//    432  s32 sub_hdr_size (blocks) · 436 u32 bitmap_blocks (both bitmaps) · 440 u32 max_mapnr
//  block  sub-header: 0 u64 phys_base · 8 s32 dump_level · 12 s32 split
//         32 offset_vmcoreinfo · 40 its size · 48 offset_note · 56 its size (v4) · 96 max_mapnr_64 (v6)
//  (1 + sub_hdr_size) × block  bitmap 1 (memory exists), bitmap 2 (page is here), then 24-byte descriptors
//         { s64 offset; u32 size; u32 flags; u64 page_flags }, one for each bit of bitmap 2, in frame order
import { inflateSync } from 'node:zlib';
import { type FileOffset, physical } from '../bytes/address.ts';
import { Cursor } from '../bytes/cursor.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { RandomAccessFile } from '../bytes/file.ts';
import type { DumpFormat, Note, PageSource, PageState } from './format.ts';
import { parseNotes } from './notes.ts';

const BLOCK = 4096;
const DESCRIPTOR = 24;
/** Bytes of bitmap to one running count. */
const STRIDE = 64;
const PAGE_ZLIB = 0x1;
const STATUS_INCOMPLETE = 0x8;
const compressions: Readonly<Record<number, string>> = {
  1: 'zlib',
  2: 'lzo',
  4: 'snappy',
  32: 'zstd',
};

export const kdump: DumpFormat = {
  name: 'kdump',
  recognises: (head) => new Cursor(head).text(0, 8) === 'KDUMP   ',
  open(files) {
    const [file, ...others] = files;
    if (!file || others.length > 0)
      return new Fault('corrupt', undefined, 'split sets are not read yet; give one whole dump');
    return open(file);
  },
};

interface Layout {
  readonly endPfn: number;
  readonly bitmap1: Uint8Array;
  readonly bitmap2: Uint8Array;
  readonly descriptors: number;
}

function open(file: RandomAccessFile): PageSource | Fault {
  const head = file.read(0, 2 * BLOCK);
  if (isFault(head)) return new Fault('truncated', 0 as FileOffset, 'the header is not whole');
  const header = new Cursor(head);
  const layout = layoutOf(file, header);
  if (isFault(layout)) return layout;
  const status = header.u32(424) ?? 0;
  const level = header.i32(BLOCK + 8) ?? 0;
  const { rank, count } = rankIndex(layout.bitmap2);
  const truncatedAt = file.size < layout.descriptors + count * DESCRIPTOR;
  const state = (pfn: number): PageState => {
    if (pfn >= layout.endPfn) return 'unsaved';
    if (bit(layout.bitmap2, pfn)) return 'present';
    return bit(layout.bitmap1, pfn) ? 'excluded' : 'unsaved';
  };
  return {
    format: 'kdump',
    properties: [
      ['header version', String(header.i32(8))],
      ['compression', compressions[status & 0x27] ?? 'none'],
      ['dump level', String(level)],
      ['pages', String(count)],
    ],
    warnings: [
      ...(status & STATUS_INCOMPLETE ? ['makedumpfile marked this dump as incomplete'] : []),
      ...(truncatedAt ? ['the file ends within its page index: it was cut'] : []),
    ],
    isFiltered: level !== 0,
    pageSize: BLOCK,
    endPfn: layout.endPfn,
    notes: notesOf(file, header),
    physBase: header.u64(BLOCK) ?? 0n,
    segments: [],
    kdumpHeader: head,
    state,
    page(pfn) {
      const is = state(pfn);
      if (is !== 'present') return new Fault(is, physical(pfn * BLOCK));
      return readPage(file, layout.descriptors + rank(pfn) * DESCRIPTOR, pfn);
    },
    *ranges() {
      yield [0, layout.endPfn];
    },
    ready: async () => {},
    close: () => file.close(),
  };
}

/** Every count bounded by the file's own length before it becomes a length. */
function layoutOf(file: RandomAccessFile, header: Cursor): Layout | Fault {
  const version = header.i32(8) ?? 0;
  const blockSize = header.u32(428) ?? 0;
  const subBlocks = header.u32(432) ?? 0;
  const bitmapBlocks = header.u32(436) ?? 0;
  if (version < 1 || version > 6)
    return new Fault('corrupt', 8 as FileOffset, `header_version ${version}, known are 1 to 6`);
  if (blockSize !== BLOCK)
    return new Fault('corrupt', 428 as FileOffset, `block_size ${blockSize}, read is 4096`);
  const start = (1 + subBlocks) * BLOCK;
  const length = bitmapBlocks * BLOCK;
  if (start + length > file.size)
    return new Fault(
      'truncated',
      start as FileOffset,
      'the bitmaps lie beyond the end of the file',
    );
  const bitmaps = file.read(start, length);
  if (isFault(bitmaps)) return bitmaps;
  const half = length / 2;
  const claimed = version >= 6 ? header.size(BLOCK + 96) : header.u32(440);
  return {
    endPfn: Math.min(claimed ?? 0, half * 8),
    bitmap1: bitmaps.subarray(0, half),
    bitmap2: bitmaps.subarray(half),
    descriptors: start + length,
  };
}

function notesOf(file: RandomAccessFile, header: Cursor): Note[] {
  const section = (at: number): Uint8Array | undefined => {
    const bytes = file.read(header.size(BLOCK + at) ?? 0, header.size(BLOCK + at + 8) ?? 0);
    return isFault(bytes) || bytes.length === 0 ? undefined : bytes;
  };
  const version = header.i32(8) ?? 0;
  const elf = version >= 4 ? section(48) : undefined;
  const notes = elf ? parseNotes(elf) : [];
  const vmcoreinfo = version >= 3 ? section(32) : undefined;
  if (vmcoreinfo && !notes.some((note) => note.name === 'VMCOREINFO'))
    notes.push({ name: 'VMCOREINFO', type: 0, desc: vmcoreinfo });
  return notes;
}

const bit = (map: Uint8Array, pfn: number): number =>
  ((map[Math.floor(pfn / 8)] ?? 0) >> (pfn % 8)) & 1;

function popcount(byte: number): number {
  let n = 0;
  for (let b = byte; b; b &= b - 1) n++;
  return n;
}

/** How many bits are set below a frame: a running count per 512 bits, the rest counted when asked. */
function rankIndex(map: Uint8Array): { rank(pfn: number): number; count: number } {
  const counts = new Uint32Array(Math.ceil(map.length / STRIDE) + 1);
  let count = 0;
  for (let i = 0; i < map.length; i++) {
    if (i % STRIDE === 0) counts[i / STRIDE] = count;
    count += popcount(map[i] as number);
  }
  const rank = (pfn: number): number => {
    const byte = Math.floor(pfn / 8);
    const stride = Math.floor(byte / STRIDE);
    let n = counts[stride] as number;
    for (let i = stride * STRIDE; i < byte; i++) n += popcount(map[i] as number);
    return n + popcount((map[byte] as number) & ((1 << (pfn % 8)) - 1));
  };
  return { rank, count };
}

function readPage(file: RandomAccessFile, at: number, pfn: number): Uint8Array | Fault {
  const descriptor = file.read(at, DESCRIPTOR);
  if (isFault(descriptor)) return new Fault('truncated', physical(pfn * BLOCK), 'page index');
  const fields = new Cursor(descriptor);
  const offset = fields.size(0);
  const size = fields.u32(8) ?? 0;
  const flags = fields.u32(12) ?? 0;
  const corrupt = (detail: string) => new Fault('corrupt', at as FileOffset, detail);
  if (offset === undefined || size === 0 || size > BLOCK) return corrupt(`a page of ${size} bytes`);
  const stored = file.read(offset, size);
  if (isFault(stored)) return new Fault('truncated', physical(pfn * BLOCK));
  if (flags === 0) return size === BLOCK ? stored : corrupt(`a plain page of ${size} bytes`);
  if (flags !== PAGE_ZLIB)
    return corrupt(`${compressions[flags] ?? `flags ${flags}`} pages are not read yet`);
  return inflate(stored) ?? corrupt('a page does not decompress');
}

function inflate(stored: Uint8Array): Uint8Array | undefined {
  try {
    const page = inflateSync(stored, { maxOutputLength: BLOCK });
    return page.length === BLOCK ? page : undefined;
  } catch {
    return undefined; // zlib's only way to say that the bytes are damaged
  }
}
