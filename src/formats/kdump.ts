// kdump-compressed dumps, whole or split: what makedumpfile writes, and QEMU. The layout is in kdump-header.ts.
import { loadZstd } from '../bytes/codec/zstd.ts';
import { Cursor } from '../bytes/cursor.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { DumpFormat, PageSource, PageState } from './format.ts';
import { Bitmap } from './kdump-bitmap.ts';
import {
  BLOCK,
  COMPRESSED,
  compressionOf,
  EXCLUDED_VMEMMAP,
  INCOMPLETE,
  type KdumpHeader,
  NEWEST_VERSION,
  readHeader,
  signatures,
} from './kdump-header.ts';
import { type Decoders, decoders, frameAt, StoredPages } from './kdump-pages.ts';
import { arrange, type Gap } from './kdump-split.ts';

export const kdump: DumpFormat = {
  name: 'kdump',
  recognises: (head) => signatures.includes(new Cursor(head).text(0, 8)),
  open(files) {
    const headers: KdumpHeader[] = [];
    for (const file of files) {
      const header = readHeader(file);
      if (isFault(header)) return header;
      headers.push(header);
    }
    return open(headers);
  },
};

/** The descriptors of one file, and which frames they are for. */
interface Part {
  readonly startPfn: number;
  readonly endPfn: number;
  /** Pages of the whole set before this part's first. */
  readonly before: number;
  readonly pages: StoredPages;
}

function open(headers: readonly KdumpHeader[]): PageSource | Fault {
  const arranged = arrange(headers);
  if (isFault(arranged)) return arranged;
  const first = arranged.parts[0];
  if (!first) return new Fault('truncated', undefined, 'no file was given');
  const present = new Bitmap(first.file, first.bitmap2, first.bitmapLength);
  const codecs = decoders();
  const parts: Part[] = [];
  const fault = present.index() ?? fillParts(parts, arranged.parts, present, codecs);
  if (fault) return fault;
  return new KdumpSource(arranged.parts, arranged.gaps, parts, present, codecs);
}

function fillParts(
  parts: Part[],
  headers: readonly KdumpHeader[],
  present: Bitmap,
  codecs: Decoders,
): Fault | undefined {
  for (const { file, descriptors, startPfn, endPfn, maxPfn } of headers) {
    const before = present.rank(Math.min(startPfn, maxPfn));
    if (isFault(before)) return before;
    const after = present.rank(Math.min(endPfn, maxPfn));
    if (isFault(after)) return after;
    const pages = new StoredPages(file, descriptors, after - before, codecs);
    parts.push({ startPfn, endPfn, before, pages });
  }
  return undefined;
}

class KdumpSource implements PageSource {
  readonly format = 'kdump';
  readonly pageSize = BLOCK;
  readonly segments = [];
  readonly #headers: readonly KdumpHeader[];
  readonly #first: KdumpHeader;
  readonly #gaps: readonly Gap[];
  readonly #parts: readonly Part[];
  readonly #exists: Bitmap;
  readonly #present: Bitmap;
  readonly #codecs: Decoders;
  readonly #cut: number;

  constructor(
    headers: readonly KdumpHeader[],
    gaps: readonly Gap[],
    parts: readonly Part[],
    present: Bitmap,
    codecs: Decoders,
  ) {
    const first = headers[0] as KdumpHeader;
    this.#headers = headers;
    this.#first = first;
    this.#gaps = gaps;
    this.#parts = parts;
    this.#exists = new Bitmap(first.file, first.bitmap1, first.bitmapLength);
    this.#present = present;
    this.#codecs = codecs;
    this.#cut = parts.reduce((sum, part) => sum + part.pages.countCut(), 0);
  }

  get endPfn() {
    return this.#first.maxPfn;
  }
  get notes() {
    return this.#first.notes;
  }
  get file() {
    return this.#first.file;
  }
  get header() {
    return this.#first.header;
  }
  get kdumpHeader(): Uint8Array {
    const blocks = this.#first.file.read(0, 2 * BLOCK);
    return isFault(blocks) ? new Uint8Array(2 * BLOCK) : blocks;
  }
  get physBase(): bigint {
    return this.#first.physBase ?? 0n;
  }

  /** Level 1 leaves out zero pages by storing one for all: nothing is missing. */
  get isFiltered(): boolean {
    return (this.header.dumpLevel & ~1) !== 0;
  }

