// Writes a kdump-compressed file, version 6: only the pages given. diskdump_mod.h (makedumpfile 1.7.8);
// offsets as in kdump.ts.
import { deflateSync } from 'node:zlib';
import type { DumpHeader, Note } from './format.ts';

const BLOCK = 4096;
const DESCRIPTOR = 24;
const ZLIB = 1;
/** struct new_utsname: 64 characters and a NUL. */
const UTS_FIELD = 65;

export interface KdumpContents {
  /** The header blocks of the dump the pages come from, copied but for what describes this file's own layout. */
  readonly header: Uint8Array;
  readonly endPfn: number;
  /** In ascending order, each of 4096 bytes. */
  readonly pages: readonly (readonly [pfn: number, bytes: Uint8Array])[];
  /** Whether memory exists at a frame: absent pages there read as excluded. */
  readonly exists: (pfn: number) => boolean;
  readonly notes: readonly Note[];
}

/** The whole file: a slim dump is small. */
export function writeKdump(contents: KdumpContents): Uint8Array {
  const { endPfn, pages } = contents;
  const notes = encodeNotes(contents.notes);
  const subBlocks = 1 + Math.ceil(notes.length / BLOCK);
  const half = Math.ceil(Math.ceil(endPfn / 8) / BLOCK) * BLOCK;
  const bitmaps = Buffer.alloc(half * 2);
  for (let pfn = 0; pfn < endPfn; pfn++) if (contents.exists(pfn)) setBit(bitmaps, 0, pfn);
  for (const [pfn] of pages) {
    setBit(bitmaps, 0, pfn);
    setBit(bitmaps, half, pfn);
  }
  const head = encodeHeader(contents, notes.length, subBlocks, (half * 2) / BLOCK);
  notes.copy(head, 2 * BLOCK);
  const descriptors = Buffer.alloc(pages.length * DESCRIPTOR);
  const data = encodePages(pages, head.length + bitmaps.length + descriptors.length, descriptors);
  return Buffer.concat([head, bitmaps, descriptors, ...data]);
}

/**
 * The header blocks for a dump that never had any: an ELF core, raw memory.
 *
 * @param physBase what is added to addresses of the kernel image, signed
 */
export function headerBlocks(machine: DumpHeader, physBase: bigint): Uint8Array {
  const head = Buffer.alloc(2 * BLOCK);
  head.write('KDUMP   ', 'latin1');
  const { sysname, nodename, release, version, domainname } = machine;
  for (const [i, text] of [
    sysname,
    nodename,
    release,
    version,
    machine.machine,
    domainname,
  ].entries())
    head.write(text.slice(0, UTS_FIELD - 1), 12 + i * UTS_FIELD, 'latin1');
  head.writeBigInt64LE(BigInt(machine.timestampSeconds), 408);
  head.writeBigInt64LE(BigInt(machine.timestampMicroseconds), 416);
  head.writeInt32LE(BLOCK, 428);
  head.writeUInt32LE(machine.currentCpu, 456);
  head.writeInt32LE(machine.cpus, 460);
  head.writeBigUInt64LE(BigInt.asUintN(64, physBase), BLOCK);
  head.writeInt32LE(machine.dumpLevel, BLOCK + 8);
  return head;
}

/** Fills the descriptors; a page that does not shrink is stored as it is. */
function encodePages(
  pages: KdumpContents['pages'],
  start: number,
  descriptors: Buffer,
): Uint8Array[] {
  let offset = start;
  return pages.map(([, page], i) => {
    const packed = deflateSync(page, { level: 9 });
    const stored = packed.length < page.length ? packed : page;
    descriptors.writeBigInt64LE(BigInt(offset), i * DESCRIPTOR);
    descriptors.writeUInt32LE(stored.length, i * DESCRIPTOR + 8);
    descriptors.writeUInt32LE(stored === packed ? ZLIB : 0, i * DESCRIPTOR + 12);
    offset += stored.length;
    return stored;
  });
}

function encodeHeader(
  { header, endPfn, notes, pages }: KdumpContents,
  notesLength: number,
  subBlocks: number,
  bitmapBlocks: number,
): Buffer {
  const head = Buffer.alloc((1 + subBlocks) * BLOCK);
  Buffer.from(header.subarray(0, 2 * BLOCK)).copy(head);
  head.writeInt32LE(6, 8);
  head.writeUInt32LE(ZLIB, 424);
  head.writeUInt32LE(subBlocks, 432);
  head.writeUInt32LE(bitmapBlocks, 436);
  head.writeUInt32LE(Math.min(endPfn, 0xffffffff), 440);
  head.writeUInt32LE(Math.min(pages.length, 0xffffffff), 452);
  const sub = BLOCK;
  head.writeInt32LE(0, sub + 12);
  const vmcoreinfo = notes.findIndex((note) => note.name === 'VMCOREINFO');
  const at = vmcoreinfo < 0 ? 0 : descOffset(notes, vmcoreinfo);
  head.writeBigUInt64LE(BigInt(vmcoreinfo < 0 ? 0 : 2 * BLOCK + at), sub + 32);
  head.writeBigUInt64LE(BigInt(notes[vmcoreinfo]?.desc.length ?? 0), sub + 40);
  head.writeBigUInt64LE(BigInt(2 * BLOCK), sub + 48);
  head.writeBigUInt64LE(BigInt(notesLength), sub + 56);
  head.fill(0, sub + 64, sub + 80); // no erase info
  head.writeBigUInt64LE(0n, sub + 80);
  head.writeBigUInt64LE(0n, sub + 88);
  head.writeBigUInt64LE(BigInt(endPfn), sub + 96);
  return head;
}

const padded = (length: number): number => Math.ceil(length / 4) * 4;

const noteSize = (note: Note): number =>
  12 + padded(note.name.length + 1) + padded(note.desc.length);

function descOffset(notes: readonly Note[], index: number): number {
  const before = notes.slice(0, index).reduce((sum, note) => sum + noteSize(note), 0);
  return before + 12 + padded((notes[index]?.name.length ?? 0) + 1);
}

function encodeNotes(notes: readonly Note[]): Buffer {
  const bytes = Buffer.alloc(notes.reduce((sum, note) => sum + noteSize(note), 0));
  let at = 0;
  for (const note of notes) {
    bytes.writeUInt32LE(note.name.length + 1, at);
    bytes.writeUInt32LE(note.desc.length, at + 4);
    bytes.writeUInt32LE(note.type, at + 8);
    bytes.write(note.name, at + 12, 'latin1');
    Buffer.from(note.desc).copy(bytes, at + 12 + padded(note.name.length + 1));
    at += noteSize(note);
  }
  return bytes;
}

function setBit(map: Buffer, from: number, pfn: number): void {
  const at = from + Math.floor(pfn / 8);
  map[at] = (map[at] as number) | (1 << (pfn % 8));
}
