// ELF64 cores as makedumpfile -E and QEMU write them. The layout is that of src/formats/elf.ts.
import type { Image } from './image.ts';
import { encodeNotes } from './notes.ts';

const PAGE = 4096;
const LOAD = 1;
const NOTE = 4;
/** A physical address of all ones. */
const NOWHERE = -1;

export interface ElfForm {
  /** The number of segments stands in section 0, as it must when there are 65,535 of them. */
  readonly hasSection?: boolean;
  /** Added to physical addresses for virtual ones. */
  readonly directMap?: bigint;
  /** As in /proc/kcore, also a segment that has no physical address: vmalloc's range. */
  readonly hasVmalloc?: boolean;
}

interface Segment {
  readonly type: number;
  readonly physical: number;
  readonly bytes: Uint8Array;
  readonly size: number;
}

/** The whole file: one segment for each run of pages, with what was left out behind it. */
export function elfFile(image: Image, form: ElfForm = {}): Buffer {
  const notes = encodeNotes(image.notes);
  const vmalloc = { type: LOAD, physical: NOWHERE, bytes: Buffer.alloc(0), size: PAGE };
  const segments: Segment[] = [
    { type: NOTE, physical: 0, bytes: notes, size: notes.length },
    ...(form.hasVmalloc ? [vmalloc] : []),
    ...runs(image),
  ];
  const sections = form.hasSection ? 64 : 0;
  const head = Buffer.alloc(64 + sections + segments.length * 56);
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  head.writeUInt16LE(4, 16);
  head.writeUInt16LE(62, 18);
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(BigInt(64 + sections), 32);
  head.writeBigUInt64LE(BigInt(sections), 40);
  head.writeUInt16LE(64, 52);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(form.hasSection ? 0xffff : segments.length, 56);
  if (form.hasSection) head.writeUInt32LE(segments.length, 64 + 44);
  let offset = head.length;
  for (const [i, segment] of segments.entries()) {
    putSegment(head, 64 + sections + i * 56, segment, offset, form.directMap ?? 0n);
    offset += segment.bytes.length;
  }
  return Buffer.concat([head, ...segments.map((segment) => segment.bytes)]);
}

function putSegment(head: Buffer, at: number, s: Segment, offset: number, map: bigint): void {
  head.writeUInt32LE(s.type, at);
  head.writeBigUInt64LE(BigInt(offset), at + 8);
  head.writeBigUInt64LE(BigInt.asUintN(64, BigInt(s.physical) + map), at + 16);
  head.writeBigUInt64LE(BigInt.asUintN(64, BigInt(s.physical)), at + 24);
  head.writeBigUInt64LE(BigInt(s.bytes.length), at + 32);
  head.writeBigUInt64LE(BigInt(s.size), at + 40);
}

function runs(image: Image): Segment[] {
  const pages = new Map(image.pages);
  const segments: Segment[] = [];
  for (let pfn = 0; pfn < image.endPfn; ) {
    if (image.state(pfn) === 'unsaved') {
      pfn++;
      continue;
    }
    const first = pfn;
    const present: Uint8Array[] = [];
    for (let page = pages.get(pfn); page; page = pages.get(++pfn)) present.push(page);
    while (pfn < image.endPfn && image.state(pfn) === 'excluded') pfn++;
    if (pfn === first) pfn++;
    const size = (pfn - first) * PAGE;
    segments.push({ type: LOAD, physical: first * PAGE, bytes: Buffer.concat(present), size });
  }
  return segments;
}
