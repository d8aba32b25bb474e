// What the machine's memory is used for, by the kernel's own counters. mm/vmstat.c, include/linux/mmzone.h
import { type VirtualAddress, virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';

export interface Counter {
  readonly value: number;
  /** Of the atomic_long_t. */
  readonly address: VirtualAddress;
}

/**
 * A counter of all nodes or zones together, by its enumerator. What CPUs have not added yet is not in it: up to 125 for
 * each.
 */
export function vmStat(dump: Dump, enumerator: string): Counter | Fault {
  // NR_PAGETABLE is a zone's on 5.10, a node's on 6.1 and later.
  for (const [type, symbol] of [
    ['node_stat_item', 'vm_node_stat'],
    ['zone_stat_item', 'vm_zone_stat'],
  ] as const) {
    const index = dump.types.enumerator(type, enumerator);
    if (index === undefined) continue;
    const table = dump.symbol(symbol);
    return isFault(table) ? table : counterAt(dump, virtual(table + BigInt(index * 8)));
  }
  return new Fault('no-member', undefined, enumerator);
}

function counterAt(dump: Dump, address: VirtualAddress): Counter | Fault {
  const value = dump.memory.u64(address);
  return isFault(value) ? value : { value: Math.max(0, Number(BigInt.asIntN(64, value))), address };
}

/** Pages of vmalloc areas: a variable of its own, a counter of the nodes on 7.2. mm/vmalloc.c */
export function vmallocPages(dump: Dump): Counter | Fault {
  const at = dump.symbol('nr_vmalloc_pages');
  return isFault(at) ? vmStat(dump, 'NR_VMALLOC') : counterAt(dump, at);
}
