// ELF64 cores of a machine: /proc/vmcore, makedumpfile -E, QEMU's dump-guest-memory, and /proc/kcore of a running one.
// ELF-64 specification; fs/proc/vmcore.c, fs/proc/kcore.c (6.12), dump/dump.c (QEMU 7.2), seen on files of all four.
//
//   0  7f 'E' 'L' 'F' · 4 class 2 (64 bits) · 5 data 1 (little-endian) · 16 u16 e_type 4 (core) · 18 u16 e_machine 62
//  32  u64 e_phoff · 40 u64 e_shoff · 54 u16 e_phentsize 56 · 56 u16 e_phnum; 0xffff: see sh_info of section 0
//  e_phoff: { u32 p_type; u32 p_flags; u64 p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_align }
//       PT_LOAD 1: memory at p_paddr. What lies between p_filesz and p_memsz was left out, and is not zero.
//       PT_NOTE 4: notes.
// The kernel image is there twice: once by its own addresses, once as a part of all memory.
import type { FileOffset } from '../bytes/address.ts';
import { Cursor } from '../bytes/cursor.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { RandomAccessFile } from '../bytes/file.ts';
import { Pieces } from '../bytes/pieces.ts';
import { elfMachine, isElfCore, readElfHead } from './elf-head.ts';
import type { DumpFormat, Note, PageSource, PageState, Segment } from './format.ts';
import { frameAt } from './kdump-pages.ts';
import { readNotes } from './notes.ts';

const PAGE = 4096;
const PROGRAM_HEADER = 56;
const PT_LOAD = 1;
const PT_NOTE = 4;
/** e_phnum when there are more than fit it. */
const PN_XNUM = 0xffff;
/** More than a dump of the largest machine, filtered page by page, was seen to have. */
const MAX_SEGMENTS = 1 << 20;
/** One is the rule. */
const MAX_NOTE_SEGMENTS = 16;
/** p_paddr of what lies nowhere in a row: vmalloc's range in /proc/kcore. Page tables lead there. */
const NO_PLACE = 0xffff_ffff_ffff_ffffn;
/** x86-64 has physical addresses of at most 52 bits. */
const MAX_PHYSICAL = 2 ** 52;

export const elf: DumpFormat = {
  name: 'elf',
  recognises: isElfCore,
  open(files) {
    const [file, second] = files;
    if (!file) return new Fault('truncated', undefined, 'no file was given');
    if (second)
      return new Fault(
        'corrupt',
        undefined,
        `an ELF core is one file; ${second.name} is no part of it`,
      );
    const head = file.read(0, Math.min(64, file.size));
    if (isFault(head) || head.length < 64) return cutFault(0);
    const { machine } = readElfHead(head);
    if (machine !== elfMachine.x86_64)
      return new Fault(
        'corrupt',
        18 as FileOffset,
        `a core of another machine (e_machine ${machine}); only x86_64 can be read`,
      );
    return openCore(file, new Cursor(head));
  },
};

const cutFault = (at: number): Fault =>
  new Fault('truncated', at as FileOffset, 'the file ends within its headers: it was cut');

function openCore(file: RandomAccessFile, head: Cursor): PageSource | Fault {
  const entry = head.u16(54);
  if (entry !== PROGRAM_HEADER)
    return new Fault('corrupt', 54 as FileOffset, `program headers of ${entry} bytes, not 56`);
  const count = segmentCount(file, head);
  if (isFault(count)) return count;
  const offset = head.size(32) ?? Number.MAX_SAFE_INTEGER;
  const whole = Math.max(0, Math.floor((file.size - offset) / PROGRAM_HEADER));
  const kept = Math.min(count, whole, MAX_SEGMENTS);
  const table = file.read(offset, kept * PROGRAM_HEADER);
  if (isFault(table) || kept === 0)
    return count === 0 ? new Fault('corrupt', 56 as FileOffset, NO_SEGMENTS) : cutFault(32);
  const parts = readSegments(file, new Cursor(table), kept);
  if (kept < count)
    parts.warnings.push(`only ${kept} of its ${count} program headers are read: it was cut`);
  const kind = programOf(parts.notes);
  if (kind) return new Fault('corrupt', undefined, kind);
  if (parts.loads.length === 0) return new Fault('corrupt', offset as FileOffset, NO_SEGMENTS);
  return new ElfSource(file, parts);
}

const NO_SEGMENTS = 'an ELF core without memory segments (PT_LOAD): no memory was saved in it';

