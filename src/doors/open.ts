// Assembles the patient: from file names to a Dump.
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import { openFile, type RandomAccessFile } from '../bytes/file.ts';
import type { PageSource } from '../formats/format.ts';
import { recognise } from '../formats/recognise.ts';
import { loadModules, moduleTypes } from '../kernel/module.ts';
import { KERNEL_IMAGE_SIZE, kernelSpace, START_KERNEL_MAP } from '../memory/kernel-space.ts';
import { PhysicalMemory } from '../memory/physical.ts';
import { Region } from '../memory/region.ts';
import type { AddressSpace } from '../memory/space.ts';
import { Vmcoreinfo } from '../memory/vmcoreinfo.ts';
import { findVmcoreinfo } from '../memory/vmcoreinfo-scan.ts';
import { Kallsyms } from '../symbols/kallsyms.ts';
import { findKallsyms, type ImageRange } from '../symbols/kallsyms-scan.ts';
import type { KallsymsTables } from '../symbols/kallsyms-tables.ts';
import { SymbolTable } from '../symbols/table.ts';
import { Btf } from '../types/btf.ts';
import { Dump } from '../types/dump.ts';

/** Cannot be opened as a dump: one line that says what was wrong, where, and what to do. */
export class OpenError extends Error {}

export interface OpenOptions {
  /** Raw physical memory, which nothing identifies. */
  readonly raw?: boolean;
  /** Told of every page that is looked at, from the first on: what `slim` records. */
  readonly onTouch?: (pfn: number, isUser: boolean) => void;
}

/** Read-only data is some 10 to 30 MiB. */
const MAX_RODATA = 128 << 20;

/**
 * Opens the file or the parts of one split dump.
 *
 * @throws OpenError when it is no dump, or says too little to open a kernel
 */
export async function openDump(
  files: readonly (string | RandomAccessFile)[],
  options: OpenOptions = {},
): Promise<Dump> {
  const source = await openSource(files, options);
  try {
    return assemble(files.map(nameOf), source, options.onTouch);
  } catch (error) {
    // Some warnings are read from the file: before it is closed.
    const [known] = error instanceof OpenError ? source.warnings : [];
    source.close();
    throw known ? new OpenError(`${(error as OpenError).message}; ${known}`) : error;
  }
}

/**
 * The same for the next question: of a running machine nothing that was read is kept.
 *
 * @throws OpenError
 */
export const fresh = (dump: Dump): Dump =>
  dump.source.isLive ? assemble(dump.files, dump.source, undefined) : dump;

/** Only the container: what `info` can say about a file whose kernel cannot be opened. */
export async function openSource(
  files: readonly (string | RandomAccessFile)[],
  options: OpenOptions = {},
): Promise<PageSource> {
  const opened: RandomAccessFile[] = [];
  try {
    for (const file of files) opened.push(typeof file === 'string' ? openOne(file) : file);
    const source = recognise(opened, options);
    if (isFault(source))
      throw new OpenError(`${opened[0]?.name}: ${source.detail || source.explain()}`);
    if (typeof source === 'string') throw new OpenError(source);
    await source.ready();
    return source;
  } catch (error) {
    for (const file of opened) file.close();
    throw error;
  }
}

const nameOf = (file: string | RandomAccessFile): string =>
  typeof file === 'string' ? file : file.name;

function openOne(file: string): RandomAccessFile {
  try {
    return openFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new OpenError(`${file}: ${openFailure[code] ?? `cannot be opened (${code})`}`);
  }
}

const openFailure: Record<string, string> = {
  ENOENT: 'no such file; give the path of a vmcore',
  EACCES: 'permission denied; run as a user who may read it, or copy it',
  EISDIR: 'is a directory; give the vmcore inside it',
  ENOTREG: 'is a pipe or a device; a dump is read in any order, so write it to a file first',
};

