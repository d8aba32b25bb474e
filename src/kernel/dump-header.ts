// What a kdump header says of a machine, in the words of its kernel: for a dump that was written without one.
import { virtual } from '../bytes/address.ts';
import { isFault } from '../bytes/fault.ts';
import type { DumpHeader } from '../formats/format.ts';
import type { Dump } from '../types/dump.ts';
import { possibleCpus } from './cpus.ts';
import { panicCpu } from './panic.ts';
import { kernelTime } from './timekeeping.ts';
import { initialUts } from './uts.ts';

/** Everything is left out that nothing asked for: makedumpfile's level 31. */
const ALL_LEFT_OUT = 31;
/** Where the kernel image is linked: __START_KERNEL_map. arch/x86/include/asm/page_64_types.h (5.10 to 7.2) */
const START_KERNEL_MAP = 0xffffffff80000000n;

export function machineHeader(dump: Dump): DumpHeader {
  const uts = initialUts(dump);
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const time = kernelTime(dump);
  return {
    sysname: 'Linux',
    nodename: isFault(uts) ? '' : text(uts.nodename),
    release: dump.release,
    version: isFault(uts) ? '' : text(uts.version),
    machine: 'x86_64',
    domainname: '',
    timestampSeconds: isFault(time) ? 0 : time.dateSeconds,
    timestampMicroseconds: 0,
    currentCpu: panicCpu(dump) ?? 0,
    cpus: possibleCpus(dump).length,
    dumpLevel: ALL_LEFT_OUT,
  };
}

/** `phys_base`, signed; 0 where the image's own mapping cannot be found. */
export function physBase(dump: Dump): bigint {
  const text = dump.symbol('_stext');
  const at = isFault(text) ? text : dump.memory.frameOf(Number(virtual(text) >> 12n));
  if (isFault(text) || isFault(at)) return 0n;
  return BigInt(at) * 4096n - ((text >> 12n) * 4096n - START_KERNEL_MAP);
}