function segmentCount(file: RandomAccessFile, head: Cursor): number | Fault {
  const count = head.u16(56) as number;
  if (count !== PN_XNUM) return count;
  // Section 0 has the number then: sh_info at 44 of a section header.
  const section = file.read(head.size(40) ?? Number.MAX_SAFE_INTEGER, 64);
  return isFault(section) ? cutFault(40) : (new Cursor(section).u32(44) as number);
}

interface Load {
  readonly virtual: bigint;
  readonly physical: number;
  readonly place: number;
  readonly fileSize: number;
  readonly size: number;
}

interface Parts {
  readonly loads: Load[];
  readonly notes: Note[];
  readonly warnings: string[];
}

function readSegments(file: RandomAccessFile, table: Cursor, count: number): Parts {
  const parts: Parts = { loads: [], notes: [], warnings: [] };
  let noteSegments = 0;
  let odd = 0;
  for (let i = 0; i < count; i++) {
    const at = i * PROGRAM_HEADER;
    const type = table.u32(at);
    if (type === PT_NOTE && noteSegments++ < MAX_NOTE_SEGMENTS)
      parts.notes.push(...readNotes(file, table.size(at + 8) ?? 0, table.size(at + 32) ?? 0));
    if (type !== PT_LOAD || table.u64(at + 24) === NO_PLACE) continue;
    const load = readLoad(table, at);
    if (!load) odd++;
    else if (load.size > 0) parts.loads.push(load);
  }
  if (odd > 0)
    parts.warnings.push(`${odd} of its segments lie beyond any memory: the headers are damaged`);
  return parts;
}

function readLoad(table: Cursor, at: number): Load | undefined {
  const place = table.size(at + 8);
  const physical = table.size(at + 24);
  const fileSize = table.size(at + 32);
  const size = table.size(at + 40);
  if (place === undefined || physical === undefined || fileSize === undefined) return undefined;
  if (size === undefined || physical + size > MAX_PHYSICAL) return undefined;
  if (!Number.isSafeInteger(place + fileSize)) return undefined;
  const virtual = table.u64(at + 16) as bigint;
  return { virtual, physical, place, fileSize: Math.min(fileSize, size), size };
}

/** Notes that only the core of a program has: NT_PRPSINFO, NT_AUXV, NT_FILE (include/uapi/linux/elf.h). */
const PROGRAM_NOTES = [3, 6, 0x46494c45];

/** /proc/kcore says it is the core of a program of this name. fs/proc/kcore.c (2.6 to 7.2) */
const KCORE_PROGRAM = 'vmlinux';

const isKcore = (notes: readonly Note[]): boolean =>
  notes.some((note) => note.name === 'VMCOREINFO') &&
  notes.some(
    ({ name, type, desc }) => name === 'CORE' && type === 3 && programName(desc) === KCORE_PROGRAM,
  );

/** struct elf_prpsinfo: pr_fname[16] at 40. include/linux/elfcore.h */
const programName = (desc: Uint8Array): string => new Cursor(desc).text(40, 16) ?? '';

/** What it is instead, when it is no machine's core. */
function programOf(notes: readonly Note[]): string | undefined {
  if (isKcore(notes)) return undefined;
  const info = notes.find((note) => note.name === 'CORE' && note.type === 3);
  if (!notes.some((note) => note.name === 'CORE' && PROGRAM_NOTES.includes(note.type)))
    return undefined;
  const name = info ? programName(info.desc) : '';
  const which = name ? ` (${JSON.stringify(name)})` : '';
  return `the core of a program${which}, not of a kernel: open it with gdb`;
}

class ElfSource implements PageSource {
  readonly format = 'elf';
  readonly pageSize = PAGE;
  readonly notes: readonly Note[];
  readonly segments: readonly Segment[];
  readonly endPfn: number;
  readonly isFiltered: boolean;
  readonly isLive: boolean;
  readonly file: RandomAccessFile;
  readonly #parts: Parts;
  /** Memory that is in the file, and where in the file each piece lies. */
  readonly #stored: Pieces;
  readonly #places: readonly number[];
  /** Memory that the segments cover, in the file or left out. */
  readonly #covered: Pieces;