  get properties(): (readonly [string, string])[] {
    const { version, status, header } = this.#first;
    const count = this.#count(this.endPfn);
    const lines: (readonly [string, string])[] = [
      ['header version', String(version)],
      ['compression', compressionOf(status)],
      ['dump level', levelText(header.dumpLevel)],
      ['pages', `${count} in the file, of ${this.endPfn} frames`],
    ];
    if (this.#first.isSplit) lines.push(['split', splitText(this.#headers)]);
    if (this.#first.file.container) lines.push(['container', this.#first.file.container]);
    return lines;
  }

  get warnings(): string[] {
    const { status, version } = this.#first;
    const lines = this.#headers.flatMap(({ file }) => file.warnings ?? []);
    if (this.#headers.some((part) => part.status & INCOMPLETE))
      lines.push(
        'makedumpfile marked this dump as incomplete: it ran out of space, or was interrupted',
      );
    if (this.#cut > 0) lines.push(`the file was cut: ${this.#cut} of its pages lie beyond its end`);
    const [part] = this.#parts;
    const counted = this.#count(this.endPfn);
    const room = this.#parts.length === 1 ? part?.pages.room : undefined;
    if (!this.#first.isSplit && room !== undefined && room !== counted)
      lines.push(
        `its page index is damaged: the bitmap counts ${counted} pages, and there are descriptors of ${room}`,
      );
    for (const [start, end] of this.#gaps) {
      const missing = this.#count(end) - this.#count(start);
      if (missing > 0)
        lines.push(
          `a part of the split set is missing: ${missing} pages, frames ${hex(start)} to ${hex(Math.min(end, this.endPfn) - 1)}`,
        );
    }
    if (status & EXCLUDED_VMEMMAP)
      lines.push('makedumpfile left out the page structures of the pages it left out');
    if (version > NEWEST_VERSION)
      lines.push(`header version ${version} is newer than any known; it is read as version 6`);
    return lines;
  }

  state(pfn: number): PageState {
    const is = this.#indexed(pfn);
    if (is !== 'present') return is;
    const part = this.#partOf(pfn);
    if (!part) return 'unsaved';
    const rank = this.#cut > 0 ? this.#present.rank(pfn) : undefined;
    if (rank === undefined) return 'present';
    return isFault(rank) || part.pages.isCut(rank - part.before) ? 'truncated' : 'present';
  }

  page(pfn: number): Uint8Array | Fault {
    const is = this.#indexed(pfn);
    if (is !== 'present') return new Fault(is, frameAt(pfn));
    const part = this.#partOf(pfn);
    if (!part) return new Fault('unsaved', frameAt(pfn), 'its part of the split set is missing');
    const rank = this.#present.rank(pfn);
    return isFault(rank) ? rank : part.pages.page(rank - part.before, pfn);
  }

  ranges(): Iterable<readonly [number, number]> {
    return this.#present.runs(this.endPfn);
  }

  async ready(): Promise<void> {
    if (!this.#headers.some((part) => part.status & COMPRESSED.zstd)) return;
    this.#codecs.set(COMPRESSED.zstd, await loadZstd());
  }

  close(): void {
    for (const { file } of this.#headers) file.close();
  }

  /** What the bitmaps say. */
  #indexed(pfn: number): PageState {
    if (!(pfn >= 0 && pfn < this.endPfn)) return 'unsaved';
    const present = this.#present.has(pfn);
    if (isFault(present)) return 'truncated';
    if (present) return 'present';
    return this.#exists.has(pfn) === true ? 'excluded' : 'unsaved';
  }

  #partOf(pfn: number): Part | undefined {
    if (this.#parts.length === 1) {
      const part = this.#parts[0] as Part;
      return pfn >= part.startPfn && pfn < part.endPfn ? part : undefined;
    }
    return this.#parts.find((part) => pfn >= part.startPfn && pfn < part.endPfn);
  }

  /** Pages of the whole set below a frame. */
  #count(pfn: number): number {
    const rank = this.#present.rank(Math.min(pfn, this.endPfn));
    return isFault(rank) ? 0 : rank;
  }
}

/** makedumpfile's -d: DL_EXCLUDE_ZERO … DL_EXCLUDE_FREE (makedumpfile.h, 1.7.8). */
const levels: readonly (readonly [number, string])[] = [
  [1, 'zero pages'],
  [2, 'page cache'],
  [4, 'private page cache'],
  [8, 'user pages'],
  [16, 'free pages'],
];

function levelText(level: number): string {
  const out = levels.filter(([bit]) => (level & bit) !== 0).map(([, name]) => name);
  return out.length === 0 ? `${level} (all pages)` : `${level} (without ${out.join(', ')})`;
}

function splitText(parts: readonly KdumpHeader[]): string {
  const ranges = parts.filter(({ startPfn, endPfn }) => startPfn < endPfn);
  const spelled = ranges.map(({ startPfn, endPfn }) => `${hex(startPfn)}-${hex(endPfn - 1)}`);
  return `${parts.length} ${parts.length === 1 ? 'part' : 'parts'}, frames ${spelled.join(', ')}`;
}

const hex = (pfn: number): string => `0x${pfn.toString(16)}`;
