// What every dump file becomes: pages by frame number, and notes left as raw bytes.
import type { Fault } from '../bytes/fault.ts';
import type { RandomAccessFile } from '../bytes/file.ts';

/** One ELF note, its meaning unread. */
export interface Note {
  readonly name: string;
  readonly type: number;
  readonly desc: Uint8Array;
}

/** A range that the file itself says where the kernel had mapped it (ELF program headers). */
export interface Segment {
  readonly virtual: bigint;
  readonly physical: number;
  /** Bytes of memory it covers; not all of them need be in the file. */
  readonly size: number;
}

/** Whether a page is in the file, and if not, why: what the file's own index says. */
export type PageState = 'present' | 'excluded' | 'unsaved' | 'truncated';

/** What a kdump header says about the machine, as it says it: QEMU leaves most of it empty. */
export interface DumpHeader {
  readonly sysname: string;
  readonly nodename: string;
  readonly release: string;
  readonly version: string;
  readonly machine: string;
  readonly domainname: string;
  /** When the dump was written, since 1970. */
  readonly timestampSeconds: number;
  readonly timestampMicroseconds: number;
  readonly currentCpu: number;
  readonly cpus: number;
  /** makedumpfile's level: which kinds of page were left out. */
  readonly dumpLevel: number;
}

/** A dump file as pages: by frame number, in bytes of `pageSize`. */
export interface PageSource {
  /** A DumpFormat's name. */
  readonly format: string;
  /** `[label, value]` lines about the container, for `info`: version, compression, level … */
  readonly properties: readonly (readonly [string, string])[];
  /** What a user must know about this file: incomplete, truncated, a part of a set missing … */
  readonly warnings: readonly string[];
  /** Whether pages were left out by intention (a filter), as far as the file shows. */
  readonly isFiltered: boolean;
  /** The memory of a running machine: it changes while one reads, and no CPU's registers are known. */
  readonly isLive?: boolean;
  readonly pageSize: number;
  /** The file itself, of a set the first: for who asks for its own bytes. */
  readonly file?: RandomAccessFile;
  /** First frame number beyond the machine's memory, as the file tells it. */
  readonly endPfn: number;
  readonly notes: readonly Note[];
  /** `phys_base` of a kdump sub-header; signed, modulo 2^64. */
  readonly physBase?: bigint;
  readonly segments: readonly Segment[];
  /** What a kdump header says; other formats have none. A dump written from this one copies it. */
  readonly header?: DumpHeader;
  /** The first two blocks of a kdump file: what a slim dump of it keeps. */
  readonly kdumpHeader?: Uint8Array;
  /**
   * The bytes of one page, or why they are not there. Always exactly `pageSize` bytes.
   * The caller must not write to them.
   */
  page(pfn: number): Uint8Array | Fault;
  state(pfn: number): PageState;
  /** Every frame number that may hold a page, in ascending runs `[first, end)`. */
  ranges(): Iterable<readonly [number, number]>;
  /** Loads what decoding needs (a WebAssembly decoder). Await it once, before the first page. */
  ready(): Promise<void>;
  close(): void;
}

export interface DumpFormat {
  /** The file's own name. */
  readonly name: string;
  /** Looks at the first 4 KiB only; never throws, never reads on. */
  recognises(head: Uint8Array): boolean;
  /** @param files one file, or the parts of a split set in any order */
  open(files: readonly RandomAccessFile[]): PageSource | Fault;
}