  constructor(file: RandomAccessFile, parts: Parts) {
    const { loads } = parts;
    this.file = file;
    this.#parts = parts;
    this.isLive = isKcore(parts.notes);
    // What /proc/kcore says of registers is zeros, and of the task that reads it.
    this.notes = this.isLive ? parts.notes.filter(({ name }) => name !== 'CORE') : parts.notes;
    this.segments = loads.map(({ virtual, physical, size }) => ({ virtual, physical, size }));
    const starts = loads.map((load) => load.physical);
    this.#stored = new Pieces(
      starts,
      loads.map((load) => load.physical + load.fileSize),
    );
    this.#covered = new Pieces(
      starts,
      loads.map((load) => load.physical + load.size),
    );
    this.#places = this.#stored.owners.map((owner, i) => {
      const load = loads[owner] as Load;
      return load.place + (this.#stored.starts[i] as number) - load.physical;
    });
    this.endPfn = Math.ceil((this.#covered.ends.at(-1) ?? 0) / PAGE);
    this.isFiltered = loads.some((load) => load.fileSize < load.size);
  }

  get properties(): (readonly [string, string])[] {
    const pages = Math.round(sizeOf(this.#stored) / PAGE);
    const all = Math.round(sizeOf(this.#covered) / PAGE);
    const lines: (readonly [string, string])[] = [
      ['segments', String(this.segments.length)],
      ['pages', `${pages} in the file, of ${all} frames`],
    ];
    if (this.notes.some((note) => note.name === 'QEMU')) lines.push(['written by', 'QEMU']);
    if (this.file.container) lines.push(['container', this.file.container]);
    return lines;
  }

  get warnings(): string[] {
    const lines = [...(this.file.warnings ?? []), ...this.#parts.warnings];
    const cut = this.#countCut();
    if (cut > 0) lines.push(`the file was cut: ${cut} of its pages lie beyond its end`);
    return lines;
  }

  page(pfn: number): Uint8Array | Fault {
    const at = pfn * PAGE;
    const piece = this.#stored.after(at);
    const start = this.#stored.starts[piece] ?? Infinity;
    const end = this.#stored.ends[piece] ?? 0;
    if (!(start < at + PAGE && at >= 0)) return new Fault(this.#absence(at), frameAt(pfn));
    if (start <= at && at + PAGE <= end) return this.#read(pfn, piece, at, PAGE);
    return this.#assemble(pfn, piece);
  }

  /** A page that no piece holds alone; where memory ends within it, the rest is zero. */
  #assemble(pfn: number, first: number): Uint8Array | Fault {
    const at = pfn * PAGE;
    const { starts, ends } = this.#stored;
    const page = new Uint8Array(new ArrayBuffer(PAGE));
    for (let i = first; (starts[i] ?? Infinity) < at + PAGE; i++) {
      const from = Math.max(at, starts[i] as number);
      const part = this.#read(pfn, i, from, Math.min(at + PAGE, ends[i] as number) - from);
      if (isFault(part)) return part;
      page.set(part, from - at);
    }
    return page;
  }

  #read(pfn: number, piece: number, from: number, length: number): Uint8Array | Fault {
    const place = (this.#places[piece] as number) + from - (this.#stored.starts[piece] as number);
    const bytes = this.file.read(place, length);
    return isFault(bytes) ? new Fault('truncated', frameAt(pfn), bytes.detail) : bytes;
  }

  state(pfn: number): PageState {
    const at = pfn * PAGE;
    const { starts, ends } = this.#stored;
    const piece = this.#stored.after(at);
    const start = starts[piece] ?? Infinity;
    if (!(start < at + PAGE && at >= 0)) return this.#absence(at);
    const end = Math.min(at + PAGE, ends[piece] as number);
    return (this.#places[piece] as number) + end - start > this.file.size ? 'truncated' : 'present';
  }

  #absence(at: number): 'excluded' | 'unsaved' {
    const start = this.#covered.starts[this.#covered.after(at)] ?? Infinity;
    return at >= 0 && start < at + PAGE ? 'excluded' : 'unsaved';
  }

  *ranges(): Generator<readonly [number, number]> {
    const { starts, ends } = this.#stored;
    let first = 0;
    let end = 0;
    for (let i = 0; i < starts.length; i++) {
      const from = Math.floor((starts[i] as number) / PAGE);
      if (from > end) {
        if (end > first) yield [first, end];
        first = from;
      }
      end = Math.max(end, Math.ceil((ends[i] as number) / PAGE));
    }
    if (end > first) yield [first, end];
  }

  /** Pages of all pieces that reach beyond the end of the file. */
  #countCut(): number {
    const { starts, ends } = this.#stored;
    let bytes = 0;
    for (let i = 0; i < starts.length; i++) {
      const size = (ends[i] as number) - (starts[i] as number);
      const left = Math.max(0, this.file.size - (this.#places[i] as number));
      bytes += size - Math.min(size, left);
    }
    return Math.ceil(bytes / PAGE);
  }

  async ready(): Promise<void> {}

  close(): void {
    this.file.close();
  }
}

const sizeOf = ({ starts, ends }: Pieces): number =>
  starts.reduce((sum, start, i) => sum + (ends[i] as number) - start, 0);
