// kdump-compressed dumps. diskdump_mod.h (makedumpfile 1.7.8); offsets as measured on real files.
import { inflateSync } from 'node:zlib';
import { type FileOffset, physical } from '../bytes/address.ts';
import { Cursor } from '../bytes/cursor.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { RandomAccessFile } from '../bytes/file.ts';
import type { DumpFormat, Note, PageSource, PageState } from './format.ts';
import { parseNotes } from './notes.ts';

const BLOCK = 4096;
const DESCRIPTOR = 24;

export const kdump: DumpFormat = {
  name: 'kdump',
  recognises: (head) => Buffer.from(head.subarray(0, 8)).toString('latin1') === 'KDUMP   ',
  open: (files) => open(files[0] as RandomAccessFile),
};

function open(file: RandomAccessFile): PageSource | Fault {
  const head = file.read(0, 2 * BLOCK);
  if (isFault(head)) return head;
  const h = new Cursor(head);
  const subBlocks = h.u32(432) ?? 0;
  const bitmapBlocks = h.u32(436) ?? 0;
  const physBase = h.u64(BLOCK) ?? 0n;
  const endPfn = h.size(BLOCK + 96) ?? 0;
  const bitmap1 = (1 + subBlocks) * BLOCK;
  const half = (bitmapBlocks * BLOCK) / 2;
  const bitmaps = file.read(bitmap1, bitmapBlocks * BLOCK);
  if (isFault(bitmaps)) return bitmaps;
  const one = bitmaps.subarray(0, half);
  const two = bitmaps.subarray(half);
  const descriptors = bitmap1 + bitmapBlocks * BLOCK;
  const notes: Note[] = [];
  const noteBytes = file.read(h.size(BLOCK + 48) ?? 0, h.size(BLOCK + 56) ?? 0);
  if (!isFault(noteBytes)) notes.push(...parseNotes(noteBytes));
  const ranks = new Uint32Array(Math.ceil(two.length / 64) + 1);
  for (let i = 0; i < two.length; i++) {
    if (i % 64 === 0) ranks[i / 64 + 1] = ranks[i / 64] as number;
    let b = two[i] as number;
    let n = 0;
    for (; b; b &= b - 1) n++;
    ranks[Math.floor(i / 64) + 1] = (ranks[Math.floor(i / 64) + 1] as number) + n;
  }
  const bit = (map: Uint8Array, pfn: number) => ((map[pfn >> 3] ?? 0) >> (pfn & 7)) & 1;
  const rank = (pfn: number) => {
    const chunk = Math.floor(pfn / 512);
    let n = ranks[chunk] as number;
    for (let i = chunk * 64; i < pfn >> 3; i++) {
      let b = two[i] as number;
      for (; b; b &= b - 1) n++;
    }
    for (let p = pfn & ~7; p < pfn; p++) n += bit(two, p);
    return n;
  };
  const state = (pfn: number): PageState =>
    pfn >= endPfn ? 'unsaved' : bit(two, pfn) ? 'present' : bit(one, pfn) ? 'excluded' : 'unsaved';
  const page = (pfn: number): Uint8Array | Fault => {
    const s = state(pfn);
    if (s !== 'present') return new Fault(s, physical(pfn * BLOCK));
    const at = descriptors + rank(pfn) * DESCRIPTOR;
    const d = file.read(at, DESCRIPTOR);
    if (isFault(d)) return new Fault('truncated', physical(pfn * BLOCK));
    const c = new Cursor(d);
    const bytes = file.read(c.size(0) ?? 0, Math.min(c.u32(8) ?? 0, BLOCK));
    if (isFault(bytes)) return new Fault('truncated', physical(pfn * BLOCK));
    if ((c.u32(12) ?? 0) === 0) return bytes;
    try {
      const out = inflateSync(bytes, { maxOutputLength: BLOCK });
      if (out.length === BLOCK) return out;
    } catch {}
    return new Fault('corrupt', (c.size(0) ?? 0) as FileOffset, 'zlib page');
  };
  return {
    format: 'kdump',
    properties: [],
    warnings: [],
    isFiltered: true,
    pageSize: BLOCK,
    endPfn,
    notes,
    physBase,
    segments: [],
    page,
    state,
    *ranges() {
      yield [0, endPfn];
    },
    ready: async () => {},
    close: () => file.close(),
  };
}
