// VMCOREINFO in memory, for dumps without its note.
import type { PhysicalMemory } from './physical.ts';
import type { Vmcoreinfo } from './vmcoreinfo.ts';

export function findVmcoreinfo(_memory: PhysicalMemory): Vmcoreinfo | undefined {
  return undefined;
}