function assemble(
  files: readonly string[],
  source: PageSource,
  onTouch: OpenOptions['onTouch'],
): Dump {
  const memory = new PhysicalMemory(source);
  memory.onTouch = onTouch;
  const note = source.notes.find((n) => n.name === 'VMCOREINFO');
  const noted = note && Vmcoreinfo.parse(note.desc);
  const vmcoreinfo = noted?.isComplete ? noted : findVmcoreinfo(memory);
  if (!vmcoreinfo)
    throw new OpenError(
      `${files[0]}: no VMCOREINFO in its notes or its memory, so no Linux kernel can be found in it; is it a whole dump of a Linux machine?`,
    );
  const space = kernelSpace(memory, vmcoreinfo);
  if (isFault(space)) throw new OpenError(`${files[0]}: ${space.detail}`);
  const tables = keyedTables(vmcoreinfo, space) ?? findKallsyms(space, rodataOf(space, vmcoreinfo));
  const kallsyms = isFault(tables) ? tables : Kallsyms.load(space, tables);
  if (isFault(kallsyms))
    throw new OpenError(
      `${files[0]}: the kernel's symbol table (kallsyms) cannot be read: ${kallsyms.reason === 'no-symbol' ? kallsyms.detail : kallsyms.explain()}`,
    );
  const dump: Dump = new Dump({
    files,
    source,
    physical: memory,
    memory: space,
    vmcoreinfo,
    symbols: new SymbolTable(kallsyms, () => loadModules(dump)),
    types: loadTypes(space, kallsyms),
    moduleTypes: (module) => moduleTypes(dump, module),
  });
  return dump;
}

/** The tables where VMCOREINFO names them: 6.0 and later. kernel/vmcore_info.c (6.12). */
export function keyedTables(info: Vmcoreinfo, memory: AddressSpace): KallsymsTables | undefined {
  const names = info.symbol('kallsyms_names');
  const numSyms = info.symbol('kallsyms_num_syms');
  const tokenTable = info.symbol('kallsyms_token_table');
  const tokenIndex = info.symbol('kallsyms_token_index');
  const offsets = info.symbol('kallsyms_offsets');
  if (!names || !numSyms || !tokenTable || !tokenIndex || !offsets) return undefined;
  const count = memory.u32(numSyms);
  const baseAt = info.symbol('kallsyms_relative_base');
  const relativeBase = baseAt === undefined ? undefined : memory.u64(baseAt);
  if (isFault(count) || isFault(relativeBase)) return undefined;
  return { names, count, tokenTable, tokenIndex, offsets, relativeBase };
}

/**
 * Where to look for tables by their shape: from the first page behind the kernel's code that is not code itself.
 * Without that, the search would read all code: three times the pages.
 */
export function rodataOf(memory: AddressSpace, info: Vmcoreinfo): ImageRange {
  const text = info.symbol('_stext') ?? virtual(START_KERNEL_MAP);
  const end = START_KERNEL_MAP + BigInt(KERNEL_IMAGE_SIZE);
  let start: bigint = text;
  while (start < end) {
    const found = memory.translate(virtual(start));
    const span = isFault(found) ? 4096 : found.span;
    const entry = isFault(found) ? undefined : found.steps.at(-1)?.entry;
    if (entry !== undefined && !memory.form.isExecutable(entry)) break;
    start = (start / BigInt(span) + 1n) * BigInt(span);
  }
  return { start: virtual(start), size: Math.min(Number(end - start), MAX_RODATA), text };
}

/** The kernel's BTF, or a table that says it has none. */
function loadTypes(memory: AddressSpace, symbols: Kallsyms): Btf {
  const start = symbols.lookup('__start_BTF')[0]?.address;
  const stop = symbols.lookup('__stop_BTF')[0]?.address;
  const bytes = btfBytes(memory, start, stop);
  const btf = isFault(bytes) ? bytes : Btf.parse(bytes);
  return isFault(btf) ? Btf.empty(btf) : btf;
}

/** More than any kernel's BTF: some 6 MB today. */
const MAX_BTF = 64 << 20;

function btfBytes(
  memory: AddressSpace,
  start: VirtualAddress | undefined,
  stop: VirtualAddress | undefined,
): Region | Fault {
  if (start === undefined || stop === undefined)
    return new Fault('no-symbol', undefined, '__start_BTF: this kernel was built without BTF');
  const length = Number(stop - start);
  if (length <= 0 || length > MAX_BTF)
    return new Fault('implausible', start, `BTF of ${length} bytes`);
  return Region.of(memory, start, length);
}
