// VMCOREINFO in memory, for dumps without its note: the kernel fills it at boot, crash kernel or not
// (crash_save_vmcoreinfo_init, kernel/vmcore_info.c 6.12).
import { isFault } from '../bytes/fault.ts';
import { isConsistent } from './kernel-space.ts';
import type { PhysicalMemory } from './physical.ts';
import { Vmcoreinfo } from './vmcoreinfo.ts';

const START = Buffer.from('OSRELEASE=');
/** vmcoreinfo_data begins a page; vmcoreinfo_note has the ELF note's header before the text. */
const PLACES = [0, 24];
/** Pages looked at beyond the first that fits, for that of a kernel that crashed: 1 GiB. */
const FURTHER = 1 << 18;

/**
 * The copy whose kernel is in this memory: its page tables map the kernel where it says. A capture kernel has
 * one of its own, so that of a kernel that crashed comes first: crash_save_vmcoreinfo adds CRASHTIME
 * (kernel/vmcore_info.c, 6.12). Looked for from the lowest frame up, each page read at most once.
 */
export function findVmcoreinfo(memory: PhysicalMemory): Vmcoreinfo | undefined {
  let first: Vmcoreinfo | undefined;
  let unsure: Vmcoreinfo | undefined;
  let left = Infinity;
  for (const found of candidates(memory)) {
    if (left-- <= 0) break;
    if (!found) continue;
    if (!isConsistent(memory, found)) unsure ??= found;
    else if (found.text('CRASHTIME') !== undefined) return found;
    else if (!first) {
      first = found;
      left = FURTHER;
    }
  }
  return first ?? unsure;
}

/** For every page of the dump, what VMCOREINFO is in it. */
function* candidates({ source }: PhysicalMemory): Generator<Vmcoreinfo | undefined> {
  for (const [start, end] of source.ranges())
    for (let pfn = start; pfn < end; pfn++) {
      const page = source.page(pfn);
      yield isFault(page) ? undefined : vmcoreinfoIn(page);
    }
}

function vmcoreinfoIn(page: Uint8Array): Vmcoreinfo | undefined {
  for (const at of PLACES) {
    if (START.compare(page, at, at + START.length) !== 0) continue;
    // The text fits a page: VMCOREINFO_BYTES is PAGE_SIZE (include/linux/vmcore_info.h 6.12).
    const found = Vmcoreinfo.parse(page.subarray(at));
    if (found.isComplete) return found;
  }
  return undefined;
}
