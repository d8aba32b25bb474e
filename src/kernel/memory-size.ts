// How much memory the machine has. include/linux/mmzone.h
import { virtual } from '../bytes/address.ts';
import { Fault, isFault } from '../bytes/fault.ts';
import type { Dump } from '../types/dump.ts';
import { shape, View } from '../types/view.ts';

const nodeShape = shape('pglist_data', { presentPages: ['node_present_pages'] });
class MemoryNode extends View<keyof typeof nodeShape.fields> {
  protected readonly shape = nodeShape;
}

/** 1 << CONFIG_NODES_SHIFT, which is at most 10. mm/Kconfig, arch/x86/Kconfig */
const MAX_NODES = 1024;

/** Bytes of memory that the nodes have, holes left out; what the capture kernel got is in it. */
export function memoryBytes(dump: Dump): number | Fault {
  const nodes = memoryNodes(dump);
  if (isFault(nodes)) return nodes;
  let pages = 0;
  for (const node of nodes) {
    const present = node.number('presentPages');
    if (isFault(present)) return present;
    pages += present;
  }
  return pages * dump.source.pageSize;
}

/** By `node_data`, pointers to the nodes that exist; `contig_page_data` without CONFIG_NUMA. */
function memoryNodes(dump: Dump): readonly MemoryNode[] | Fault {
  const only = dump.symbol('contig_page_data');
  if (!isFault(only)) return [new MemoryNode(dump, only)];
  const table = dump.symbols.lookup('node_data', null);
  if (!table) return new Fault('no-symbol', undefined, 'node_data');
  const nodes: MemoryNode[] = [];
  for (let i = 0; i < Math.min(MAX_NODES, Math.floor(table.size / 8)); i++) {
    const at = dump.memory.pointer(virtual(table.address + BigInt(i * 8)));
    if (isFault(at)) return at;
    if (at !== 0n) nodes.push(new MemoryNode(dump, at));
  }
  return nodes.length > 0 ? nodes : new Fault('implausible', table.address, 'no memory node');
}
