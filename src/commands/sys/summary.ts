// The summary that `sys` prints: crash's lines, in its order.
import { Cursor } from '../../bytes/cursor.ts';
import { type Fault, isFault } from '../../bytes/fault.ts';
import { EXCLUDED_VMEMMAP } from '../../formats/kdump-header.ts';
import { onlineCpus, presentCpus } from '../../kernel/cpus.ts';
import { globalNumber } from '../../kernel/globals.ts';
import { loadAverage } from '../../kernel/loadavg.ts';
import { memoryBytes } from '../../kernel/memory-size.ts';
import { firstOops, panicLine } from '../../kernel/panic-message.ts';
import { TAINT_LIVEPATCH } from '../../kernel/taint.ts';
import { kernelTime } from '../../kernel/timekeeping.ts';
import { initialUts, type UtsNamespace } from '../../kernel/uts.ts';
import { calendar, duration } from '../../print/time.ts';
import type { Dump } from '../../types/dump.ts';
import type { Context } from '../kit/define.ts';
import { text } from '../kit/task-line.ts';

/** Null: cannot be read. Strings are the dump's own, not escaped. */
export interface SystemSummary {
  readonly kind: 'system';
  /** Where types and symbols came from. */
  readonly kernel: string;
  /** TAINT_* bits. */
  readonly taintedMask: number | null;
  /** Functions of it were replaced while it ran; and it was being patched when it stopped. */
  readonly livepatched: boolean;
  readonly inTransition: boolean;
  readonly files: readonly string[];
  /** A running machine: nothing has stopped it. */
  readonly isLive: boolean;
  /** Pages were left out by intention when the dump was written. */
  readonly isPartial: boolean;
  /** The dump is not whole: its writer stopped early, or it was cut or damaged since. */
  readonly isIncomplete: boolean;
  /** The pages of the memory map were left out: makedumpfile -e. */
  readonly hasNoVmemmap: boolean;
  /** CPUs that are plugged in, and how many of them were offline. */
  readonly cpus: number;
  readonly cpusOffline: number;
  /** When it stopped, by its own calendar: since 1970. */
  readonly dateSeconds: number | null;
  readonly uptimeSeconds: number | null;
  /** Over 1, 5 and 15 minutes. */
  readonly loadAverage: readonly number[] | null;
  /** Threads, the CPUs' idle tasks with them. */
  readonly tasks: number | null;
  readonly nodename: string | null;
  readonly release: string;
  readonly version: string | null;
  readonly machine: string | null;
  readonly cpuMhz: number | null;
  readonly memoryBytes: number | null;
  /** The line of the log that crash would show; null: none speaks of a panic. */
  readonly panic: string | null;
  /** The first line of the oops that came first, and when (the scheduler's clock); null: there was none. */
  readonly firstOops: { readonly text: string; readonly timestampNs: number } | null;
}

export function systemSummary(context: Context): SystemSummary {
  const { dump } = context;
  const known = <T>(value: T | Fault): T | null => {
    if (!isFault(value)) return value;
    context.warn(`sys: ${value.explain()}`);
    return null;
  };
  const mask = known(globalNumber(dump, 'tainted_mask'));
  const uts = initialUts(dump);
  const name = (field: 'nodename' | 'version' | 'machine'): string | null =>
    known(isFault(uts) ? uts : uts[field]);
  const time = known(kernelTime(dump));
  const khz = known(globalNumber(dump, 'cpu_khz'));
  const present = presentCpus(dump);
  const hasNoVmemmap = (dumpStatus(dump) & EXCLUDED_VMEMMAP) !== 0;
  return {
    kind: 'system',
    kernel: origin(dump),
    taintedMask: mask,
    livepatched: mask !== null && ((BigInt(mask) >> TAINT_LIVEPATCH) & 1n) === 1n,
    inTransition: inTransition(dump),
    files: dump.files,
    isLive: dump.source.isLive === true,
    isPartial: dump.source.isFiltered,
    isIncomplete: dump.source.warnings.length > (hasNoVmemmap ? 1 : 0),
    hasNoVmemmap,
    cpus: present.length,
    cpusOffline: present.length - onlineCpus(dump).length,
    dateSeconds: time?.dateSeconds ?? null,
    uptimeSeconds: time === null ? null : time.uptimeNs / 1e9,
    loadAverage: known(loadAverage(dump)),
    tasks: known(taskCount(dump)),
    nodename: name('nodename'),
    release: releaseOf(dump, uts),
    version: name('version'),
    machine: name('machine'),
    // 0 until the kernel has measured it.
    cpuMhz: khz ? Math.floor(khz / 1000) : null,
    memoryBytes: known(memoryBytes(dump)),
    panic: panicLine(dump) ?? null,
    firstOops: firstOops(dump) ?? null,
  };
}

