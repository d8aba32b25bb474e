// VMCOREINFO in memory, for dumps without its note: the kernel fills it at boot, crash kernel or not
// (crash_save_vmcoreinfo_init, kernel/vmcore_info.c 6.12).
import { isFault } from '../bytes/fault.ts';
import type { PhysicalMemory } from './physical.ts';
import { Vmcoreinfo } from './vmcoreinfo.ts';

const START = Buffer.from('OSRELEASE=');
/** vmcoreinfo_data begins a page; vmcoreinfo_note has the ELF note's header before the text. */
const PLACES = [0, 24];

/** The first whole copy, looked for from the lowest frame up; each page of the dump is read at most once. */
export function findVmcoreinfo({ source }: PhysicalMemory): Vmcoreinfo | undefined {
  for (const [first, end] of source.ranges())
    for (let pfn = first; pfn < end; pfn++) {
      if (source.state(pfn) !== 'present') continue;
      const page = source.page(pfn);
      if (isFault(page)) continue;
      for (const at of PLACES) {
        if (START.compare(page, at, at + START.length) !== 0) continue;
        // The text fits a page: VMCOREINFO_BYTES is PAGE_SIZE (include/linux/vmcore_info.h 6.12).
        const found = Vmcoreinfo.parse(page.subarray(at));
        if (found.isComplete) return found;
      }
    }
  return undefined;
}
