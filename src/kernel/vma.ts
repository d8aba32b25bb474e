// `struct vm_area_struct`: the parts of a process's address space. include/linux/mm_types.h
import type { VirtualAddress } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import { Walk } from '../bytes/walk.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';
import { mapleEntries } from './lib/maple.ts';
import type { Mm } from './mm.ts';

const vmaShape = shape('vm_area_struct', {
  start: ['vm_start'],
  end: ['vm_end'],
  flags: ['vm_flags'],
  file: ['vm_file'],
  // In pages.
  fileOffset: ['vm_pgoff'],
  // A list until 763ecb035029 ("mm: remove the vma linked list", v6.1).
  next: ['vm_next'],
});

/** An area of a process's memory, by the address of its `vm_area_struct`. */
export class Vma extends View<keyof typeof vmaShape.fields> {
  protected readonly shape = vmaShape;
}

const mmShape = shape('mm_struct', { tree: ['mm_mt'], first: ['mmap'] });
class Areas extends View<keyof typeof mmShape.fields> {
  protected readonly shape = mmShape;
}

/** sysctl_max_map_count is 65530 unless raised; mm/util.c. */
const MAX_AREAS = 1_000_000;

/** In order of their addresses. */
export function areasOf(mm: Mm): Walk<Vma> {
  const { dump } = mm;
  const areas = new Areas(dump, mm.address);
  const tree = areas.addressOf('tree');
  return isFault(tree) ? listed(dump, areas) : inTree(dump, tree);
}

const inTree = (dump: Dump, tree: VirtualAddress): Walk<Vma> =>
  new Walk(function* () {
    const entries = mapleEntries(dump, tree, MAX_AREAS);
    for (const { entry } of entries) if (entry >> 63n) yield new Vma(dump, entry);
    return entries.end;
  });

const listed = (dump: Dump, areas: Areas): Walk<Vma> =>
  new Walk(function* () {
    let at = areas.pointer('first');
    for (let count = 0; count < MAX_AREAS; count++) {
      if (isFault(at)) return at;
      if (at === 0n) return 'complete';
      if (at >> 63n === 0n) return new Fault('implausible', at, 'vm_next');
      const vma: Vma = new Vma(dump, at);
      yield vma;
      at = vma.pointer('next');
    }
    return 'limit';
  });

/** The area an address lies in. */
export function areaAt(mm: Mm, address: VirtualAddress): Vma | undefined {
  for (const vma of areasOf(mm)) {
    const start = vma.word('start');
    const end = vma.word('end');
    if (isFault(start) || isFault(end)) continue;
    if (address >= start && address < end) return vma;
  }
  return undefined;
}