/** `status` of a kdump header; other formats have none. */
const dumpStatus = ({ source }: Dump): number =>
  source.kdumpHeader ? (new Cursor(source.kdumpHeader).u32(424) ?? 0) : 0;

const origin = ({ types }: Dump): string =>
  types.fault
    ? 'symbols from the dump (kallsyms), no types'
    : 'types and symbols from the dump (BTF, kallsyms)';

const releaseOf = (dump: Dump, uts: UtsNamespace | Fault): string => {
  const release = isFault(uts) ? uts : uts.release;
  return isFault(release) ? dump.release : release;
};

/** `klp_transition_patch` is the patch that tasks are being moved to. kernel/livepatch/transition.c */
function inTransition(dump: Dump): boolean {
  const at = dump.symbol('klp_transition_patch');
  const patch = isFault(at) ? at : dump.memory.pointer(at);
  return !isFault(patch) && patch !== 0n;
}

/** By the kernel's own count, which leaves the idle tasks out. */
function taskCount(dump: Dump): number | Fault {
  const threads = globalNumber(dump, 'nr_threads');
  return isFault(threads) ? threads : threads + presentCpus(dump).length;
}

const LABEL_WIDTH = 12;

export function* summaryLines(data: SystemSummary): Generator<string> {
  for (const [label, value] of rows(data)) yield `${label.padStart(LABEL_WIDTH)}: ${value}`;
}

function* rows(data: SystemSummary): Generator<[label: string, value: string]> {
  const { cpus, cpusOffline, dateSeconds, uptimeSeconds } = data;
  yield ['KERNEL', data.kernel + kernelTags(data)];
  yield [data.files.length > 1 ? 'DUMPFILES' : 'DUMPFILE', fileList(data)];
  yield ['CPUS', cpusOffline > 0 ? `${cpus} [OFFLINE: ${cpusOffline}]` : `${cpus}`];
  yield ['DATE', dateSeconds === null ? '?' : calendar(dateSeconds)];
  yield ['UPTIME', uptimeSeconds === null ? '?' : duration(uptimeSeconds)];
  yield ['LOAD AVERAGE', data.loadAverage?.map((load) => load.toFixed(2)).join(', ') ?? '?'];
  yield ['TASKS', text(data.tasks)];
  yield ['NODENAME', text(data.nodename)];
  yield ['RELEASE', data.release];
  yield ['VERSION', text(data.version)];
  yield ['MACHINE', `${text(data.machine)}  (${data.cpuMhz ?? 'unknown'} Mhz)`];
  yield ['MEMORY', data.memoryBytes === null ? '?' : memoryText(data.memoryBytes)];
  if (!data.isLive) yield ['PANIC', panicText(data.panic ?? '')];
}

const kernelTags = ({ livepatched, inTransition, taintedMask }: SystemSummary): string =>
  (livepatched ? '  [LIVEPATCH]' : '') +
  (inTransition ? '  [TRANSITION]' : '') +
  (taintedMask ? '  [TAINTED]' : '');

/** The parts of a split dump below one another, each with the tags; a lone file has a blank more before them. */
function fileList(data: SystemSummary): string {
  const tags = [
    data.isPartial && ' [PARTIAL DUMP]',
    data.isIncomplete && ' [INCOMPLETE]',
    data.hasNoVmemmap && ' [EXCLUDED VMEMMAP]',
  ].filter((tag) => tag !== false);
  const gap = data.files.length === 1 && tags.length > 0 ? ' ' : '';
  const listed = data.files.map((file) => file + gap + tags.join(''));
  return listed.join(`\n${' '.repeat(LABEL_WIDTH + 2)}`);
}

const panicText = (line: string): string =>
  `"${line}"${line.includes('Oops: ') ? ' (check log for details)' : ''}`;

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** `383.5 MB`, `8 GB`: up to 64 MiB short of a whole GiB counts as that, for what the firmware keeps. */
export function memoryText(bytes: number): string {
  const whole = Math.ceil(bytes / GIB) * GIB;
  const size = whole - bytes <= 64 * MIB ? whole : bytes;
  if (size < MIB) return `${Math.floor(size / 1024)} KB`;
  const [unit, name] = size >= GIB ? [GIB, 'GB'] : [MIB, 'MB'];
  return `${(size / unit).toFixed(1).replace(/\.0$/, '')} ${name}`;
}
