// kdump-compressed files of every version and compression, also those that no tool at hand writes.
// The layout is that of src/formats/kdump-header.ts.
import { deflateSync } from 'node:zlib';
import { compress as snappyCompress } from 'snappyjs';
import type { Image } from './image.ts';
import { lzoCompress } from './lzo.ts';
import { encodeNotes } from './notes.ts';

const BLOCK = 4096;
const FLAGS = { none: 0, zlib: 1, lzo: 2, snappy: 4, zstd: 0x20 } as const;

export interface KdumpForm {
  /** 1 to 6; 0 is "DISKDUMP", which has no sub-header. */
  readonly version?: number;
  readonly compression?: keyof typeof FLAGS;
  /** zstd's compressor, which has to be loaded first. */
  readonly zstd?: (plain: Uint8Array) => Uint8Array;
  /** One part of a split set: the frames `[start, end)`. */
  readonly part?: readonly [start: number, end: number];
  readonly level?: number;
}

/** The whole file. */
export function kdumpFile(image: Image, form: KdumpForm = {}): Buffer {
  const { version = 6, part } = form;
  const notes = version >= 4 ? encodeNotes(image.notes) : vmcoreinfoOf(image);
  const subBlocks = version === 0 ? 0 : 1 + Math.ceil(notes.length / BLOCK);
  const half = Math.ceil(image.endPfn / 8 / BLOCK) * BLOCK;
  const bitmaps = Buffer.alloc(half * 2);
  for (let pfn = 0; pfn < image.endPfn; pfn++)
    if (image.state(pfn) !== 'unsaved') setBit(bitmaps, 0, pfn);
  for (const [pfn] of image.pages) setBit(bitmaps, half, pfn);
  const head = Buffer.alloc((1 + subBlocks) * BLOCK);
  putHeader(head, image, form, subBlocks, half);
  if (version > 0) putSubHeader(head, image, form, notes);
  notes.copy(head, subBlocks > 0 ? 2 * BLOCK : 0, 0, subBlocks > 0 ? notes.length : 0);
  const [first, end] = part ?? [0, Infinity];
  const own = image.pages.filter(([pfn]) => pfn >= first && pfn < end);
  return Buffer.concat([head, bitmaps, ...encodePages(own, head.length + half * 2, form)]);
}

/** Versions before 4 have VMCOREINFO alone. */
const vmcoreinfoOf = ({ notes }: Image): Buffer =>
  Buffer.from(notes.find((note) => note.name === 'VMCOREINFO')?.desc ?? []);

function putHeader(
  head: Buffer,
  image: Image,
  { version = 6, compression = 'zlib' }: KdumpForm,
  subBlocks: number,
  half: number,
): void {
  head.write(version === 0 ? 'DISKDUMP' : 'KDUMP   ');
  head.writeInt32LE(version, 8);
  for (const [i, text] of ['Linux', 'node', '6.12.0-test', '#1', 'x86_64', '(none)'].entries())
    head.write(text, 12 + 65 * i);
  head.writeUInt32LE(FLAGS[compression], 424);
  head.writeInt32LE(BLOCK, 428);
  head.writeInt32LE(subBlocks, 432);
  head.writeUInt32LE((half * 2) / BLOCK, 436);
  head.writeUInt32LE(image.endPfn, 440);
  head.writeInt32LE(2, 460);
}

function putSubHeader(head: Buffer, image: Image, form: KdumpForm, notes: Buffer): void {
  const { version = 6, part, level = 31 } = form;
  head.writeBigUInt64LE(BigInt.asUintN(64, image.physBase), BLOCK);
  head.writeInt32LE(level, BLOCK + 8);
  const put = (since: number, at: number, value: number): void => {
    if (version >= since) head.writeBigUInt64LE(BigInt(value), BLOCK + at);
  };
  if (part && version >= 2) head.writeInt32LE(1, BLOCK + 12);
  put(2, 16, part?.[0] ?? 0);
  put(2, 24, part?.[1] ?? 0);
  const info = vmcoreinfoOf(image);
  put(3, 32, 2 * BLOCK + Math.max(0, notes.indexOf(info)));
  put(3, 40, info.length);
  put(4, 48, 2 * BLOCK);
  put(4, 56, notes.length);
  put(6, 80, part?.[0] ?? 0);
  put(6, 88, part?.[1] ?? 0);
  put(6, 96, image.endPfn);
}

/** Descriptors, then data; a page that does not shrink is stored as it is, and all zero pages are one. */
function encodePages(pages: Image['pages'], start: number, form: KdumpForm): Uint8Array[] {
  const { compression = 'zlib' } = form;
  const descriptors = Buffer.alloc(pages.length * 24);
  const data: Uint8Array[] = [];
  let end = start + descriptors.length;
  let zeroAt = -1;
  for (const [i, [, page]] of pages.entries()) {
    const isZero = page.every((byte) => byte === 0);
    const packed = compress(page, form);
    const stored = packed.length < page.length ? packed : page;
    const offset = isZero && zeroAt >= 0 ? zeroAt : end;
    if (isZero) zeroAt = offset;
    descriptors.writeBigInt64LE(BigInt(offset), i * 24);
    descriptors.writeUInt32LE(stored.length, i * 24 + 8);
    descriptors.writeUInt32LE(stored === packed ? FLAGS[compression] : 0, i * 24 + 12);
    if (offset !== end) continue;
    data.push(stored);
    end += stored.length;
  }
  return [descriptors, ...data];
}

function compress(page: Uint8Array, { compression = 'zlib', zstd }: KdumpForm): Uint8Array {
  if (compression === 'zlib') return deflateSync(page, { level: 1 });
  if (compression === 'lzo') return lzoCompress(page);
  if (compression === 'snappy') return snappyCompress(page);
  if (compression === 'zstd' && zstd) return zstd(page);
  return page;
}

function setBit(map: Buffer, from: number, pfn: number): void {
  const at = from + (pfn >> 3);
  map[at] = (map[at] as number) | (1 << (pfn & 7));
}
